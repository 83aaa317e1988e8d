import { cutText } from '../../model/short-text.ts';

const MOST_CHARACTERS = 200;

/** How lines begin or name what went wrong; code that only speaks of errors does not look like this. */
const NAMES_ERROR = /(?:Error|Exception)\b|\berror(?:\[E\d+\])?:|\bERROR\b|\bFAILED\b|--- FAIL:|\bfailed\b/;
const SAYS_NOTHING = /^(?:Exit code:? \d+)?$/i;

/** The first line of a result that names an error, else the first that says anything; at most 200 characters. */
export function tellingLine(text: string): string {
  const lines = text
    .replaceAll(/<\/?tool_use_error>/g, '')
    .split(/[\r\n]+/)
    .map((line) => cutText(line.trim(), MOST_CHARACTERS))
    .filter((line) => !SAYS_NOTHING.test(line));
  return lines.find((line) => NAMES_ERROR.test(line)) ?? lines[0] ?? cutText(text.trim(), MOST_CHARACTERS);
}
