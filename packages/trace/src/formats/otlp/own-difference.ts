import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { usageFrom } from '../../model/usage-fields.ts';
import type { RecordFields } from '../run-records.ts';
import { NULLS } from './dialects/own.ts';

/**
 * The fields of a record that a reader of OTLP would not make of what was written: those that it has to be told
 * (dialects/own.ts), null for what it would only suppose. Undefined when it would make just this record.
 */
export function ownDifference(wanted: RecordFields, read: JsonObject): JsonObject | undefined {
  let difference: JsonObject | undefined;
  const nulls: string[] = [];
  for (const field of new Set([...Object.keys(wanted), ...Object.keys(read)])) {
    if (field === 'event' || field === 'run_id') continue;
    const want = wanted[field];
    if (field === 'usage' ? sameUsage(want, read[field]) : sameJson(want, read[field])) continue;
    difference ??= {};
    if (want === null) nulls.push(field);
    else difference[field] = want ?? null;
  }
  if (nulls.length > 0) difference![NULLS] = nulls;
  return difference;
}

/** One bucket of 0 more or less is the same usage, and a call is one request where nothing is said. */
function sameUsage(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(usageFrom(a)) === JSON.stringify(usageFrom(b));
}

/** Whether two values are the same as JSON: whatever the order of fields, and with undefined as not there. */
function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  for (const key of Object.keys(a))
    if (!sameJson(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false;
  for (const key of Object.keys(b)) if (b[key] !== undefined && !Object.hasOwn(a, key)) return false;
  return true;
}
