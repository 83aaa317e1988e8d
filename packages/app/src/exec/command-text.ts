import { basename } from 'node:path';
import { redactorOf } from '@tacho/trace/model/redact';

const MOST_NAME_CHARS = 80;
const MOST_ARGUMENT_CHARS = 2_000;
const MOST_ARGUMENTS = 200;
const HIDDEN = '[redacted]';

/** The name of an option or variable whose value is a secret: `--api-key`, `OPENAI_API_KEY`, `--github-token`. */
const SECRET =
  /(?:^|[-_.])(?:api[-_]?key|token|password|passwd|passphrase|secret|private[-_]?key|authorization)$/i;

const REDACTOR = redactorOf(true);

/** Keys of known shapes are taken out. Before anything is cut or made a slug: of half a key nobody knows that it is one. */
export function withoutSecrets(text: string): string {
  return REDACTOR?.text(text) ?? text;
}

/** A command's arguments as they may be kept: keys are no part of them, nor what follows an option whose name says so. */
export function keptArguments(argv: readonly string[]): string[] {
  const kept = argv.slice(0, MOST_ARGUMENTS).map((argument, at) => {
    const option = /^-{0,2}([\w.-]+)=/.exec(argument);
    if (option && SECRET.test(option[1]!)) return `${argument.slice(0, option[0].length)}${HIDDEN}`;
    const before = at > 0 ? /^--?([\w.-]+)$/.exec(argv[at - 1]!) : null;
    if (before && SECRET.test(before[1]!)) return HIDDEN;
    const text = withoutSecrets(argument);
    return text.length <= MOST_ARGUMENT_CHARS
      ? text
      : `${text.slice(0, MOST_ARGUMENT_CHARS)}… (${argument.length} characters)`;
  });
  const more = argv.length - kept.length;
  return more > 0 ? [...kept, `… (${more} more arguments)`] : kept;
}

/** A command in a few words: the program without its folder, and the first of its arguments. */
export function nameOfCommand(argv: readonly string[]): string {
  const [program = '', ...rest] = keptArguments(argv);
  const line = [basename(program) || program, ...rest].join(' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= MOST_NAME_CHARS
    ? line
    : `${characters.slice(0, MOST_NAME_CHARS - 1).join('')}…`;
}
