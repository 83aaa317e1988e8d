import { asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';
import { asObject, attributeOf } from './attributes.ts';
import { OWN_SPAN, overlay, ownRecord } from './dialects/own.ts';
import type { Slots } from './dialects/slots.ts';
import type { RuleTable } from './dialects/table.ts';
import { eventMessages, isMessageEvent } from './event-messages.ts';
import type { OtlpAttributes, OtlpEvent, OtlpLink, OtlpScope, OtlpSpan } from './request.ts';
import { EVALUATION_EVENT, EVALUATION_KEYS, evaluationScores, scoreRecords } from './scores.ts';
import { firstTokenOf, putFields } from './span-fields.ts';

/** OTLP's codes of a span's status. */
const UNSET = 0;
const ERROR = 2;

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const NO_TRACE_ID = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);

export function isTraceId(id: string): boolean {
  return id !== NO_TRACE_ID && TRACE_ID.test(id);
}

export function isSpanId(id: string): boolean {
  return id !== NO_SPAN_ID && SPAN_ID.test(id);
}

/** A span as a record, with its scores, and what its run is told by it. */
export type SpanRecords = {
  span: TraceRecord & JsonObject;
  scores: TraceRecord[];
  /** It has no parent, or says itself that it stands for the whole trace. */
  isRoot: boolean;
  /** Its own total of tokens is another sum than that of its parts. */
  deviates: boolean;
  /** Attributes, events and links that were dropped before it was sent. */
  dropped: number;
};

/** One span. `slots` have been read from its attributes, with the table of its scope. */
export function spanRecord(
  span: OtlpSpan,
  scope: OtlpScope,
  runId: string,
  slots: Slots,
  table: RuleTable,
): SpanRecords {
  const { startUs, endUs, name } = span;
  // Logfire sends a copy of a span when it begins: it stands for its own parent, which is still running.
  const above = slots.text('pendingParent');
  const pending = above !== undefined || slots.text('spanType') === 'pending_span';
  if (pending) {
    slots.use('spanType');
    slots.use('pendingParent');
  }
  const parentId = pending ? (above ?? '') : span.parentSpanId;
  const isOrphan = parentId === '' || parentId === NO_SPAN_ID;
  const hasParent = !isOrphan && isSpanId(parentId);
  const ended = endUs > 0 && !pending;
  const record: JsonObject = {
    event: 'span',
    run_id: runId,
    span_id: pending && isSpanId(span.parentSpanId) ? span.parentSpanId : span.spanId,
    name: name === '' ? span.spanId : name,
    ts: usToSeconds(startUs),
  };
  if (hasParent) record.parent = parentId;
  if (ended) record.end_ts = usToSeconds(endUs);
  const deviates = putFields(record, slots, table, name);
  const first = firstTokenOf(slots, startUs);
  if (first !== undefined) record.first_token_ts = first;
  const failed = span.statusCode === ERROR || (span.statusCode === UNSET && saysItFailed(span, slots));
  if (failed) record.error = errorOf(span, slots);
  record.status = ended ? (failed ? 'error' : 'ok') : 'running';
  const scores = span.events.length > 0 ? putEvents(record, span.events) : [];
  const attributes = slots.rest() ?? {};
  const dropped = putOddities(attributes, span, scope, failed);
  if (!isOrphan && !hasParent) putField(attributes, 'parent_span_id', parentId);
  if (span.links.length > 0) putLinks(record, attributes, span);
  for (const _ in attributes) {
    record.attributes = attributes;
    break;
  }
  const own = slots.get('ownSpan');
  const whole = (isObject(own) ? withOwn(record, own) : record) as TraceRecord & JsonObject;
  scores.push(...scoreRecords(slots.get('scores'), runId, asString(whole.span_id)));
  return { span: whole, scores, isRoot: isOrphan || slots.get('asRoot') === true, deviates, dropped };
}

/** With the fields of our own record over it, where they make a record; else it keeps them as an attribute. */
function withOwn(record: JsonObject, own: JsonObject): JsonObject {
  const whole = { ...record };
  const attributes = isObject(record.attributes) ? { ...record.attributes } : {};
  delete attributes[OWN_SPAN];
  if (Object.keys(attributes).length > 0) whole.attributes = attributes;
  else delete whole.attributes;
  overlay(whole, own);
  return (ownRecord(whole) as JsonObject | undefined) ?? record;
}

function saysItFailed({ events }: OtlpSpan, slots: Slots): boolean {
  if (slots.get('failed') === true) return true;
  for (const { name, attributes } of events)
    if (name === 'exception' && attributeOf(attributes, 'exception.escaped') === true) return true;
  return false;
}

/** The span's own words, else those of the last exception that is noted in it. */
function errorOf({ statusMessage, events }: OtlpSpan, slots: Slots): JsonObject {
  const exception = events.findLast(({ name }) => name === 'exception')?.attributes;
  const noted = (key: string): string | undefined =>
    exception && asString(attributeOf(exception, `exception.${key}`));
  const type = slots.text('errorType') ?? noted('type');
  const said = slots.text('errorMessage');
  const stack = slots.text('errorStack') ?? noted('stacktrace');
  const message = asString(statusMessage) ?? said ?? noted('message') ?? type ?? 'failed';
  slots.use('errorType');
  slots.use('errorStack');
  if (message === said) slots.use('errorMessage');
  return { ...(type !== undefined && { type }), message, ...(stack !== undefined && { stack }) };
}

/** Events, the messages and scores among them apart. Gives the scores as records. */
function putEvents(record: JsonObject, events: readonly OtlpEvent[]): TraceRecord[] {
  const scores: TraceRecord[] = [];
  const kept: JsonValue[] = [];
  const messages: { name: string; body: JsonObject; event: OtlpEvent }[] = [];
  for (const event of events) {
    if (isMessageEvent(event.name))
      messages.push({ name: event.name, body: asObject(event.attributes), event });
    else kept.push(eventOf(event));
    if (event.name === EVALUATION_EVENT)
      scores.push(
        ...scoreRecords(scoresOf(event.attributes), String(record.run_id), asString(record.span_id)),
      );
  }
  const { inputs, outputs } = eventMessages(messages);
  // What the attributes say in full is not said again; the events stay then.
  const isNew = record.inputs === undefined && record.outputs === undefined;
  if (isNew && inputs !== undefined) record.inputs = inputs;
  if (isNew && outputs !== undefined) record.outputs = outputs;
  if (!isNew) for (const { event } of messages) kept.push(eventOf(event));
  if (kept.length > 0) record.events = kept;
  return scores;
}

/** The score that the attributes of an evaluation say, as a list. */
export function scoresOf(attributes: OtlpAttributes): JsonValue | undefined {
  return evaluationScores(EVALUATION_KEYS.map((key) => [key, attributeOf(attributes, key) ?? null] as const));
}

function eventOf({ name, timeUs, attributes }: OtlpEvent): JsonObject {
  const event: JsonObject = { name: name === '' ? 'event' : name };
  if (timeUs > 0) event.ts = usToSeconds(timeUs);
  if (attributes.keys.length > 0) event.attributes = asObject(attributes);
  return event;
}

/** What OTLP says beside attributes and our records have no field for. Gives the number of things that were dropped. */
function putOddities(attributes: JsonObject, span: OtlpSpan, scope: OtlpScope, failed: boolean): number {
  if (scope.name !== '') attributes.scope = scope.name;
  // Figures of one version of an instrumentation may be wrong.
  if (scope.version !== '') attributes.scope_version = scope.version;
  if (scope.attributes.keys.length > 0) attributes.scope_attributes = asObject(scope.attributes);
  if (span.traceState !== '') attributes.trace_state = span.traceState;
  if (!failed && span.statusMessage !== '') attributes.status_message = span.statusMessage;
  let inside = 0;
  for (const { droppedAttributes } of span.events) inside += droppedAttributes;
  for (const { droppedAttributes } of span.links) inside += droppedAttributes;
  const lost = span.droppedAttributes + inside;
  // Named as OpenTelemetry's exporters to other formats name them.
  if (lost > 0) attributes['otel.dropped_attributes_count'] = lost;
  if (span.droppedEvents > 0) attributes['otel.dropped_events_count'] = span.droppedEvents;
  if (span.droppedLinks > 0) attributes['otel.dropped_links_count'] = span.droppedLinks;
  return lost + span.droppedEvents + span.droppedLinks;
}

/** Links to spans; one without a span's id leads nowhere. What a link says beside it is kept as an attribute. */
function putLinks(record: JsonObject, attributes: JsonObject, { links, traceId }: OtlpSpan): void {
  const good = links.filter(({ spanId }) => isSpanId(spanId));
  if (good.length > 0)
    record.links = good.map((link) => ({
      type: 'follows_from',
      span_id: link.spanId,
      ...(link.traceId !== traceId && link.traceId !== '' && { run_id: link.traceId }),
    }));
  const more = links
    .filter((link) => link.attributes.keys.length > 0 || link.traceState !== '')
    .map(linkFacts);
  if (more.length > 0) attributes.link_attributes = more;
}

function linkFacts({ spanId, traceState, attributes }: OtlpLink): JsonObject {
  return {
    ...(spanId !== '' && { span_id: spanId }),
    ...(traceState !== '' && { trace_state: traceState }),
    attributes: asObject(attributes),
  };
}
