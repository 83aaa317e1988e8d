import { contentId } from '../../model/ids.ts';
import { type JsonObject, putField } from '../../model/json.ts';
import type { SpanEventRecord, SpanFields, SpanRecord, TraceRecord } from '../../model/record.ts';
import { printable } from '../excerpt.ts';
import { type Clock, usOf } from './clock.ts';
import { attributesOf, firstTokenMs, kindOf, readArguments } from './meaning.ts';
import { idOfNo, type Slice } from './open-slices.ts';
import { type ReadEvent, statedId, withMore } from './trace-event.ts';

/** The record of a slice. Durations are differences of rounded times, so that what is nested stays nested. */
export function sliceRecord(
  slice: Slice,
  lane: string,
  parent: string | undefined,
  clock: Clock,
): SpanRecord {
  const { event, endTs } = slice;
  const startUs = usOf(clock, slice.startTs);
  const record: SpanRecord = {
    event: 'span',
    span_id: slice.id,
    ts: startUs / 1e6,
    lane,
    name: nameOf(event),
  };
  if (parent !== undefined) record.parent = parent;
  const attributes = readArguments(joined(event, slice.endArgs), record);
  const kind = record.kind ?? kindOf(event, record);
  if (kind !== undefined) record.kind = kind;
  if (endTs !== undefined) {
    const durationMs = (usOf(clock, endTs) - startUs) / 1000;
    record.duration_ms = durationMs;
    const firstMs = record.usage === undefined ? undefined : firstTokenMs(event.args, durationMs);
    if (firstMs !== undefined) record.first_token_ts = (startUs + Math.round(firstMs * 1000)) / 1e6;
  }
  if (record.usage !== undefined) record.call_key ??= callKeyOf(record, event);
  if (event.cat !== '' && event.cat !== kind) attributes.cat = event.cat;
  putOwn(attributes, slice);
  for (const _ in attributes) {
    record.attributes = attributes;
    break;
  }
  return record;
}

function nameOf(event: ReadEvent): string {
  return event.name === '' ? '(unnamed)' : event.name;
}

/** A call without an id of its own: the same one, on the same thread at the same time, is one call however often it stands there. */
function callKeyOf(
  { ts, duration_ms, usage }: SpanFields & { ts?: number },
  { name, pid, tid }: ReadEvent,
): string {
  return `chrome-trace:${contentId(JSON.stringify([ts, duration_ms, pid, tid, name, usage]))}`;
}

/** What of a slice the model has no place for: fractions of a µs, impossible durations, ids. */
function putOwn(attributes: JsonObject, { event, startTs, endTs }: Slice): void {
  if (endTs !== undefined && !Number.isInteger(endTs - startTs)) {
    const exact = Number((endTs - startTs).toFixed(3));
    if (!Number.isInteger(exact)) attributes.dur_us = exact;
  }
  if (event.ph === 'X') {
    if (event.dur === undefined) attributes.no_duration = true;
    else if (event.dur < 0) attributes.stated_dur_us = event.dur;
  }
  if (event.id !== undefined) attributes.id ??= statedId(event);
}

/** Arguments of both ends. What the end says otherwise stands beside, under `end_args`. */
function joined(event: ReadEvent, endArgs: JsonObject | undefined): JsonObject {
  const args = withMore(event.args, event.more);
  if (endArgs === undefined) return args;
  const all: JsonObject = {};
  for (const name of Object.keys(args)) putField(all, name, args[name]);
  const other: JsonObject = {};
  for (const [name, value] of Object.entries(endArgs)) {
    if (!Object.hasOwn(args, name)) putField(all, name, value);
    else if (JSON.stringify(printable(args[name])) !== JSON.stringify(printable(value)))
      putField(other, name, value);
  }
  return Object.keys(other).length === 0 ? all : { ...all, end_args: other };
}

/** The end of a slice whose record is out. */
export function endRecord(slice: Slice, clock: Clock): TraceRecord {
  const fields: SpanFields = {};
  const attributes = readArguments(joined(slice.event, slice.endArgs), fields);
  // Its kind was told with its beginning.
  delete fields.kind;
  if (Object.keys(attributes).length > 0) fields.attributes = attributes;
  return { ...fields, event: 'span_end', span_id: slice.id, ts: usOf(clock, slice.endTs!) / 1e6 };
}

/** A point in time inside a slice. */
export function pointRecord(event: ReadEvent, spanId: string, clock: Clock): SpanEventRecord {
  const attributes = attributesOf(event);
  return {
    event: 'span_event',
    span_id: spanId,
    ts: usOf(clock, event.ts) / 1e6,
    name: pointName(event),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** A point in time in no slice: a span that takes no time, as viewers draw it. */
export function instantRecord(event: ReadEvent, lane: string, clock: Clock): SpanRecord {
  return {
    event: 'span',
    span_id: idOfNo(event.index),
    ts: usOf(clock, event.ts) / 1e6,
    duration_ms: 0,
    name: pointName(event),
    role: 'instant',
    lane,
    attributes: { ...attributesOf(event), scope: event.scope },
  };
}

/** Steps of the old kind of async events say which in their arguments. */
function pointName(event: ReadEvent): string {
  const step = /^[Tp]$/.test(event.ph) ? event.args.step : undefined;
  return typeof step === 'string' && step !== '' ? `${nameOf(event)}: ${step}` : nameOf(event);
}
