import { isObject, type JsonObject } from '../../model/json.ts';
import { parseRecord, RECORD_EVENTS } from '../../model/record.ts';
import type { Head, Likelihood } from '../format.ts';
import { headValues } from '../json-lines.ts';

/** Lines looked at: a few broken ones at the beginning decide nothing. */
const LINES = 200;

/** A first line longer than the head is recognised by its event. */
const EVENT = new RegExp(`"event"\\s*:\\s*"(${RECORD_EVENTS.join('|')})"`);

/** How a line of JSON can begin, pretty-printed or torn: with a bracket, a text, a number or a word of JSON. */
const JSON_START = /^\s*([[\]{}"',]|-?\d|true\b|false\b|null\b|NaN\b)/;

/** Most lines are something else: a document that shows examples of the format, and is none. */
function isProse(head: Head): boolean {
  const lines = head.text.split('\n', LINES).filter((line) => line.trim() !== '');
  return lines.filter((line) => JSON_START.test(line)).length * 2 < lines.length;
}

/** A value without what is nested in it: what a line carries decides whether it can be read, not what it is. */
function outlineOf(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field !== 'object'));
}

/** By content: the share of values that are records. By name only where there is nothing to look at. */
export function detect(head: Head): Likelihood {
  const named = head.name !== undefined && /(^|[._-])telemetry[^/]*\.(jsonl|ndjson|json)$/i.test(head.name);
  if (isProse(head)) return 0;
  let records = 0;
  let others = 0;
  for (const value of headValues(head, LINES).flat()) {
    if (!isObject(value)) continue;
    const record = parseRecord(outlineOf(value));
    // A word like "usage" alone could be anybody's; a record says when, or of which span.
    if (typeof record !== 'string' && (record.ts !== undefined || record.span_id !== undefined)) records++;
    else others++;
  }
  if (records > 0) return 0.9 * (records / (records + others)) + (named ? 0.05 : 0);
  if (others === 0 && EVENT.test(head.text.slice(0, 4096))) return 0.7;
  return named ? 0.3 : 0;
}
