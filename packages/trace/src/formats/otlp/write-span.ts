import { type JsonObject, type JsonValue, putFields } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Score } from '../../model/score.ts';
import type { Span, SpanEvent } from '../../model/span.ts';
import { attributeList } from './any-value.ts';
import { OWN_RUN, OWN_SPAN } from './dialects/own.ts';
import { type SpanIds, traceIdOf } from './hex-ids.ts';
import { EVALUATION_EVENT } from './scores.ts';
import { genAiAttributes } from './write-gen-ai.ts';

const INTERNAL = 1;
const CLIENT = 3;
/** What calls go out to. */
const CLIENTS = new Set(['llm', 'embedding', 'retrieval']);

const STATUS_CODES: Readonly<Record<Span['status'], number>> = { unset: 0, ok: 1, error: 2, cancelled: 0 };

/** What all spans of a run are written with. */
export type Writing = {
  readonly run: Run;
  readonly traceId: string;
  readonly ids: SpanIds;
  /** The run's judgements by the span that they are of; those of the whole run by its root. */
  readonly scores: ReadonlyMap<string, readonly Score[]>;
};

/** Microseconds as digits of nanoseconds. OTLP has no span without a start: what has none is put where the run begins. */
export function nanosOf(us: number): string {
  return `${Math.round(us)}000`;
}

export function startOf(span: Span, run: Run): number {
  return span.startUs > 0 ? span.startUs : Math.max(run.startUs, 1);
}

/** A span as OTLP/JSON has it. A span that never ended ends at 0, which is OTLP's word for not known. */
export function otlpSpan(span: Span, { run, traceId, ids, scores }: Writing): JsonObject {
  const startUs = startOf(span, run);
  const endUs = span.endUs === undefined ? undefined : startUs + span.endUs - span.startUs;
  const attributes = genAiAttributes(span, run.sessionId);
  const { [OWN_SPAN]: _, [OWN_RUN]: __, ...said } = span.attributes ?? {};
  const { name, version } = scopeOf(span);
  if (name !== undefined) delete said.scope;
  if (version !== undefined) delete said.scope_version;
  // What the source said itself wins over our words for it.
  putFields(attributes, said);
  if (endUs === undefined) attributes['tacho.open'] = true;
  const events = [
    ...(span.events ?? []).map(eventOf),
    ...exceptionOf(span, endUs ?? startUs),
    ...(scores.get(span.spanId) ?? []).map((score) => evaluationOf(score, endUs ?? startUs)),
  ];
  const links = (span.links ?? []).map(({ type, spanId, runId }) => ({
    traceId: runId === undefined ? traceId : traceIdOf(runId),
    spanId: runId === undefined ? ids.of(spanId) : ids.ofOther(spanId),
    attributes: attributeList({ 'tacho.link.type': type }),
  }));
  return {
    traceId,
    spanId: ids.of(span.spanId),
    ...(span.parentId !== undefined && { parentSpanId: ids.of(span.parentId) }),
    name: span.name,
    kind: CLIENTS.has(span.kind) ? CLIENT : INTERNAL,
    startTimeUnixNano: nanosOf(startUs),
    endTimeUnixNano: endUs === undefined ? '0' : nanosOf(endUs),
    attributes: attributeList(attributes),
    ...(events.length > 0 && { events }),
    ...(links.length > 0 && { links }),
    status: statusOf(span),
  };
}

function statusOf({ status, error }: Span): JsonObject {
  const code = STATUS_CODES[status];
  return {
    ...(code !== 0 && { code }),
    ...(status === 'error' && error && { message: error.message }),
  };
}

function eventOf({ name, tsUs, level, attributes }: SpanEvent): JsonObject {
  return event(name, tsUs, { ...attributes, ...(level !== undefined && { level }) });
}

function event(name: string, us: number, attributes: JsonObject): JsonObject {
  return { timeUnixNano: nanosOf(Math.max(0, us)), name, attributes: attributeList(attributes) };
}

/** An error's stack has a place in events only. */
function exceptionOf({ error, events }: Span, us: number): JsonObject[] {
  if (error?.stack === undefined || events?.some(({ name }) => name === 'exception')) return [];
  const attributes: Record<string, JsonValue | undefined> = {
    'exception.type': error.type,
    'exception.message': error.message,
    'exception.stacktrace': error.stack,
  };
  return [event('exception', us, attributes)];
}

function evaluationOf({ name, value, label, comment }: Score, us: number): JsonObject {
  return event(EVALUATION_EVENT, us, {
    'gen_ai.evaluation.name': name,
    'gen_ai.evaluation.score.value': value ?? undefined,
    'gen_ai.evaluation.score.label': label,
    'gen_ai.evaluation.explanation': comment,
  });
}

/** The scope that a span was recorded in, where its source said one. */
export function scopeOf({ attributes = {} }: Span): { name?: string; version?: string } {
  const { scope: name, scope_version: version } = attributes;
  if (typeof name !== 'string' || name === '') return {};
  return { name, ...(typeof version === 'string' && version !== '' && { version }) };
}
