import { type JsonObject, putField } from '../../model/json.ts';
import type { SpanEventRecord, SpanRecord, TraceRecord } from '../../model/record.ts';
import { printable } from '../excerpt.ts';
import { type Clock, usOf } from './clock.ts';
import { firstTokenMs, meaningOf } from './meaning.ts';
import type { Slice } from './open-slices.ts';
import { type ReadEvent, withMore } from './trace-event.ts';

/** The record of a slice. Durations are differences of rounded times, so that what is nested stays nested. */
export function sliceRecord(
  slice: Slice,
  lane: string,
  parent: string | undefined,
  clock: Clock,
): SpanRecord {
  const { event, startTs, endTs } = slice;
  const startUs = usOf(clock, startTs);
  const fields = meaningOf({ ...event, args: joined(event, slice.endArgs) });
  const record: SpanRecord = {
    event: 'span',
    span_id: slice.id,
    ts: startUs / 1e6,
    lane,
    name: nameOf(event),
  };
  if (parent !== undefined) record.parent = parent;
  Object.assign(record, fields);
  const attributes: JsonObject = { ...slicesOwn(slice), ...record.attributes };
  if (endTs !== undefined) {
    const durationMs = (usOf(clock, endTs) - startUs) / 1000;
    record.duration_ms = durationMs;
    const firstMs = fields.usage === undefined ? undefined : firstTokenMs(event.args, durationMs);
    if (firstMs !== undefined) record.first_token_ts = (startUs + Math.round(firstMs * 1000)) / 1e6;
  }
  if (Object.keys(attributes).length > 0) record.attributes = attributes;
  return record;
}

function nameOf(event: ReadEvent): string {
  return event.name === '' ? '(unnamed)' : event.name;
}

/** What of a slice the model has no place for: fractions of a µs, impossible durations, ids. */
function slicesOwn({ event, startTs, endTs }: Slice): JsonObject {
  const exact = endTs === undefined ? undefined : Number((endTs - startTs).toFixed(3));
  const id = event.id?.split('\u0000').at(-1);
  return {
    ...(exact !== undefined && !Number.isInteger(exact) && { dur_us: exact }),
    ...(event.ph === 'X' && event.dur === undefined && { no_duration: true }),
    ...(event.dur !== undefined && event.dur < 0 && { stated_dur_us: event.dur }),
    ...(id !== undefined && { id }),
  };
}

/** Arguments of both ends. What the end says otherwise stands beside, under `end_args`. */
function joined(event: ReadEvent, endArgs: JsonObject | undefined): JsonObject {
  if (endArgs === undefined) return event.args;
  const all = withMore({}, event.args);
  const other: JsonObject = {};
  for (const [name, value] of Object.entries(endArgs)) {
    const known = Object.hasOwn(all, name) || Object.hasOwn(event.more, name);
    const before = Object.hasOwn(all, name) ? all[name] : event.more[name];
    const target = known ? other : all;
    if (!known || JSON.stringify(printable(before)) !== JSON.stringify(printable(value)))
      putField(target, name, value);
  }
  return Object.keys(other).length === 0 ? all : { ...all, end_args: other };
}

/** The end of a slice whose record is out. */
export function endRecord(slice: Slice, clock: Clock): TraceRecord {
  const { event } = slice;
  const told = meaningOf({ ...event, name: '', cat: '', args: joined(event, slice.endArgs), more: {} });
  return { event: 'span_end', span_id: slice.id, ts: usOf(clock, slice.endTs!) / 1e6, ...withoutKind(told) };
}

/** Its kind was told with its beginning. */
function withoutKind<T extends { kind?: string }>(fields: T): Omit<T, 'kind'> {
  const { kind: _, ...rest } = fields;
  return rest;
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
    span_id: `e${event.index}`,
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

function attributesOf(event: ReadEvent): JsonObject {
  const attributes: JsonObject = {};
  for (const [name, value] of Object.entries(withMore(event.args, event.more)))
    putField(attributes, name, printable(value));
  if (event.cat !== '') attributes.cat = event.cat;
  return attributes;
}
