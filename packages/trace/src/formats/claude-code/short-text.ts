import type { JsonObject, JsonValue } from '../../model/json.ts';
import { nestsDeeperThan } from '../../model/json.ts';
import { MAX_DEPTH } from '../../model/record.ts';

/** Long enough to tell two prompts apart in a tree, short enough for one row. */
export const TITLE_CHARS = 80;

/** The first words of a text on one line, at most `limit` characters. */
export function firstWords(text: string, limit: number = TITLE_CHARS): string {
  // A prompt may be megabytes: only its beginning is looked at.
  const line = text
    .slice(0, limit * 8)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= limit ? line : `${cut(line, limit - 1).trimEnd()}…`;
}

/** At most `limit` characters, without leaving half of a surrogate pair. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit);
}

/** The last part of a path, whichever way its slashes lean. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  return parts.at(-1) ?? path;
}

/** The text of a message's or a tool result's content: a string, or its text blocks. */
export function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const texts: string[] = [];
  for (const block of content) {
    if (typeof block === 'string') texts.push(block);
    else if (typeof block === 'object' && block !== null && !Array.isArray(block)) {
      if (typeof block.text === 'string') texts.push(block.text);
    }
  }
  return texts.join('\n');
}

/** The plain fields of an object: numbers, booleans and short texts, without the ones named. */
export function plainFields(object: JsonObject, without: ReadonlySet<string>): JsonObject {
  const plain: JsonObject = {};
  for (const key in object) {
    const value = object[key];
    if (without.has(key)) continue;
    if (typeof value === 'number' || typeof value === 'boolean') plain[key] = value;
    else if (typeof value === 'string' && value !== '') plain[key] = cut(value, 500);
  }
  return plain;
}

/** A payload as it is, or a sentence in its place when it nests too deep to be printed again. */
export function payload(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !nestsDeeperThan(value, MAX_DEPTH)) return value;
  return `nests deeper than ${MAX_DEPTH} levels`;
}
