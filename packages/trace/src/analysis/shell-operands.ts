import type { ShellCommand } from './shell-commands.ts';

/** Options of programs that take files, where they take the next word. */
const VALUED: Record<string, readonly string[]> = {
  head: ['-n', '-c'],
  tail: ['-n', '-c'],
  bat: ['-r', '--line-range', '-l', '--language'],
  cut: ['-d', '-f', '-c', '-b'],
  awk: ['-F', '-v'],
  gawk: ['-F', '-v'],
  sed: ['-e', '-f'],
  jq: ['--arg', '--argjson', '--indent'],
  sort: ['-k', '-t', '-S'],
  uniq: ['-f', '-s', '-w'],
  column: ['-s', '-c', '-o'],
};
const GREPS = ['grep', 'egrep', 'fgrep', 'zgrep', 'ugrep', 'rg', 'ripgrep', 'ag', 'ack'];
const VALUED_OF_GREP = ['-e', '-f', '--regexp', '-A', '-B', '-C', '-m', '--include', '--exclude', '-g', '-t'];
/** Programs whose first word is a program or a pattern, and no file. */
const PROGRAM_FIRST = new Set(['sed', 'awk', 'gawk', 'jq', 'yq', ...GREPS]);
/** Options in which that program stands: every word that is left is a file. */
const PROGRAM_IN = new Set(['-e', '-f', '--regexp']);

/** The files that a command is given as words. */
export function operandsOf({ name, args }: ShellCommand): string[] {
  const valued = GREPS.includes(name) ? VALUED_OF_GREP : Object.hasOwn(VALUED, name) ? VALUED[name]! : [];
  const found: string[] = [];
  let program = PROGRAM_FIRST.has(name);
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (valued.includes(word)) {
      if (program && PROGRAM_IN.has(word)) program = false;
      at++;
    } else if (word.startsWith('-') || word === '') continue;
    else if (program) program = false;
    else found.push(word);
  }
  return found;
}

/** Programs that work on their standard input where they are given no file. */
const FILTERS = new Set([
  ...GREPS,
  ...'cat bat head tail less more nl tac strings xxd hexdump od jq yq cut awk gawk sed wc'.split(' '),
  ...'sort uniq column tr envsubst'.split(' '),
]);
/** Those whose words are never files. */
const NO_FILES = new Set(['tr', 'envsubst']);

/** What comes through a pipe and no file: `… | head`, `… | grep x`. It is about what the part before it is about. */
export function isFilter(command: ShellCommand): boolean {
  const { name, args, from, piped } = command;
  if (piped !== true || from !== undefined || !FILTERS.has(name)) return false;
  // `… | grep -r x` looks into the folder, and not at the pipe.
  if (GREPS.includes(name) && args.some((word) => /^(?:-[a-zA-Z]*[rR]|--recursive)/.test(word))) return false;
  return NO_FILES.has(name) || operandsOf(command).length === 0;
}
