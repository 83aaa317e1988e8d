import {
  asCount,
  asNumber,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  putField,
  putFields,
} from './json.ts';
import type { TraceRecord } from './record.ts';
import { kindOf, type Span, type SpanError, type SpanEvent, type SpanLink, statusOf } from './span.ts';
import { secondsToUs } from './time.ts';
import { totalTokens } from './usage.ts';
import { usageFrom } from './usage-fields.ts';

/** Fields of a record that describe it, or that the fold reads itself: they never become attributes. */
const STRUCTURE = new Set([
  'event',
  'ts',
  'end_ts',
  'run_id',
  'span_id',
  'parent',
  'fallback_parent',
  'duration_ms',
  'estimated',
  'events',
  'attributes',
]);

/** No single call costs a billion dollars. */
const MOST_COST_USD = 1e9;

type Setter = (span: Span, value: JsonValue) => boolean;

const text =
  (key: 'name' | 'component' | 'lane' | 'model' | 'provider' | 'role'): Setter =>
  (span, value) => {
    const found = asString(value);
    if (found !== undefined) span[key] = found;
    return found !== undefined;
  };

const setUsage: Setter = (span, value) => {
  const usage = usageFrom(value);
  // A bare total never replaces buckets: it says less.
  if (usage && !(typeof value === 'number' && span.usage)) span.usage = usage;
  return usage !== undefined;
};

/** What each field of a record does to its span. False means "not understood": the value is kept as an attribute. */
const SETTERS: Record<string, Setter> = {
  name: text('name'),
  component: text('component'),
  lane: text('lane'),
  model: text('model'),
  provider: text('provider'),
  role: text('role'),
  kind(span, value) {
    const word = asString(value);
    if (word === undefined) return false;
    const { kind, role } = kindOf(word);
    span.kind = kind;
    if (role !== undefined) span.role ??= role;
    return true;
  },
  status(span, value) {
    const status = statusOf(asString(value));
    if (status !== undefined) span.status = status;
    return status !== undefined;
  },
  error(span, value) {
    const error = errorFrom(value);
    if (error === undefined) return value === null;
    span.error = error;
    if (span.status === 'unset') span.status = 'error';
    return true;
  },
  tokens: setUsage,
  usage: setUsage,
  placeholder_output(span, value) {
    if (value === true) span.placeholderOutput = true;
    else delete span.placeholderOutput;
    return typeof value === 'boolean';
  },
  tool_uses(span, value) {
    const count = asCount(value);
    if (count !== undefined) span.toolUses = count;
    return count !== undefined;
  },
  cost_usd(span, value) {
    const cost = asNumber(value);
    const possible = cost !== undefined && cost >= 0 && cost <= MOST_COST_USD;
    if (possible) span.reportedCostUsd = cost;
    return possible;
  },
  call_key(span, value) {
    const key = asString(value);
    // A source that does not know the request leaves what another knows.
    if (key !== undefined && span.callKey?.startsWith(`${key}|`) !== true) span.callKey = key;
    return key !== undefined;
  },
  replay(span, value) {
    if (value === true) span.replay = true;
    else delete span.replay;
    return typeof value === 'boolean';
  },
  model_total(span, value) {
    if (value === true) span.modelTotal = true;
    else delete span.modelTotal;
    return typeof value === 'boolean';
  },
  first_token_ts(span, value) {
    const seconds = asNumber(value);
    if (seconds !== undefined) span.firstTokenUs = secondsToUs(seconds);
    return seconds !== undefined;
  },
  tool(span, value) {
    const name = asString(isObject(value) ? value.name : value);
    if (name === undefined) return false;
    span.tool = { name };
    if (!isObject(value)) return true;
    const callId = asString(value.call_id ?? value.callId);
    const category = asString(value.category);
    if (callId !== undefined) span.tool.callId = callId;
    if (category !== undefined) span.tool.category = category;
    return true;
  },
  inputs(span, value) {
    span.inputs = value;
    return true;
  },
  outputs(span, value) {
    span.outputs = value;
    return true;
  },
  links(span, value) {
    if (!Array.isArray(value)) return false;
    span.links = value.flatMap(linkFrom);
    return true;
  },
};

/** Writes everything a record says about a span into it. Times and parents are the fold's business, not ours. */
export function describeSpan(span: Span, record: TraceRecord): void {
  const outdone = isOutdone(span, record);
  for (const field in record) {
    if (STRUCTURE.has(field) || (outdone && COUNTS.has(field))) continue;
    const value = record[field];
    if (value === undefined) continue;
    const set = Object.hasOwn(SETTERS, field) ? SETTERS[field] : undefined;
    if (!set?.(span, value)) putField(attributesOf(span), field, value);
  }
  if (isObject(record.attributes)) putFields(attributesOf(span), record.attributes);
}

const COUNTS = new Set(['tokens', 'usage', 'placeholder_output']);

/** Counts that were written while the call went on, of a call of which more is known: files come in any order. */
function isOutdone(span: Span, record: TraceRecord): boolean {
  if (record.placeholder_output !== true || span.usage === undefined) return false;
  const usage = usageFrom((record.usage ?? record.tokens) as JsonValue | undefined);
  return usage !== undefined && totalTokens(usage) < totalTokens(span.usage);
}

function attributesOf(span: Span): JsonObject {
  span.attributes ??= {};
  return span.attributes;
}

/** An error as text or as `{type, message, stack}`. */
export function errorFrom(value: JsonValue | undefined): SpanError | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { message: value };
  if (!isObject(value)) return undefined;
  const type = asString(value.type ?? value.name);
  const stack = asString(value.stack);
  const message = asString(value.message) ?? type;
  if (message === undefined) return undefined;
  return { ...(type !== undefined && { type }), message, ...(stack !== undefined && { stack }) };
}

function linkFrom(value: JsonValue): SpanLink[] {
  if (!isObject(value)) return [];
  const spanId = asString(value.span_id ?? value.spanId);
  const runId = asString(value.run_id ?? value.runId);
  const type = asString(value.type) ?? 'follows_from';
  return spanId === undefined ? [] : [{ type, spanId, ...(runId !== undefined && { runId }) }];
}

/** A point in time as the stream writes it, in a `span_event` line or in a span's `events`. */
export function eventFrom(value: JsonObject, fallbackUs: number): SpanEvent | undefined {
  const name = asString(value.name);
  if (name === undefined) return undefined;
  const seconds = asNumber(value.ts);
  const level = asString(value.level);
  const known = ['event', 'ts', 'run_id', 'span_id', 'name', 'level', 'attributes'];
  const attributes: JsonObject = isObject(value.attributes) ? { ...value.attributes } : {};
  for (const key in value) if (!known.includes(key)) putField(attributes, key, value[key]);
  return {
    name,
    tsUs: seconds === undefined ? fallbackUs : secondsToUs(seconds),
    ...(level !== undefined && { level }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** Adds an event once, in order of time: the same line read twice is one event, however many there are. */
export function addSpanEvent(span: Span, event: SpanEvent): boolean {
  span.events ??= [];
  const { events } = span;
  // A live stream appends; a source read again from its start finds its place by bisection.
  let at = events.length;
  let low = at > 0 && events[at - 1]!.tsUs > event.tsUs ? 0 : at;
  while (low < at) {
    const middle = (low + at) >> 1;
    if (events[middle]!.tsUs > event.tsUs) at = middle;
    else low = middle + 1;
  }
  for (let same = at - 1; same >= 0 && events[same]!.tsUs === event.tsUs; same--) {
    if (events[same]!.name === event.name) return false;
  }
  if (at === events.length) events.push(event);
  else events.splice(at, 0, event);
  return true;
}
