import { isObject, type JsonObject, type JsonValue, nestsDeeperThan } from '../model/json.ts';
import { MAX_DEPTH } from '../model/record.ts';
import { cutText } from '../model/short-text.ts';

/** Long enough to tell two prompts apart in a tree, short enough for one row. */
const TITLE_CHARS = 80;
/** A call's inputs name what was new to the model: results stand in full at their tools, prompts at their turns. */
const PREVIEW_CHARS = 500;

/** The first words of a text on one line, at most `limit` characters. */
export function titleOf(text: string, limit: number = TITLE_CHARS): string {
  // A prompt may be megabytes: only its beginning is looked at.
  const line = cutText(text, limit * 8)
    .replace(/^[#*>\s-]+(?=\S)/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= limit ? line : `${cutText(line, limit - 1).trimEnd()}…`;
}

/** `text` as what was new to a model: its beginning, and how long it is. */
export function previewOf(text: string): JsonObject {
  return text.length <= PREVIEW_CHARS
    ? { text }
    : { text: cutText(text, PREVIEW_CHARS), length: text.length };
}

/** The text in a message's content, whatever the vendor: a string, a list of parts, or one part. */
export function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (isObject(content)) return typeof content.text === 'string' ? content.text : '';
  if (!Array.isArray(content)) return '';
  const texts: string[] = [];
  for (const part of content) {
    if (typeof part === 'string') texts.push(part);
    else if (isObject(part) && typeof part.text === 'string') texts.push(part.text);
  }
  return texts.join('\n');
}

/** A value as it is, or a sentence in its place when it nests too deep to be printed again. */
export function printable(value: JsonValue | undefined): JsonValue {
  if (value === undefined) return null;
  return nestsDeeperThan(value, MAX_DEPTH) ? `nests deeper than ${MAX_DEPTH} levels` : value;
}

/** JSON in a string, as what it is; the string when it is none. */
export function unpackedJson(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return printable(value);
  try {
    return printable(JSON.parse(value) as JsonValue);
  } catch {
    return value;
  }
}

/** The last part of a path, whichever way its slashes lean. */
export function lastOfPath(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
