import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields, SpanRecord, UsageFields } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';

/** The stages of a trial, by the names of their fields in its result; they are the spans' ids as well. */
export const AGENT_EXECUTION = 'agent_execution';
export const VERIFIER = 'verifier';
export const STAGES = ['environment_setup', 'agent_setup', AGENT_EXECUTION, VERIFIER] as const;

/** The stage of one step of a trial of many. */
export function stepId(step: string, stage?: string): string {
  return stage === undefined ? `step:${step}` : `step:${step}/${stage}`;
}

/** A stage's times in µs. */
export type Times = { startUs?: number; endUs?: number };

/** `started_at` and `finished_at`, or how long it took. */
export function timesOf(value: JsonValue | undefined): Times {
  if (!isObject(value)) return {};
  const startUs = parseTimestamp(value.started_at);
  const seconds = asNumber(value.duration_sec);
  const endUs =
    parseTimestamp(value.finished_at) ??
    (startUs !== undefined && seconds !== undefined && seconds >= 0 ? startUs + seconds * 1e6 : undefined);
  return {
    ...(startUs !== undefined && { startUs }),
    ...(endUs !== undefined && { endUs: Math.round(endUs) }),
  };
}

/** Where an exception belongs, by its type; the first row that fits. What fits none belongs to the stage that ran last. */
const PLACES: readonly (readonly [RegExp, (typeof STAGES)[number]])[] = [
  [/^AgentSetup|^AgentInstall/, 'agent_setup'],
  [/^Agent|^NonZeroAgent/, AGENT_EXECUTION],
  [/^Verifier|^Reward|Verifier|AddTests/, VERIFIER],
  [/^Environment|^Docker|^Healthcheck/, 'environment_setup'],
];

/** The stage in which a trial failed, among those that began. */
export function failedStage(
  error: ErrorFields | undefined,
  times: ReadonlyMap<string, Times>,
): string | undefined {
  if (error === undefined) return undefined;
  const named = PLACES.find(([pattern]) => pattern.test(error.type ?? ''))?.[1];
  if (named !== undefined && times.has(named)) return named;
  return STAGES.findLast((stage) => times.has(stage));
}

/** A stage as a span; what never ended stays open. */
export function stageSpan(
  id: string,
  name: string,
  { startUs, endUs }: Times,
  error: ErrorFields | undefined,
): SpanRecord {
  return {
    event: 'span',
    span_id: id,
    name,
    kind: 'stage',
    ...(startUs !== undefined && { ts: usToSeconds(startUs) }),
    ...(endUs !== undefined && { end_ts: usToSeconds(endUs), status: error ? 'error' : 'ok' }),
    ...(error && { error }),
  };
}

/**
 * What the agent's context reports. Harbor's input includes what came from caches. It is a sum over the calls of the
 * stage: the ledger counts of it what they do not explain.
 */
export function reportedUsage(result: JsonObject): UsageFields | undefined {
  const input = countOf(result.n_input_tokens);
  const cached = countOf(result.n_cache_tokens);
  const output = countOf(result.n_output_tokens);
  if (input === undefined && output === undefined) return undefined;
  return {
    input_tokens: Math.max(0, (input ?? 0) - (cached ?? 0)),
    ...(cached !== undefined && { cache_read_tokens: cached }),
    output_tokens: output ?? 0,
  };
}

/** Tokens, below what any run could use. */
function countOf(value: unknown): number | undefined {
  const count = asNumber(value);
  return count !== undefined && count >= 0 && count <= 1e12 ? Math.round(count) : undefined;
}

/** Harbor's `exception_info`; the seed's program read `type` and `message`, which Harbor never wrote (G20). */
export function errorOf(value: JsonValue | undefined): ErrorFields | undefined {
  if (!isObject(value)) return undefined;
  const type = asString(value.exception_type) ?? asString(value.type);
  const message = asString(value.exception_message) ?? asString(value.message);
  const stack = asString(value.exception_traceback);
  if (type === undefined && message === undefined) return undefined;
  return {
    ...(type !== undefined && { type }),
    message: message ?? type!,
    ...(stack !== undefined && { stack }),
  };
}
