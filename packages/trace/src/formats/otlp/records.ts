import { asNumber, asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { TraceRecord, UsageFields } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';
import { type Slots, slotsOf } from './dialects/slots.ts';
import type { OtlpAttributes, OtlpEvent, OtlpRequest, OtlpResource, OtlpScope, OtlpSpan } from './request.ts';

type Refuse = (reason: string) => void;

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** OTLP's code of a span that failed. */
const ERROR = 2;

/** A request as records of the runs it tells of. `refuse` is called once for each span that cannot be kept. */
export function recordsOf(request: OtlpRequest, refuse: Refuse): TraceRecord[] {
  const records: TraceRecord[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const runs = new Map<string, JsonObject>();
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        const problem = problemOf(span);
        if (problem !== undefined) refuse(problem);
        else records.push(spanRecord(span, scope, runOf(runs, span.traceId)));
      }
    }
    for (const [runId, facts] of runs) records.push(runRecord(runId, facts, resource));
  }
  for (const { scopeLogs } of request.resourceLogs)
    for (const { logs } of scopeLogs) for (const _ of logs) refuse(NO_LOGS);
  return records;
}

const NO_LOGS = 'a log record is not kept: Tacho keeps traces';

function problemOf({ name, traceId, spanId, startUs }: OtlpSpan): string | undefined {
  const what = `the span "${name.slice(0, 80)}"`;
  if (!TRACE_ID.test(traceId)) return `${what} has no trace id of 32 hexadecimal digits that is not all zero`;
  if (!SPAN_ID.test(spanId)) return `${what} has no span id of 16 hexadecimal digits that is not all zero`;
  return startUs > 0 ? undefined : `${what} has no start time`;
}

function runOf(runs: Map<string, JsonObject>, runId: string): JsonObject {
  const known = runs.get(runId);
  if (known !== undefined) return known;
  const facts: JsonObject = {};
  runs.set(runId, facts);
  return facts;
}

function spanRecord(span: OtlpSpan, scope: OtlpScope, run: JsonObject): TraceRecord {
  const { slots, used } = slotsOf(span.attributes);
  const attributes = restOf(span.attributes, used);
  // Logfire sends a copy of a span when it begins: it stands for its own parent, which is still running.
  const pending = attributes['logfire.span_type'] === 'pending_span' || slots.pendingParent !== undefined;
  const above = asString(slots.pendingParent) ?? asString(attributes['logfire.pending_parent_id']);
  const parent = pending ? above : span.parentSpanId;
  const ended = span.endUs > 0 && !pending;
  const failed = span.statusCode === ERROR;
  const { kind, role } = kindOfSlots(slots);
  const tool = kind === 'tool' ? toolOf(slots) : undefined;
  if (scope.name !== '') attributes.scope = scope.name;
  if (span.traceState !== '') attributes.trace_state = span.traceState;
  if (parent === undefined || parent === '') Object.assign(run, rootFacts(span, slots));
  if (slots.sessionId !== undefined) run.session_id = slots.sessionId;
  return {
    event: 'span',
    run_id: span.traceId,
    span_id: pending ? span.parentSpanId || span.spanId : span.spanId,
    ...(parent !== undefined && SPAN_ID.test(parent) && { parent }),
    name: span.name === '' ? span.spanId : span.name,
    kind,
    ...(role !== undefined && { role }),
    ts: usToSeconds(span.startUs),
    ...(ended ? { end_ts: usToSeconds(span.endUs), status: failed ? 'error' : 'ok' } : { status: 'running' }),
    ...callFields(span, slots),
    ...(tool && { tool }),
    ...(failed && { error: errorOf(span) }),
    ...(slots.inputs !== undefined && { inputs: slots.inputs }),
    ...(slots.outputs !== undefined && { outputs: slots.outputs }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(span.events.length > 0 && { events: span.events.map(eventOf) }),
    ...(span.links.length > 0 && { links: linksOf(span) }),
  } as TraceRecord;
}

function kindOfSlots({ kind, guess }: Slots): { kind: string; role?: string } {
  const word = isObject(kind) ? kind : isObject(guess) ? guess : {};
  const role = asString(word.role);
  return { kind: asString(word.kind) ?? 'task', ...(role !== undefined && { role }) };
}

function toolOf(slots: Slots): JsonObject | undefined {
  const name = asString(slots.toolName) ?? asString(slots.entityName);
  const callId = asString(slots.toolCallId);
  return name === undefined ? undefined : { name, ...(callId !== undefined && { call_id: callId }) };
}

function callFields(span: OtlpSpan, slots: Slots): JsonObject {
  const model = asString(slots.responseModel) ?? asString(slots.requestModel);
  const usage = usageOf(slots);
  const firstMs = asNumber(slots.firstTokenMs);
  const { provider, responseId } = slots;
  const cost = asNumber(slots.costUsd);
  return {
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(usage && { usage }),
    ...(cost !== undefined && { cost_usd: cost }),
    ...(typeof responseId === 'string' && { call_key: responseId }),
    ...(firstMs !== undefined && { first_token_ts: usToSeconds(span.startUs + Math.round(firstMs * 1000)) }),
  };
}

/** Disjoint buckets. Counts are subsets by the conventions; cached tokens that exceed the input stand beside it. */
function usageOf(slots: Slots): UsageFields | undefined {
  const input = asNumber(slots.inputTokens);
  const output = asNumber(slots.outputTokens);
  const total = asNumber(slots.totalTokens);
  if (input === undefined && output === undefined)
    return total === undefined ? undefined : { other_tokens: total };
  const read = asNumber(slots.cacheReadTokens) ?? 0;
  const written = asNumber(slots.cacheWriteTokens) ?? 0;
  const reasoning = asNumber(slots.reasoningTokens) ?? 0;
  const inside = read + written <= (input ?? 0);
  return {
    ...(input !== undefined && { input_tokens: inside ? input - read - written : input }),
    ...(output !== undefined && { output_tokens: Math.max(0, output - reasoning) }),
    ...(read > 0 && { cache_read_tokens: read }),
    ...(written > 0 && { cache_write_tokens: written }),
    ...(reasoning > 0 && { reasoning_tokens: reasoning }),
  };
}

function errorOf({ statusMessage, events }: OtlpSpan): JsonObject {
  const exception = events.findLast(({ name }) => name === 'exception');
  const facts = exception ? restOf(exception.attributes, new Set()) : {};
  const type = asString(facts['exception.type']);
  const stack = asString(facts['exception.stacktrace']);
  const message = asString(statusMessage) ?? asString(facts['exception.message']) ?? type ?? 'failed';
  return { ...(type !== undefined && { type }), message, ...(stack !== undefined && { stack }) };
}

function eventOf({ name, timeUs, attributes }: OtlpEvent): JsonObject {
  return {
    name: name === '' ? 'event' : name,
    ...(timeUs > 0 && { ts: usToSeconds(timeUs) }),
    attributes: restOf(attributes, new Set()),
  };
}

function linksOf({ links, traceId }: OtlpSpan): JsonValue[] {
  return links.map((link) => ({
    type: 'follows_from',
    span_id: link.spanId,
    ...(link.traceId !== traceId && { run_id: link.traceId }),
  }));
}

/** What the span without a parent says of the whole run. */
function rootFacts({ name }: OtlpSpan, slots: Slots): JsonObject {
  const title = asString(slots.runName) ?? asString(name);
  const { task, project } = slots;
  return {
    ...(title !== undefined && { name: title }),
    ...(typeof task === 'string' && { task }),
    ...(typeof project === 'string' && { project }),
  };
}

/** Resource attributes by which people filter. */
const LABELS: Record<string, string> = {
  'service.name': 'service',
  'service.version': 'service_version',
  'deployment.environment': 'environment',
  'deployment.environment.name': 'environment',
};

function runRecord(runId: string, facts: JsonObject, resource: OtlpResource): TraceRecord {
  const attributes = restOf(resource.attributes, new Set());
  const labels: JsonObject = {};
  for (const [key, label] of Object.entries(LABELS))
    if (typeof attributes[key] === 'string') labels[label] = attributes[key];
  return {
    event: 'run_update',
    run_id: runId,
    ...facts,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(attributes).length > 0 && { attributes: { resource: attributes } }),
  } as TraceRecord;
}

function restOf({ keys, values }: OtlpAttributes, used: ReadonlySet<string>): JsonObject {
  const rest: JsonObject = {};
  for (const [at, key] of keys.entries()) if (!used.has(key)) putField(rest, key, values[at]);
  return rest;
}
