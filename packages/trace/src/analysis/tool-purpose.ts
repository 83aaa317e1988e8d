import { isObject, type JsonValue } from '../model/json.ts';
import type { Span } from '../model/span.ts';
import { type ToolCategory, toolKind } from '../model/tool-category.ts';
import { type ShellActivity, shellActivity } from './shell-activity.ts';

/** What a tool call was for, in the words of benchmark reports: the second seed's categories, and the rest. */
export type ToolPurpose =
  | 'code_search'
  | 'file_operation'
  | 'code_generation'
  | 'verification'
  | 'planning'
  | 'shell'
  | 'other';

/** `null`: the name alone does not say. */
const BY_CATEGORY: Record<ToolCategory, ToolPurpose | null> = {
  read: 'file_operation',
  search: 'code_search',
  edit: 'code_generation',
  shell: 'shell',
  agent: 'planning',
  web: 'other',
  plan: 'planning',
  ask: 'other',
  skill: 'planning',
  worktree: 'other',
  schedule: 'other',
  mcp: null,
  other: null,
};

/** `cat, grep, find, diff, patch` are file operations by the seed's own table, wherever else they search. */
const BY_PROGRAM: Record<string, ToolPurpose> = {
  grep: 'file_operation',
  egrep: 'file_operation',
  fgrep: 'file_operation',
  fd: 'code_search',
  diff: 'file_operation',
  patch: 'file_operation',
};

const BY_ACTIVITY: Record<ShellActivity, ToolPurpose> = {
  test: 'verification',
  build: 'shell',
  check: 'verification',
  search: 'code_search',
  find: 'file_operation',
  read: 'file_operation',
  list: 'file_operation',
  edit: 'file_operation',
  history: 'code_generation',
  commit: 'code_generation',
  other: 'shell',
};

/** Whole words of a tool's name, for tools that nobody has listed. The first row that has one of them decides. */
const BY_WORD: readonly (readonly [ToolPurpose, ReadonlySet<string>])[] = [
  [
    'code_search',
    words('search sourcegraph deepsearch grep ripgrep glob lookup query references definition'),
  ],
  ['code_generation', words('git write edit patch create insert replace agent generate commit')],
  ['verification', words('test tests verify verification validate validation run exec execute lint')],
  ['file_operation', words('file files read cat find diff list ls view open directory')],
  ['planning', words('plan todo todos think memory')],
];

/** Which of a line's parts speaks for the call, most telling first. */
const TELLING: readonly ToolPurpose[] = ['verification', 'code_generation', 'code_search', 'file_operation'];

/** What a call was for: a shell's by the command it ran, every other's by the tool's name. */
export function purposeOf(span: Span): ToolPurpose {
  const name = toolNameOf(span);
  const byName = purposeOfName(name);
  if (byName !== 'shell') return byName;
  const line = commandIn(span.inputs);
  if (line === undefined) return 'shell';
  const purposes = shellActivity(line).parts.map(({ command, activity, filter }) =>
    // What only passes on is for what comes through it: `gh pr view | grep x` reads no file.
    (filter && activity === 'other') || !Object.hasOwn(BY_PROGRAM, command.name)
      ? BY_ACTIVITY[activity]
      : BY_PROGRAM[command.name]!,
  );
  return TELLING.find((purpose) => purposes.includes(purpose)) ?? 'shell';
}

/** What a tool is for by its name alone; MCP tools by their own part of it (`mcp__server__tool`). */
export function purposeOfName(name: string): ToolPurpose {
  const { category } = toolKind(name);
  const listed = BY_CATEGORY[category];
  if (listed !== null) return listed;
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return BY_WORD.find(([, known]) => parts.some((part) => known.has(part)))?.[0] ?? 'other';
}

export function toolNameOf(span: Span): string {
  return span.tool?.name ?? span.name;
}

/** The command line in a shell tool's input: `command` or `cmd`, as text or as a list of words. */
export function commandIn(inputs: JsonValue | undefined): string | undefined {
  if (typeof inputs === 'string') return inputs;
  const given = isObject(inputs) ? (inputs.command ?? inputs.cmd ?? inputs.keystrokes) : undefined;
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const words = given.filter((word) => typeof word === 'string');
  const script = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (script > 0 && words[script + 1] !== undefined) return words[script + 1];
  return words
    .map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
