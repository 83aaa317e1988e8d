import { asNumber, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { isUsageField } from '../../model/usage-fields.ts';
import { MAX_CHARS } from './args.ts';

/**
 * The key of what stands in our own traces beside what viewers show: of the file, the run's records; of an event, what its
 * span's record says beyond the slice. Viewers skip members that they do not know.
 */
export const OWN = 'tacho';

/** What is in an event under that key. */
export type OwnPart = {
  /** The span's number in its run. */
  no?: number;
  /** The event is one of the span that stands before it. */
  event?: true;
  /** Fields of the record that the slice shows otherwise, or not at all. */
  fields?: JsonObject;
  /** Fields that the slice shows and the record does not have. */
  without?: string[];
  /** Payloads that the slice shows as text and that are JSON. */
  parsed?: string[];
  /** Payloads that are too long for a trace: the slice shows their beginning. */
  cut?: string[];
  /** The span takes more than one record; the slice is only its picture. */
  records?: JsonObject[];
};

const PAYLOADS = ['inputs', 'outputs'] as const;
const SAME_NAME = [
  'role',
  'component',
  'status',
  'model',
  'provider',
  'tool_uses',
  ...PAYLOADS,
  'attributes',
];
/** Fields that are told elsewhere: what kind of record it is, whose, and the events, which are instants of their own. */
const APART = new Set(['event', 'run_id', 'events']);

/** A payload that a trace can carry: the same limit for text and for JSON written as text. */
export function fits(payload: JsonValue): boolean {
  return (typeof payload === 'string' ? payload : JSON.stringify(payload)).length <= MAX_CHARS;
}

/** The fields of a span's record that its slice shows. Times in the slice are µs since `originUs`. */
export function shownFields(slice: JsonObject, originUs: number): JsonObject {
  const args = isObject(slice.args) ? slice.args : {};
  const ts = asNumber(slice.ts) ?? 0;
  const fields: JsonObject = { ts: (originUs + ts) / 1e6, name: slice.name, kind: slice.cat };
  if (typeof slice.dur === 'number' && args.incomplete !== true) fields.duration_ms = slice.dur / 1000;
  fields.span_id = args.span_id;
  for (const name of SAME_NAME) if (args[name] !== undefined) fields[name] = args[name];
  const usage: JsonObject = {};
  for (const name in args) if (isUsageField(name)) usage[name] = args[name];
  if (Object.keys(usage).length > 0) fields.usage = usage;
  if (args.tool !== undefined) fields.tool = { name: args.tool };
  if (args.reported_cost_usd !== undefined) fields.cost_usd = args.reported_cost_usd;
  return fields;
}

/** The fields of a span event that its instant shows. */
export function shownEvent(instant: JsonObject, originUs: number): JsonObject {
  const { level, ...attributes } = isObject(instant.args) ? instant.args : {};
  return {
    ts: (originUs + (asNumber(instant.ts) ?? 0)) / 1e6,
    name: instant.name,
    ...(level !== undefined && { level }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** What has to stand beside a slice so that its record can be had again. */
export function beside(record: JsonObject, shown: JsonObject): OwnPart {
  const part: OwnPart = {};
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined || APART.has(name)) continue;
    const payload = (PAYLOADS as readonly string[]).includes(name);
    if (payload && !fits(value)) part.cut = [...(part.cut ?? []), name];
    else if (!isSame(value, shown[name])) {
      if (payload && typeof value === 'object' && shown[name] === JSON.stringify(value))
        part.parsed = [...(part.parsed ?? []), name];
      else fields[name] = value;
    }
  }
  if (Object.keys(fields).length > 0) part.fields = fields;
  const without = Object.keys(shown).filter(
    (name) => shown[name] !== undefined && record[name] === undefined,
  );
  if (without.length > 0) part.without = without;
  return part;
}

/** The record again, from what is shown and what stands beside it. */
export function restored(shown: JsonObject, part: OwnPart): JsonObject {
  const record: JsonObject = {};
  const left = new Set([...listed(part.without), ...listed(part.cut)]);
  for (const name in shown) if (!left.has(name)) record[name] = shown[name];
  for (const name of listed(part.parsed)) {
    const text = record[name];
    if (typeof text === 'string') record[name] = jsonIn(text);
  }
  if (isObject(part.fields)) for (const name in part.fields) putField(record, name, part.fields[name]);
  // Behind the error, which sets a status of its own where none is known.
  const { status } = record;
  delete record.status;
  return status === undefined ? record : { ...record, status };
}

function listed(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function jsonIn(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}
