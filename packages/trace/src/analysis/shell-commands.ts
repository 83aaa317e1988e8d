import { type ShellWord, type ShellWords, splitShell } from './shell-words.ts';

/** A simple command of a shell line: what runs, without the folder it lies in and what it was started through. */
export type ShellCommand = {
  name: string;
  args: string[];
  /** Files that what it prints goes into, and that its input comes from. */
  into?: string[];
  from?: string[];
  /** The text of its here-document. */
  text?: string;
  /** Its input is what the part before it prints. */
  piped?: true;
};

type Wrapper = {
  /** Options that take the next word as their value. */
  readonly values?: string;
  /** Words before the command: `timeout 10 make`. */
  readonly operands?: number;
  /** Words that make it a wrapper: `uv run`, `python -m`. Without them it is a command like any other. */
  readonly sub?: readonly string[];
};

/** Commands that run the command behind them. What they are called with decides nothing: the inner command does. */
const WRAPPERS: Record<string, Wrapper> = {
  sudo: { values: '-u -g -h -p -C -T -D -R -r -t' },
  doas: { values: '-u -C' },
  env: { values: '-u -C --unset --chdir' },
  timeout: { values: '-s -k --signal --kill-after', operands: 1 },
  gtimeout: { values: '-s -k', operands: 1 },
  time: { values: '-f -o' },
  nice: { values: '-n --adjustment' },
  ionice: { values: '-c -n' },
  nohup: {},
  setsid: {},
  stdbuf: { values: '-i -o -e' },
  xargs: { values: '-I -n -P -L -d -a -s -E --max-args --max-procs' },
  parallel: { values: '-j --jobs' },
  watch: { values: '-n --interval' },
  exec: { values: '-a' },
  command: {},
  builtin: {},
  chroot: { operands: 1 },
  flock: { values: '-w -E', operands: 1 },
  npx: { values: '-p --package' },
  bunx: {},
  uvx: { values: '--from --with' },
  pnpm: { sub: ['exec', 'dlx'] },
  yarn: { sub: ['exec', 'dlx'] },
  npm: { sub: ['exec', 'x'] },
  uv: { sub: ['run'], values: '--with --python -p --project --directory' },
  poetry: { sub: ['run'] },
  pipenv: { sub: ['run'] },
  pdm: { sub: ['run'] },
  hatch: { sub: ['run'] },
  rye: { sub: ['run'] },
  conda: { sub: ['run'], values: '-n -p --name --prefix' },
  bundle: { sub: ['exec'] },
  python: { sub: ['-m'] },
  python3: { sub: ['-m'] },
  py: { sub: ['-m'] },
};

/** Words of the shell's own grammar before a command. */
const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', '{', 'coproc']);
/** Words of the grammar that begin no command: what follows them up to the separator is not run. */
const CLAUSES = new Set(['for', 'select', 'case', 'function', 'fi', 'done', 'esac', '}', '[[', '((']);

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'ksh']);
const ASSIGNMENT = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;

/** Commands found at most: what an agent wrote may be anything, and no line of a person has a thousand. */
const MOST_COMMANDS = 1_000;

/**
 * The simple commands of a shell line, in the order in which they stand: parts joined by `&&`, `||`, `;`, `|`, `&` and
 * line breaks, in subshells, substitutions and `bash -c '…'`. Environment prefixes and wrappers (`sudo`, `timeout 10`,
 * `xargs`, `npx`, `python -m`) are taken off; redirections stand beside the words; quotes hide what they hold, comments
 * and here-documents are no commands. What stands in `bash -c` follows at the end. Never throws: a line that is no shell gives what its
 * words look like.
 */
export function shellCommands(line: string): ShellCommand[] {
  const found: ShellCommand[] = [];
  const waiting: string[] = [line];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const part of splitShell(text)) {
      if (found.length >= MOST_COMMANDS) return found;
      const command = commandOf(part);
      if (command === undefined) continue;
      const inner = scriptOf(command, text);
      if (inner === undefined) found.push(command);
      else waiting.push(inner);
    }
  }
  return found;
}

/** The words a command is called with that are no options, after `skip` values: `log` of `git -C dir log`. */
export function subcommandOf({ args }: ShellCommand, valued: readonly string[] = []): string | undefined {
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (valued.includes(word)) at++;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}

/** What they read from the pipe are the words of the command that they run. */
const SPREADING = new Set(['xargs', 'parallel']);

function commandOf({ words: all, piped }: ShellWords): ShellCommand | undefined {
  const words = all.filter(({ target }) => target === undefined);
  let fed = piped;
  let at = 0;
  for (; at < words.length; at++) {
    const { text, quoted } = words[at]!;
    if (!quoted && CLAUSES.has(text)) return undefined;
    if (!quoted && (KEYWORDS.has(text) || ASSIGNMENT.test(text))) continue;
    const wrapper = quoted ? undefined : wrapperAt(words, at);
    if (wrapper === undefined) break;
    if (SPREADING.has(baseName(text))) fed = false;
    at = wrapper - 1;
  }
  const first = words[at];
  if (first === undefined || first.text === '') return undefined;
  const command: ShellCommand = {
    name: baseName(first.text),
    args: words.slice(at + 1).map(({ text }) => text),
    ...(fed && { piped: true }),
  };
  return words.length === all.length ? command : { ...command, ...redirectionsOf(all) };
}

function redirectionsOf(words: readonly ShellWord[]): Omit<ShellCommand, 'name' | 'args'> {
  const named = (wanted: (target: string) => boolean): string[] =>
    words.flatMap(({ text, target }) => (target !== undefined && wanted(target) ? [text] : []));
  const into = named((target) => target === 'out' || target === 'append');
  const from = named((target) => target === 'in');
  const text = words.find(({ target }) => target === 'text')?.text;
  return {
    ...(into.length > 0 && { into }),
    ...(from.length > 0 && { from }),
    ...(text !== undefined && { text }),
  };
}

/** Where the wrapped command begins; undefined when the word at `at` wraps nothing. */
function wrapperAt(words: readonly ShellWord[], at: number): number | undefined {
  const name = baseName(words[at]!.text);
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name]! : undefined;
  if (wrapper === undefined) return undefined;
  let next = at + 1;
  if (wrapper.sub !== undefined) {
    if (!wrapper.sub.includes(words[next]?.text ?? '')) return undefined;
    next++;
  }
  let operands = wrapper.operands ?? 0;
  for (; next < words.length; next++) {
    const { text } = words[next]!;
    if (text === '--') continue;
    if (text.startsWith('-') && text.length > 1) {
      if (wrapper.values?.split(' ').includes(text)) next++;
    } else if (!ASSIGNMENT.test(text) && operands-- <= 0) break;
  }
  // `xargs` alone, `time` alone: it is the command itself.
  return next < words.length ? next : undefined;
}

/** The script in `bash -c '…'` and `eval '…'`. It must be shorter than where it stood: so unfolding ends. */
function scriptOf({ name, args }: ShellCommand, text: string): string | undefined {
  let script: string | undefined;
  if (name === 'eval') script = args.join(' ');
  else if (SHELLS.has(name)) {
    const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
    script = at < 0 ? undefined : args[at + 1];
  }
  return script !== undefined && script.length < text.length ? script : undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
