import { asNumber, asString, isObject, type JsonObject, putField, putFields } from '../../model/json.ts';
import type { QualityNote } from '../../model/quality.ts';
import type { SpanRecord, TraceRecord } from '../../model/record.ts';
import { type SpanStatus, statusOf } from '../../model/span.ts';
import { lastingUs, parseTimestamp, usToSeconds } from '../../model/time.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import { callRecord } from './call.ts';
import type { CallBook } from './call-book.ts';
import {
  compareSums,
  emptySums,
  type Sums,
  sameCost,
  sameTokens,
  sumsOf,
  sumsOfCalls,
  sumsOfModels,
} from './sums.ts';

/** Fields of a stage that the span has places for; all others become its attributes. */
const STAGE_FIELDS: ReadonlySet<string> = new Set([
  'schema_version',
  'id',
  'name',
  'stage',
  'module_id',
  'status',
  'started_at',
  'ended_at',
  'wall_seconds',
  'cpu_user_seconds',
  'cpu_system_seconds',
  'llm',
  'llm_calls',
  'llm_totals',
  'extra',
  'error',
]);

/** A wall clock and a stopwatch never agree to the microsecond: what differs by less is the same. */
const SAME_S = 0.01;

export type StageReading = {
  records: TraceRecord[];
  /** What the stage used: its stated totals, else the sum of its calls. */
  sums: Sums;
  status: SpanStatus;
  endUs?: number;
  /** It says itself when it was. */
  timed: boolean;
};

type StagePlace = {
  runId: string;
  /** Id of the stage's span: its own, unless another stage of the run has it. */
  spanId: string;
  /** Where it begins when it does not say so. */
  fallbackUs: number | undefined;
  /** Nobody has said that time: it is the file's. */
  estimated: boolean;
};

/** A stage of the report as records: its span, and a leaf for each of its calls. */
export function readStage(
  value: JsonObject,
  place: StagePlace,
  book: CallBook,
  notes: QualityNote[],
): StageReading {
  const { runId, spanId } = place;
  const name = asString(value.name) ?? asString(value.id) ?? asString(value.stage) ?? spanId;
  const word = asString(value.status);
  const status = statusOf(word) ?? 'unset';
  const times = timesOf(value, place.fallbackUs, word === 'running');
  const timed =
    parseTimestamp(value.started_at) !== undefined || parseTimestamp(value.ended_at) !== undefined;
  const guessed = !timed && place.estimated && times.startUs !== undefined;
  const calls = callsOf(value);
  const extra = isObject(value.extra) ? value.extra : {};
  const stated = sumsOf(value.llm_totals ?? (isObject(value.llm) ? value.llm.totals : undefined));
  const listed = sumsOfCalls(calls);
  const byModel = sumsOfModels(extra.per_model);
  const parts = calls.length > 0 ? listed : (byModel ?? stated ?? emptySums());
  if (stated) compareSums(stated, parts, `stage ${name}`, notes);
  if (byModel && calls.length > 0) compareSums(byModel, listed, `models of stage ${name}`, notes);

  const own = stated ?? (calls.length === 0 ? byModel : undefined);
  const role = asString(value.stage);
  const component = asString(value.module_id);
  const record: SpanRecord = {
    event: 'span',
    run_id: runId,
    span_id: spanId,
    ...(times.startUs !== undefined && { ts: usToSeconds(times.startUs) }),
    ...(times.endUs !== undefined && { end_ts: usToSeconds(times.endUs) }),
    name,
    kind: 'stage',
    ...(role !== undefined && role !== name && { role }),
    ...(component !== undefined && { component }),
    ...(times.endUs === undefined ? { status: 'running' } : word !== undefined && { status: word }),
    ...(value.error !== undefined && value.error !== null && { error: value.error as string }),
    ...(own && totalsBeyond(own, listed)),
    attributes: {
      ...attributesOf(value, extra, calls.length, times.wallS),
      ...(guessed && { [TIME_ESTIMATED]: true }),
    },
  };
  const records: TraceRecord[] = [record];
  const fallbackUs = times.endUs ?? times.startUs;
  for (const call of calls) records.push(callRecord(call, { runId, stage: spanId, fallbackUs }, book));
  return {
    records,
    sums: own ?? listed,
    status: times.endUs === undefined ? 'unset' : status,
    timed,
    ...(times.endUs !== undefined && { endUs: times.endUs }),
  };
}

/** The calls that a stage lists, in either shape of the report. */
export function callsOf(value: JsonObject): JsonObject[] {
  const list = value.llm_calls ?? (isObject(value.llm) ? value.llm.calls : undefined);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** What the stage states beyond the calls it lists: a sum of them is not said twice. */
function totalsBeyond(stated: Sums, listed: Sums): Pick<SpanRecord, 'usage' | 'cost_usd'> {
  const tokens = stated.promptTokens + stated.completionTokens;
  const usage = {
    input_tokens: stated.promptTokens,
    output_tokens: stated.completionTokens,
    requests: stated.calls,
  };
  const knowsCost = listed.costUsd !== undefined && sameCost(stated, listed);
  return {
    ...(tokens > 0 && !sameTokens(stated, listed) && { usage }),
    ...(stated.costUsd !== undefined && stated.costUsd > 0 && !knowsCost && { cost_usd: stated.costUsd }),
  };
}

function timesOf(
  value: JsonObject,
  fallbackUs: number | undefined,
  running: boolean,
): { startUs?: number; endUs?: number; wallS?: number } {
  const wallUs = lastingUs((asNumber(value.wall_seconds) ?? -1) * 1000);
  const startedUs = parseTimestamp(value.started_at);
  const endedUs = running ? undefined : parseTimestamp(value.ended_at);
  const startUs =
    startedUs ?? (endedUs !== undefined && wallUs !== undefined ? endedUs - wallUs : fallbackUs);
  const lastedUs = running || startUs === undefined || wallUs === undefined ? undefined : startUs + wallUs;
  const endUs = endedUs ?? lastedUs;
  const spanS = startUs === undefined || endUs === undefined ? 0 : (endUs - startUs) / 1e6;
  const deviates = wallUs !== undefined && Math.abs(wallUs / 1e6 - spanS) > SAME_S;
  return {
    ...(startUs !== undefined && startUs > 0 && { startUs }),
    ...(endUs !== undefined && endUs > 0 && { endUs }),
    ...(deviates && { wallS: wallUs / 1e6 }),
  };
}

function attributesOf(
  value: JsonObject,
  extra: JsonObject,
  calls: number,
  wallS: number | undefined,
): JsonObject {
  const attributes: JsonObject = {};
  const { per_model: perModel, ...others } = extra;
  putFields(attributes, others);
  for (const field of Object.keys(value))
    if (!STAGE_FIELDS.has(field) && value[field] !== null) putField(attributes, field, value[field]);
  // With calls it is their sum; without them nothing else says which models it were.
  if (calls === 0 && isObject(perModel) && Object.keys(perModel).length > 0) attributes.per_model = perModel;
  const schema = asString(value.schema_version);
  if (schema !== undefined && !schema.startsWith('instrumentation_'))
    attributes.schema_version_output = schema;
  Object.assign(attributes, processorTimes(value));
  if (wallS !== undefined) attributes.wall_s = wallS;
  return attributes;
}

/** Seconds of the processor, by the names that spans of programs have everywhere here. */
export function processorTimes(value: JsonObject): JsonObject {
  const times: JsonObject = {};
  for (const [field, attribute] of [
    ['cpu_user_seconds', 'cpu_user_s'],
    ['cpu_system_seconds', 'cpu_system_s'],
  ] as const) {
    const seconds = asNumber(value[field]);
    if (seconds !== undefined && seconds >= 0) times[attribute] = seconds;
  }
  return times;
}
