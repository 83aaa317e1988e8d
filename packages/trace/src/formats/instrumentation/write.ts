import type { JsonObject, JsonValue } from '../../model/json.ts';
import { PRICED_BY, roundUsd } from '../../model/price.ts';
import type { Run, RunStatus } from '../../model/run.ts';
import type { Span, SpanStatus } from '../../model/span.ts';
import { usageFields } from '../../model/usage-fields.ts';
import {
  type Books,
  booksOf,
  byModel,
  completionTokens,
  costOf,
  type ListedCall,
  promptTokens,
  type StageBooks,
  type Used,
} from './books.ts';
import { CALL_FIELDS, KEY_PREFIX } from './call.ts';

/** Our word for an outcome → the report's. */
export const STAGE_STATUS: Record<SpanStatus, string> = {
  unset: 'done',
  ok: 'done',
  error: 'failed',
  cancelled: 'skipped',
};
/** Attributes of a stage that the report has fields for. */
const STAGE_ATTRIBUTES: Readonly<Record<string, string>> = {
  cpu_user_s: 'cpu_user_seconds',
  cpu_system_s: 'cpu_system_seconds',
  wall_s: 'wall_seconds',
  artifact: 'artifact',
  description: 'description',
  schema_version_output: 'schema_version_output',
};
/** Unknown is null: a 0 would be taken for a measurement. */
const NOT_MEASURED = { cpu_user_seconds: null, cpu_system_seconds: null };
/** Attributes of the run that stand beside its figures, not among its attributes. */
const RUN_ATTRIBUTES: Readonly<Record<string, string>> = {
  cpu_user_s: 'cpu_user_seconds',
  cpu_system_s: 'cpu_system_seconds',
  wall_s: 'wall_seconds',
  recipe_path: 'recipe_path',
  pricing: 'pricing',
  env: 'env',
};

export type ReportOptions = {
  /** List every model call; without them there are only their sums. */
  withCalls?: boolean;
};

/** The run as instrumentation.json: its stages with what they used, and the totals. A stage is a line. */
export function write(run: Run): Generator<string, void, undefined> {
  return writeReport(run);
}

/** The same, with or without the calls. */
export function* writeReport(
  run: Run,
  { withCalls = true }: ReportOptions = {},
): Generator<string, void, undefined> {
  const books = booksOf(run);
  const { recipe, ...labels } = run.labels;
  const runAttributes = split(run.attributes, RUN_ATTRIBUTES);
  const endUs = run.endUs ?? run.lastUs;
  const head: JsonObject = {
    schema_version: 'instrumentation_run_v1',
    run_id: run.runId,
    recipe_name: recipe ?? null,
    recipe_path: null,
    name: run.name === run.runId || run.name === recipe ? undefined : run.name,
    started_at: microIso(run.startUs) ?? null,
    // Of a run that goes on: when it was last heard of. A stage that is running says that it does.
    ended_at: microIso(endUs) ?? null,
    wall_seconds: run.startUs > 0 && endUs > run.startUs ? (endUs - run.startUs) / 1e6 : null,
    ...NOT_MEASURED,
    ...runAttributes.fields,
    status: run.status === derivedStatus(books) ? undefined : run.status,
  };
  const tail: JsonObject = {
    llm_calls:
      books.calls.length === 0 || !withCalls ? undefined : books.calls.map((call) => callFields(call)),
    totals: {
      ...usedFields(books.total),
      per_model: modelFields(books.models),
      unpriced_calls: books.unpricedCalls || undefined,
    },
    pricing: head.pricing === undefined ? pricingOf(books) : undefined,
    env: head.env === undefined ? {} : undefined,
    task: run.task,
    task_type: run.taskType,
    session_id: run.sessionId,
    project: run.project,
    labels: unlessEmpty(labels),
    scores: run.scores.length === 0 ? undefined : run.scores.map(scoreFields),
    output: run.output && {
      path: run.output.path,
      bytes: run.output.bytes,
      lines: run.output.lines,
      patch_bytes: run.output.patchBytes,
      files_changed: run.output.filesChanged,
    },
    error: run.error && { ...run.error },
    attributes: unlessEmpty(runAttributes.rest),
    quality: run.notes.length === 0 ? undefined : run.notes.map((note) => ({ ...note })),
  };
  yield `{\n${members(head)}`;
  yield '  "stages": [';
  for (const [at, stage] of books.stages.entries())
    yield `${at === 0 ? '' : ','}\n    ${JSON.stringify(stageFields(stage, withCalls))}`;
  yield books.stages.length === 0 ? '],\n' : '\n  ],\n';
  yield `${members(tail).replace(/,\n$/, '\n')}}\n`;
}

function members(object: JsonObject): string {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
    .join('');
}

function stageFields({ span, calls, used }: StageBooks, withCalls: boolean): JsonObject {
  const { fields, rest } = split(span.attributes ?? {}, STAGE_ATTRIBUTES);
  const { per_model: perModel, ...extra } = rest;
  const ended = span.endUs !== undefined;
  return {
    schema_version: 'instrumentation_stage_v1',
    id: span.spanId,
    name: span.name === span.spanId ? undefined : span.name,
    stage: span.role ?? span.name,
    module_id: span.component ?? null,
    status: ended ? STAGE_STATUS[span.status] : 'running',
    started_at: microIso(span.startUs) ?? null,
    ended_at: ended ? (microIso(span.endUs!) ?? null) : null,
    wall_seconds: ended ? (span.endUs! - span.startUs) / 1e6 : null,
    ...NOT_MEASURED,
    artifact: null,
    schema_version_output: null,
    ...fields,
    error: span.error && { ...span.error },
    llm_calls: withCalls ? calls.map((call) => callFields(call)) : [],
    llm_totals: totalsOf(span, used),
    extra: { ...extra, per_model: calls.length > 0 ? modelFields(byModel(calls)) : perModel },
  };
}

/** What the stage states itself stands, and what its calls add up to where it states nothing. */
function totalsOf(span: Span, used: Used): JsonObject {
  const own = span.usage && {
    calls: span.usage.requests,
    prompt_tokens: promptTokens(span.usage),
    completion_tokens: completionTokens(span.usage),
  };
  return {
    ...usedFields(used),
    ...own,
    ...(span.reportedCostUsd !== undefined && { cost: roundUsd(span.reportedCostUsd) }),
  };
}

function callFields({ span, costUsd }: ListedCall, withStage?: string): JsonObject {
  const usage = span.usage!;
  const {
    time_unknown: unknown,
    request_ms: statedMs,
    [PRICED_BY]: _by,
    ...attributes
  } = span.attributes ?? {};
  const timed = unknown !== true;
  const durationUs = span.endUs === undefined ? 0 : span.endUs - span.startUs;
  const plain = promptTokens(usage) === usage.inputTokens && usage.reasoningTokens === 0;
  const hasId = span.callKey !== undefined && !span.callKey.startsWith(KEY_PREFIX);
  const rest: JsonObject = {};
  for (const [name, value] of Object.entries(attributes)) if (!CALL_FIELDS.has(name)) rest[name] = value;
  return {
    schema_version: 'instrumentation_call_v1',
    stage_id: withStage,
    model: span.model ?? null,
    provider: span.provider,
    prompt_tokens: promptTokens(usage),
    completion_tokens: completionTokens(usage),
    usage: plain ? undefined : usageFields(usage),
    cached: usage.requests === 0,
    request_ms: durationUs > 0 ? durationUs / 1000 : statedMs,
    request_id: hasId ? span.callKey : undefined,
    cost: rounded(costUsd) ?? undefined,
    created_at: timed && span.endUs !== undefined ? microIso(span.endUs) : undefined,
    ...rest,
  };
}

function usedFields(used: Used): JsonObject {
  return {
    calls: used.calls,
    prompt_tokens: used.promptTokens,
    completion_tokens: used.completionTokens,
    cost: rounded(costOf(used)),
  };
}

function rounded(usd: number | null): number | null {
  return usd === null ? null : roundUsd(usd);
}

function modelFields(models: ReadonlyMap<string, Used>): JsonObject {
  return Object.fromEntries([...models].map(([model, used]) => [model, usedFields(used)]));
}

/** Where the costs come from: the row of the price table behind each model's. */
function pricingOf(books: Books): JsonObject | undefined {
  const rows: Record<string, JsonValue> = {};
  for (const { span, model } of [...books.stages.flatMap(({ calls }) => calls), ...books.calls])
    if (span.priceRow !== undefined) rows[model] = { price_row: span.priceRow, currency: 'USD' };
  return Object.keys(rows).length === 0 ? {} : { source: 'tacho', models: rows };
}

/** What a reader of the stages makes of the run. */
function derivedStatus({ stages }: Books): RunStatus {
  if (stages.some(({ span }) => span.endUs === undefined)) return 'running';
  return stages.some(({ span }) => span.status === 'error') ? 'error' : 'ok';
}

function split(
  attributes: JsonObject,
  names: Readonly<Record<string, string>>,
): { fields: JsonObject; rest: JsonObject } {
  const fields: JsonObject = {};
  const rest: [string, JsonValue | undefined][] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (Object.hasOwn(names, name)) fields[names[name]!] = value;
    else rest.push([name, value]);
  }
  return { fields, rest: Object.fromEntries(rest) };
}

function scoreFields(score: Run['scores'][number]): JsonObject {
  const { spanId, ...fields } = score;
  return { ...fields, span_id: spanId };
}

function unlessEmpty(object: JsonObject): JsonObject | undefined {
  return Object.values(object).some((value) => value !== undefined) ? object : undefined;
}

/** ISO 8601 with all six digits: the millisecond is too coarse for a stage's time. Undefined for a time not known. */
function microIso(us: number): string | undefined {
  if (us <= 0) return undefined;
  const whole = new Date(Math.floor(us / 1000)).toISOString();
  return `${whole.slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`;
}
