import { isObject, type JsonObject, type JsonValue, nestsDeeperThan, putField } from '../../../model/json.ts';
import { MAX_DEPTH, parseRecord, type TraceRecord } from '../../../model/record.ts';
import type { Dialect } from './rule.ts';

/**
 * What a run of ours says and OTLP has no field for travels beside the standard's own attributes, so that a run that was
 * written as OTLP reads back as itself.
 *
 * - `tacho.span`, on each span: the text of a JSON object, fields of our `span` record (model/record.ts: `span_id`,
 *   `parent`, `kind`, `role`, `usage`, `call_key`, `lane`, `status`, `estimated` …, times as `ts` and `end_ts` in epoch
 *   seconds). It need not have all: a field that is there wins over what the dialects make of the span, null takes the
 *   field away (`nulls` lists the fields that are null themselves), and what is not there is the dialects'. `attributes`
 *   are not merged: where they are given, they are all.
 * - `tacho.run`, on the resource (or on a root span, where a collector rewrites resources): the text of a JSON object,
 *   fields of our run records: `run_id` (the id of all runs of that resource's spans; without it the trace id), `ts`
 *   (start) and `end_ts`, `last_ts`, `status`, `name`, `labels`, `scores`, `quality` … The same object may stand in many
 *   requests. `scores` are not merged with those of its spans: where they are given, they are all.
 *
 * Ids of ours need not be hexadecimal; OTLP's are, so the writer makes some up and says the real ones here.
 */
export const OWN_SPAN = 'tacho.span';
export const OWN_RUN = 'tacho.run';
export const NULLS = 'nulls';

/** The fields behind one of the two attributes; undefined for anything that is no JSON object, which stays an attribute. */
export function ownFields(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  try {
    const fields: unknown = JSON.parse(value);
    return isObject(fields) && !nestsDeeperThan(fields, MAX_DEPTH) ? fields : undefined;
  } catch {
    return undefined;
  }
}

/** Lays own fields over a record, in place; null takes a field away. What says whose record it is stays. */
export function overlay(record: JsonObject, own: JsonObject): void {
  for (const field of Object.keys(own)) {
    if (field === 'event' || field === 'run_id' || field === NULLS) continue;
    if (own[field] === null) delete record[field];
    else putField(record, field, own[field]);
  }
  const nulls = own[NULLS];
  if (Array.isArray(nulls))
    for (const field of nulls) if (typeof field === 'string') putField(record, field, null);
}

/** A record with own fields, which come from outside: put right in place, or undefined when it is none. */
export function ownRecord(record: JsonObject): TraceRecord | undefined {
  for (const field in record) if (record[field] === undefined) delete record[field];
  const whole = parseRecord(record);
  return typeof whole === 'string' || whole.ts === 0 ? undefined : whole;
}

/** The two attributes as rules: they win over every dialect. */
export const ownAttributes: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: [
    [OWN_SPAN, 'ownSpan', ownFields],
    [OWN_RUN, 'ownRun', ownFields],
  ],
};
