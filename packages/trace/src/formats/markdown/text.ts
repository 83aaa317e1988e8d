import { plainLine } from '../../model/plain-text.ts';
import { cutText } from '../../model/short-text.ts';

/** Nothing Markdown or a forge gives a meaning to: no markup, no link, no mention, no reference to an issue. */
const HARMLESS = /^(?!.*(?:www\.|\bgh-\d))(?:[\p{L}\p{N} .,;()·…%≥≤×→'’?!–—-]|:(?=[ \d]|$))*$/iu;

/** Our own words and figures: narrow spaces become plain ones, since a digest is also read, searched and compared as text. */
export function ownText(text: string): string {
  return text.replaceAll('\u202f', ' ');
}

/** Text from outside on one line, as it is where that is safe, else as code. At most `limit` characters. */
export function inlineText(text: string, limit: number): string {
  const line = cutLine(text, limit);
  return HARMLESS.test(line) ? line : inlineCode(line, limit);
}

/**
 * A name from outside as a code span: in it there is no markup, no HTML, no link and no mention. Bars are escaped, for
 * cells of tables end at bars even inside code; a backslash before a bar gets a space, or it would undo the escape.
 */
export function inlineCode(text: string, limit: number): string {
  const line = cutLine(text, limit);
  if (line === '') return '';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${room}${line}${room}${fence}`.replace(/\\(?=\|)/g, '\\ ').replaceAll('|', '\\|');
}

function cutLine(text: string, limit: number): string {
  // A text of megabytes is not looked at as a whole.
  const line = plainLine(cutText(text, limit * 8));
  return line.length <= limit ? line : `${cutText(line, limit - 1).trimEnd()}…`;
}

/** Text from outside as a block of code, indented into nothing else. At most `limit` characters of it. */
export function codeBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}\n`;
}
