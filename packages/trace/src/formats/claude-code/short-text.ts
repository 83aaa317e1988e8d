import type { JsonObject } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';

/** Long enough to tell two prompts apart in a tree, short enough for one row. */
export const TITLE_CHARS = 80;

/** The first words of a text on one line, at most `limit` characters. */
export function firstWords(text: string, limit: number = TITLE_CHARS): string {
  // A prompt may be megabytes: only its beginning is looked at.
  const line = text
    .slice(0, limit * 8)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= limit ? line : `${cutText(line, limit - 1).trimEnd()}…`;
}

/** The plain fields of an object: numbers, booleans and short texts, without the ones named. */
export function plainFields(object: JsonObject, without: ReadonlySet<string>): JsonObject {
  const plain: JsonObject = {};
  for (const key in object) {
    const value = object[key];
    if (without.has(key)) continue;
    if (typeof value === 'number' || typeof value === 'boolean') plain[key] = value;
    else if (typeof value === 'string' && value !== '') plain[key] = cutText(value, 500);
  }
  return plain;
}
