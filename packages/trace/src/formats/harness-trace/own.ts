import { isObject, type JsonObject, type JsonValue, putField, putFields } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';
import { isoOf } from '../iso-time.ts';
import { type RecordFields, spanRecords } from '../run-records.ts';
import { OWN } from './names.ts';

/** Fields of a record that the seed has words for, or that nesting says. */
const SEED_FIELDS: ReadonlySet<string> = new Set([
  'event',
  'run_id',
  'span_id',
  'parent',
  'name',
  'ts',
  'duration_ms',
  'inputs',
  'outputs',
  'attributes',
  'events',
]);

/** A span in the seed's words, without its children; `parentId` is the span that it will stand in. */
export function seedSpan(span: Span, parentId: string | undefined): JsonObject {
  const { startEstimated, ...seen } = span;
  const [record] = spanRecords(seen, '') as Generator<RecordFields & { attributes?: JsonObject }>;
  const own: JsonObject = {};
  for (const field in record) if (!SEED_FIELDS.has(field)) own[field] = record[field];
  // What follows from the rest is not said.
  if (own.kind === 'task') delete own.kind;
  if (own.status === plainStatus(span)) delete own.status;
  if (span.parentId !== parentId) own.parent = span.parentId ?? null;
  if (startEstimated) own.start_estimated = true;
  const start = isoOf(span.startUs);
  const end = span.endUs === undefined ? undefined : isoOf(span.endUs);
  // A time that has no date: before 1970, or "not known".
  if (span.endUs !== undefined && (start === undefined || end === undefined))
    own.duration_ms = (span.endUs - span.startUs) / 1000;
  return {
    span_id: span.spanId,
    name: span.name,
    ...(start !== undefined && { start_time: start }),
    ...(start !== undefined && end !== undefined && { end_time: end }),
    ...(span.inputs !== undefined && { inputs: span.inputs }),
    ...(span.outputs !== undefined && { outputs: span.outputs }),
    ...metadata(record?.attributes, own),
    ...(span.events !== undefined && { events: span.events.map(seedEvent) }),
  };
}

/** A span that ended went well, unless it has an error. */
function plainStatus(span: Pick<Span, 'endUs' | 'error'>): string | undefined {
  if (span.error) return 'error';
  return span.endUs === undefined ? undefined : 'ok';
}

function seedEvent({ name, tsUs, level, attributes }: NonNullable<Span['events']>[number]): JsonObject {
  const { inputs, outputs, ...rest } = attributes ?? {};
  return {
    name,
    timestamp: isoOf(tsUs) ?? tsUs / 1e6,
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
    ...metadata(attributes && rest, level === undefined ? {} : { level }),
  };
}

/** Attributes with our own fields under one key; those that would be taken for it stand in there. */
function metadata(attributes: JsonObject | undefined, own: JsonObject): { metadata?: JsonObject } {
  const said: JsonObject = {};
  const hidden: JsonObject = {};
  for (const name of Object.keys(attributes ?? {}))
    putField(name === OWN ? hidden : said, name, attributes![name]);
  const none = Object.keys(said).length === 0;
  // An empty object is another thing than none.
  if (attributes !== undefined && (none || Object.keys(hidden).length > 0)) own.attributes = hidden;
  if (Object.values(own).some((value) => value !== undefined)) said[OWN] = own;
  return Object.keys(said).length > 0 ? { metadata: said } : {};
}

/** What `metadata` of a trace of ours says: the attributes, and the fields of the record beyond the seed's. */
export function ownMetadata(value: JsonValue | undefined): { attributes?: JsonObject; own: JsonObject } {
  if (!isObject(value)) return { own: {} };
  const { [OWN]: found, ...said } = value;
  const own = isObject(found) ? found : {};
  const hidden = isObject(own.attributes) ? own.attributes : undefined;
  if (hidden === undefined && Object.keys(said).length === 0) return { own };
  const attributes: JsonObject = {};
  putFields(attributes, said);
  putFields(attributes, hidden ?? {});
  return { attributes, own };
}
