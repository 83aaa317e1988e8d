import {
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  putField,
  putFields,
} from '../../model/json.ts';
import type { SpanRecord } from '../../model/record.ts';
import { kindOf, statusOf } from '../../model/span.ts';
import { lastingUs, parseTimestamp, usToSeconds } from '../../model/time.ts';
import { printable } from '../excerpt.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import { OWN, seedName } from './names.ts';
import { ownMetadata } from './own.ts';
import { statedUsage } from './usage.ts';

/** Words of the stream that a span may use beside the seed's. */
const STREAM_FIELDS = new Set(['role', 'component', 'lane', 'model', 'provider', 'status', 'error', 'tool']);
/** Where sources without a field for it say which model was called. */
const MODEL_NAMES = ['model', 'model_name', 'model_id', 'llm_id'];

type Times = { startUs?: number | undefined; endUs?: number | undefined };

/** A span whose object is open. What was said of it goes out with `record()`, so that nothing is held that need not be. */
export class SpanFrame {
  readonly parent: SpanFrame | undefined;
  /** Its number in the document. */
  readonly no: number;
  readonly ours: boolean;
  id: string | undefined;
  /** Where it has no id and no end: it is left out, and what it holds belongs to the span around it. */
  dropped = false;
  /** A record of it has gone out. */
  announced = false;
  readonly times: Times = {};
  /** No end will come: the document was cut off. */
  torn = false;
  /** Neither its own times nor those of the spans in it are said. */
  isUntold = false;
  deviation: string | undefined;
  hasError = false;
  /** The word of the source for the outcome. */
  status: string | undefined;
  #news: JsonObject = {};
  #attributes: JsonObject | undefined;
  #events: JsonObject[] = [];
  #durationUs: number | undefined;
  #kind: string | undefined;
  #hasModel = false;
  #hasUsage = false;
  #hasReasoning = false;
  /** Its writer did not know when it started. */
  #estimated = false;
  /** Its start is not said, or not yet. */
  #guessed = false;
  /** What the spans in it took. */
  readonly #inside: Times = {};
  /** What the last record said. */
  #told: Times & { kind?: string | undefined } = {};

  constructor(parent: SpanFrame | undefined, no: number, ours: boolean) {
    this.parent = parent;
    this.no = no;
    this.ours = ours;
  }

  /** Takes a member in; `span_id` is the caller's business. */
  member(key: string, value: JsonValue): void {
    const name = this.ours ? key : seedName(key);
    if (this.#time(name, value)) return;
    if (name === 'inputs' || name === 'outputs') this.#news[name] = value;
    else if (name === 'metadata' && isObject(value)) this.#metadata(value);
    else if (name === 'name' && asString(value) !== undefined) this.#news.name = value;
    else if (this.ours) {
      // What it used stands in our own fields, in full.
      if (name !== 'usage_metadata') this.attribute(name, value);
    } else if (value === null) return;
    else if (name === 'usage_metadata' && isObject(value)) this.#usage(value);
    else if (name === 'kind' && asString(value) !== undefined) this.#kind = asString(value);
    else if (name === 'parent_id' && asString(value) !== undefined) this.#news.parent = value;
    else if (STREAM_FIELDS.has(name)) this.#stream(name, value);
    else this.attribute(key, value);
  }

  attribute(name: string, value: JsonValue): void {
    this.#attributes ??= {};
    putField(this.#attributes, name, value);
  }

  /** A point in time; true when so many are held that they should go out. */
  event(value: JsonObject): boolean {
    this.#events.push(this.ours ? ownEvent(value) : foreignEvent(value));
    return this.#events.length >= 500;
  }

  #time(name: string, value: JsonValue): boolean {
    if (name === 'start_time' || name === 'end_time') {
      const us = parseTimestamp(value);
      if (us === undefined) return value === null;
      this.times[name === 'start_time' ? 'startUs' : 'endUs'] = us;
      if (name === 'start_time') this.#guessed = false;
      return true;
    }
    if (this.ours || name !== 'duration_ms') return false;
    this.#durationUs = lastingUs(asNumber(value) ?? -1);
    return this.#durationUs !== undefined;
  }

  #metadata(value: JsonObject): void {
    if (this.ours) {
      const { attributes, own } = ownMetadata(value);
      if (attributes) for (const name of Object.keys(attributes)) this.attribute(name, attributes[name]!);
      if (attributes) this.#attributes ??= {};
      const { attributes: _, start_estimated, duration_ms, parent, ...fields } = own;
      putFields(this.#news, fields);
      if (parent !== undefined) this.#news.parent = parent;
      this.#estimated = start_estimated === true;
      this.#durationUs = lastingUs(asNumber(duration_ms) ?? -1);
      return;
    }
    for (const name of Object.keys(value)) this.attribute(name, value[name]!);
    this.#attributes ??= {};
    const word = asString(value.kind) ?? asString(value.span_kind);
    // Anything may be called "kind": only words for kinds of work are taken for one.
    if (word !== undefined && kindOf(word).role === undefined) this.#kind ??= word;
    const model = MODEL_NAMES.map((name) => asString(value[name])).find((found) => found !== undefined);
    if (model !== undefined) this.#stream('model', model);
    this.#hasReasoning ||= asString(value.reasoning) !== undefined;
    if (isObject(value.usage_metadata)) this.#usage(value.usage_metadata);
  }

  #usage(value: JsonObject): void {
    const { usage, costUsd, deviation } = statedUsage(value);
    if (usage) this.#news.usage = usage;
    this.#hasUsage ||= usage !== undefined;
    if (costUsd !== undefined) this.#news.cost_usd = costUsd;
    this.deviation = deviation;
    if (usage === undefined && costUsd === undefined) this.attribute('usage_metadata', value);
  }

  #stream(name: string, value: JsonValue): void {
    this.#news[name] = value;
    this.#hasModel ||= name === 'model';
    if (name === 'status') this.status = asString(value);
    this.hasError ||=
      name === 'error' ? value !== '' : name === 'status' && statusOf(this.status) === 'error';
  }

  /** A decision says why; a call, which model it used. A source's own word for the kind stands above that. */
  #kindNow(): string | undefined {
    if (this.#kind !== undefined) return this.#kind;
    if (this.#hasModel && this.#hasUsage) return 'llm';
    return this.#hasReasoning ? 'decision' : undefined;
  }

  /** What became known since the last record; `closed` when nothing more will. Undefined when there is nothing to say. */
  record(closed: boolean, guessUs: number): SpanRecord | undefined {
    this.#settle(closed, guessUs);
    const kind = this.#kindNow();
    const { startUs, endUs } = this.times;
    const record = this.#news as SpanRecord;
    if (kind !== this.#told.kind && kind !== undefined) record.kind = kind;
    if (this.#attributes) record.attributes = this.#attributes;
    if (this.#events.length > 0) record.events = this.#events;
    const known = startUs === this.#told.startUs && endUs === this.#told.endUs;
    if (this.announced && known && Object.keys(record).length === 0) return undefined;
    this.#told = { kind, startUs, endUs };
    this.#news = {};
    this.#attributes = undefined;
    this.#events = [];
    this.announced = true;
    record.event = 'span';
    if (startUs !== undefined) record.ts = usToSeconds(startUs);
    if (endUs !== undefined) record.end_ts = usToSeconds(Math.max(endUs, startUs ?? endUs));
    else if (this.#durationUs !== undefined) record.duration_ms = this.#durationUs / 1000;
    if (this.#estimated || this.#guessed) record.estimated = true;
    return record;
  }

  /** Its own times, or those of the spans in it, where any are known. */
  get knownTimes(): Times {
    return this.#guessed ? this.#inside : this.times;
  }

  /** A span in it took so long. */
  widen(startUs: number | undefined, endUs: number | undefined): void {
    const inside = this.#inside;
    if (startUs !== undefined) inside.startUs = Math.min(startUs, inside.startUs ?? startUs);
    const lastUs = endUs ?? startUs;
    if (lastUs !== undefined) inside.endUs = Math.max(lastUs, inside.endUs ?? lastUs);
  }

  /** Times that are not said follow from what is: the spans inside, the duration, the span around it. */
  #settle(closed: boolean, guessUs: number): void {
    const { times } = this;
    const inside = this.#inside;
    if (this.ours) return;
    if (this.#durationUs !== undefined) {
      if (times.startUs !== undefined) times.endUs ??= times.startUs + this.#durationUs;
      else if (times.endUs !== undefined) times.startUs = times.endUs - this.#durationUs;
    }
    if (times.startUs !== undefined && !this.#guessed) return;
    this.#guessed = true;
    this.isUntold = inside.startUs === undefined && times.endUs === undefined;
    times.startUs = inside.startUs ?? times.endUs ?? guessUs;
    // Without a start of its own it was not left open: its times are just not known.
    if (!closed || this.torn) return;
    times.endUs ??= inside.endUs ?? times.startUs;
    if (inside.startUs === undefined) this.attribute(TIME_ESTIMATED, true);
  }
}

function ownEvent(value: JsonObject): JsonObject {
  const { attributes = {}, own } = ownMetadata(value.metadata);
  const { inputs, outputs } = value;
  return {
    name: value.name,
    ...timestampOf(value.timestamp),
    ...(own.level !== undefined && { level: own.level }),
    attributes: {
      ...attributes,
      ...(inputs !== undefined && { inputs }),
      ...(outputs !== undefined && { outputs }),
    },
  };
}

function foreignEvent(value: JsonObject): JsonObject {
  const event: JsonObject = { name: 'event' };
  const attributes: JsonObject = {};
  for (const key of Object.keys(value)) {
    const name = seedName(key);
    const said = value[key]!;
    if (name === 'name') event.name = asString(said) ?? 'event';
    else if (name === 'timestamp' && timestampOf(said).ts !== undefined)
      Object.assign(event, timestampOf(said));
    else if (name === 'level' && typeof said === 'string') event.level = said;
    else if (name === 'metadata' && isObject(said)) putFields(attributes, said);
    else if (name !== 'kind') putField(attributes, name, printable(said));
  }
  return { ...event, attributes };
}

function timestampOf(value: JsonValue | undefined): { ts?: number } {
  const us = parseTimestamp(value);
  return us === undefined ? {} : { ts: usToSeconds(us) };
}

/** A trace of ours says in front of its spans that it is one. */
export function ownHead(metadata: JsonValue | undefined): JsonObject | undefined {
  const own = isObject(metadata) ? metadata[OWN] : undefined;
  return isObject(own) && Array.isArray(own.before) ? own : undefined;
}
