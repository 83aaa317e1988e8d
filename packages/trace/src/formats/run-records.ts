import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Run } from '../model/run.ts';
import type { Score } from '../model/score.ts';
import type { Span, SpanError, SpanEvent } from '../model/span.ts';
import { usToSeconds } from '../model/time.ts';
import type { Usage } from '../model/usage.ts';
import { usageFields } from '../model/usage-fields.ts';

/** A record as it is written: its fields, those that say nothing among them as undefined. */
export type RecordFields = { [field: string]: JsonValue | undefined };

/** The run as records that fold back to it: its start, its spans in their order, its scores, its end. */
export function* recordsOf(run: Run): Generator<RecordFields, void, undefined> {
  yield {
    event: 'run_start',
    ts: seconds(run.startUs),
    run_id: run.runId,
    name: run.name,
    task: run.task,
    task_type: run.taskType,
    session_id: run.sessionId,
    project: run.project,
    labels: unlessEmpty(run.labels),
    pid: run.process?.pid || undefined,
    host: run.process?.host || undefined,
    time_untold: run.timeUntold,
    source: run.source && {
      format: run.source.format,
      uri: run.source.uri,
      imported_at: run.source.importedAt,
    },
  };
  for (const span of run.spans) yield* spanRecords(span, run.runId);
  for (const score of run.scores) yield { event: 'score', run_id: run.runId, ...scoreFields(score) };
  yield {
    event: run.endUs === undefined ? 'run_update' : 'run_end',
    ts: seconds(run.endUs ?? run.lastUs),
    end_estimated: run.endEstimated,
    run_id: run.runId,
    status: run.status === 'running' ? undefined : run.status,
    error: run.error && errorFields(run.error),
    output: run.output && {
      path: run.output.path,
      bytes: run.output.bytes,
      lines: run.output.lines,
      patch_bytes: run.output.patchBytes,
      files_changed: run.output.filesChanged,
    },
    attributes: unlessEmpty(run.attributes),
    quality: run.notes.length > 0 ? run.notes.map((note) => ({ ...note })) : undefined,
  };
  // Something was heard of the run after it had ended.
  if (run.endUs !== undefined && run.lastUs > run.endUs)
    yield { event: 'run_update', ts: seconds(run.lastUs), run_id: run.runId };
}

/** Times before 1970 and the 0 of "not known" are no times in the stream. */
function seconds(us: number): number | undefined {
  return us > 0 ? usToSeconds(us) : undefined;
}

function unlessEmpty(object: JsonObject | undefined): JsonObject | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}

/** One span as records that fold back to it: one, or several where its start was not seen. */
export function* spanRecords(span: Span, runId: string): Generator<RecordFields, void, undefined> {
  const fields = spanFields(span);
  const events = span.events?.map(eventFields);
  const durationMs = span.endUs === undefined ? undefined : (span.endUs - span.startUs) / 1000;
  const named = { run_id: runId, span_id: span.spanId };
  if (!span.startEstimated) {
    yield {
      event: 'span',
      ts: seconds(span.startUs),
      run_id: runId,
      span_id: span.spanId,
      duration_ms: durationMs,
      ...fields,
      events,
    };
    yield* lastSign(span, named);
    return;
  }
  // Its start was never seen: a whole span would claim that it was.
  yield { event: 'span_update', ts: seconds(span.startUs), ...named, ...fields };
  if (span.endUs !== undefined)
    yield {
      event: 'span_end',
      ts: seconds(span.endUs),
      ...named,
      duration_ms: durationMs,
      status: span.status,
    };
  for (const event of events ?? []) yield { event: 'span_event', ...named, ...event };
  yield* lastSign(span, named);
}

/** An update that says nothing but that an open span went on. */
function* lastSign({ updatedUs }: Span, named: RecordFields): Generator<RecordFields, void, undefined> {
  if (updatedUs !== undefined) yield { event: 'span_update', ts: seconds(updatedUs), ...named };
}

function spanFields(span: Span): RecordFields {
  return {
    parent: span.parentId,
    name: span.name,
    kind: span.kind,
    role: span.role,
    component: span.component,
    lane: span.lane,
    model: span.model,
    provider: span.provider,
    usage: span.usage && tokenFields(span.usage),
    placeholder_output: span.placeholderOutput,
    tool_uses: span.toolUses,
    cost_usd: span.reportedCostUsd,
    call_key: span.callKey,
    replay: span.replay,
    model_total: span.modelTotal,
    first_token_ts: span.firstTokenUs === undefined ? undefined : usToSeconds(span.firstTokenUs),
    tool: span.tool && { name: span.tool.name, call_id: span.tool.callId, category: span.tool.category },
    inputs: span.inputs,
    outputs: span.outputs,
    attributes: span.attributes,
    links: span.links?.map((link) => ({ type: link.type, span_id: link.spanId, run_id: link.runId })),
    error: span.error && errorFields(span.error),
    // Behind the error, which sets a status of its own where none is known.
    status: span.status === 'unset' && span.endUs === undefined && !span.error ? undefined : span.status,
  };
}

/** A call of 0 tokens is a call all the same, and needs a bucket to be seen as one. */
function tokenFields(usage: Usage): RecordFields {
  const fields = usageFields(usage);
  return Object.keys(fields).length > 1 ? fields : { input_tokens: 0, ...fields };
}

/** A point in time of a span, as it stands in a record. */
export function eventFields(event: SpanEvent): RecordFields {
  return {
    ts: usToSeconds(event.tsUs),
    name: event.name,
    level: event.level,
    attributes: unlessEmpty(event.attributes),
  };
}

function errorFields(error: SpanError): RecordFields {
  return { type: error.type, message: error.message, stack: error.stack };
}

function scoreFields(score: Score): RecordFields {
  return {
    name: score.name,
    value: score.value,
    max: score.max,
    label: score.label,
    round: score.round,
    dimension: score.dimension,
    span_id: score.spanId,
    source: score.source,
    comment: score.comment,
  };
}
