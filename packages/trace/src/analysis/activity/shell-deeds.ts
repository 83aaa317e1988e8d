import { type ShellActivity, type ShellPart, shellActivity } from '../shell-activity.ts';
import { type ShellCommand, subcommandOf } from '../shell-commands.ts';
import { operandsOf } from '../shell-operands.ts';
import type { Deed } from './deed.ts';
import { type Folder, fileNamed, folderAfter } from './file-paths.ts';

/** What a shell line does to files, and which of its parts test or build. */
export type ShellDeeds = {
  /** What the whole line is for: one call is one action. */
  deed: Deed;
  /** It writes what somebody made up: an edit, whatever else the line does. */
  edits: boolean;
  /** It takes back what was written. */
  reverts: boolean;
  tests: boolean;
  builds: boolean;
  /** What it runs, each once, in order. */
  programs: string[];
  reads: string[];
  writes: string[];
  /** Lines that here-documents put into files; undefined where something else is written as well. */
  linesWritten?: number;
  /** The status of the line is the status of its test or build. */
  tellsStatus: boolean;
};

const DEED_OF: Record<ShellActivity, Deed> = {
  test: 'test',
  build: 'build',
  check: 'check',
  search: 'search',
  find: 'search',
  read: 'read',
  list: 'list',
  edit: 'arrange',
  history: 'history',
  commit: 'commit',
  other: 'other',
};

/** What speaks for a line whose parts do different things, most telling first. */
const TELLING: readonly Deed[] = [
  'test',
  'build',
  'check',
  'commit',
  'edit',
  'search',
  'history',
  'read',
  'arrange',
  'list',
];

/** Programs that print what they are told to: into a file, that is writing it. What others print into one is a log. */
const AUTHORS = new Set(['echo', 'printf', ':', 'true', 'tee', 'sort', 'uniq', 'tr', 'column', 'envsubst']);

/** Git's ways to take back changes; the words that make `checkout` and `reset` one of them. */
const REVERTING: Record<string, RegExp | null> = {
  checkout: /^(?:--|\.)$/,
  restore: null,
  reset: /^--hard$/,
  revert: null,
  stash: /^(?!(?:pop|apply|list|show|branch|drop|clear|create|store)$)/,
  clean: null,
};

/** What a shell line does, part by part. `cwd` is the run's folder, `from` the folder that the line runs in. */
export function shellDeeds(line: string, cwd: Folder, from: Folder = cwd): ShellDeeds {
  const { parts } = shellActivity(line);
  const deeds = new Set<Deed>();
  const [reads, writes] = [new Set<string>(), new Set<string>()];
  let folder = from;
  let edits = false;
  let reverts = false;
  let linesWritten: number | undefined = 0;
  let author = false;
  for (const part of parts) {
    const { command, activity } = part;
    if (command.name === 'cd' || command.name === 'pushd')
      folder = folderAfter(subcommandOf(command), folder);
    const into = files(writtenBy(command), cwd, folder);
    const back = takesBack(command);
    // What comes through a filter, or through `tee`, is of whoever made it.
    const passesOn = part.filter || (command.name === 'tee' && command.text === undefined);
    if (!passesOn) author = isAuthor(part);
    const writing = isEdit(command, activity, { intoFile: into.length > 0, author });
    for (const file of into) writes.add(file);
    if (activity === 'read' && command.name !== 'tee')
      for (const file of files([...operandsOf(command), ...(command.from ?? [])], cwd, folder))
        reads.add(file);
    deeds.add(writing || back ? 'edit' : command.name === 'tee' ? 'other' : DEED_OF[activity]);
    edits ||= writing;
    reverts ||= back;
    if (writing) linesWritten = linesIn(command, linesWritten);
  }
  const tests = deeds.has('test');
  const builds = deeds.has('build');
  return {
    deed: TELLING.find((deed) => deeds.has(deed)) ?? 'other',
    edits,
    reverts,
    tests,
    builds,
    programs: [...new Set(parts.map(({ command }) => command.name))],
    reads: [...reads],
    writes: [...writes],
    ...(edits && linesWritten !== undefined && { linesWritten }),
    tellsStatus: tellsStatus(line, parts.at(-1)?.activity),
  };
}

/** `pytest | tail` ends as tail does, `make; true` as true does, and of `a || b` nobody knows which ran. */
function tellsStatus(line: string, last: ShellActivity | undefined): boolean {
  if (line.includes('||')) return false;
  return last === 'test' || last === 'build' || !/[|;\n]/.test(line.trim());
}

function files(names: readonly string[], cwd: Folder, from: Folder): string[] {
  return names.map((name) => fileNamed(name, cwd, from)).filter((name) => name !== undefined);
}

/** `sed -i`, `tee`, `patch`, `git apply`, and what is printed into a file. Folders, names and rights are no edits. */
function isEdit(
  command: ShellCommand,
  activity: ShellActivity,
  { intoFile, author }: { intoFile: boolean; author: boolean },
): boolean {
  const { name, args } = command;
  if (name === 'sed' && activity === 'edit') return true;
  if (name === 'patch') return true;
  if (name === 'git') return subcommandOf(command, ['-C', '-c']) === 'apply';
  if (name === 'perl') return args.some((word) => /^-\w*i/.test(word));
  return intoFile && author;
}

function isAuthor({ command, activity }: ShellPart): boolean {
  return activity === 'read' || AUTHORS.has(command.name);
}

function takesBack(command: ShellCommand): boolean {
  if (command.name === 'patch') return command.args.some((word) => word === '-R' || word === '--reverse');
  if (command.name !== 'git') return false;
  const sub = subcommandOf(command, ['-C', '-c']) ?? '';
  const rest = command.args.slice(command.args.indexOf(sub) + 1);
  if (sub === 'apply') return rest.includes('-R') || rest.includes('--reverse');
  if (!Object.hasOwn(REVERTING, sub) || rest.includes('--staged')) return false;
  const pattern = REVERTING[sub];
  if (sub === 'stash') return rest.length === 0 || pattern!.test(rest[0]!);
  return pattern === null || pattern === undefined || rest.some((word) => pattern.test(word));
}

/** Lines that a here-document puts into a file, added to those before; undefined once a part says nothing of its lines. */
function linesIn({ text, into }: ShellCommand, before: number | undefined): number | undefined {
  if (text === undefined || into === undefined || before === undefined) return undefined;
  return before + (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
}

function writtenBy(command: ShellCommand): string[] {
  const { name, args, into = [] } = command;
  if (name === 'tee') return [...into, ...args.filter((word) => !word.startsWith('-'))];
  const inPlace = name === 'sed' && args.some((word) => /^(?:-[a-zA-Z]*i|--in-place)/.test(word));
  return inPlace ? [...into, ...operandsOf(command)] : into;
}
