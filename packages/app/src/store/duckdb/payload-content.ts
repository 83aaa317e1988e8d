import type { JsonValue } from '@tacho/trace/model/json';
import { isWellFormed } from './stored-text.ts';

/** Begins the content of a payload that is a plain text; JSON never begins with it. */
const TEXT = '\u0002';

/**
 * A payload as it is stored: a text as it is, everything else as JSON. Results of tools are texts, and escaping them
 * took longer than hashing them, made them larger, and hid them from the search.
 */
export function contentOf(value: JsonValue): string {
  return typeof value === 'string' && isWellFormed(value) ? TEXT + value : JSON.stringify(value);
}

export function payloadFrom(content: string): JsonValue {
  return content.startsWith(TEXT) ? content.slice(TEXT.length) : (JSON.parse(content) as JsonValue);
}
