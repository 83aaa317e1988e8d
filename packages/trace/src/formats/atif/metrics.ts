import { asCount, asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';

/** Tokens of a step, or of a whole trajectory, as ATIF counts them. */
export type TokenCount = { prompt: number; completion: number; cached: number; written: number };

export type Metrics = {
  count: TokenCount;
  usage: UsageFields;
  costUsd: number | undefined;
  /** Converted from Anthropic's usage, of which several steps may repeat one call's. */
  isAnthropic: boolean;
  /** What the metrics say beside tokens and cost. Token ids and log probabilities are only counted. */
  rest: JsonObject;
};

/** The converters' names for what a metric has no field for. */
const WRITTEN = ['cache_creation_input_tokens', 'total_cache_creation_input_tokens', 'cache_write_tokens'];
const REASONING = [
  'reasoning_tokens',
  'reasoning_output_tokens',
  'total_reasoning_tokens',
  'thoughts_tokens',
];
const COUNTED = ['prompt_token_ids', 'completion_token_ids', 'logprobs'];
const KNOWN = new Set([
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'cost_usd',
  'total_prompt_tokens',
  'total_completion_tokens',
  'total_cached_tokens',
  'total_cost_usd',
  ...COUNTED,
]);

/**
 * `metrics` of a step, or `final_metrics` (whose fields begin with `total_`). A subset source: cached tokens are inside the
 * prompt, reasoning inside the completion. Undefined when nothing is said.
 */
export function metricsOf(value: JsonValue | undefined, prefix: '' | 'total_' = ''): Metrics | undefined {
  if (!isObject(value)) return undefined;
  const extra = isObject(value.extra) ? value.extra : {};
  const prompt = asCount(value[`${prefix}prompt_tokens`]);
  const completion = asCount(value[`${prefix}completion_tokens`]);
  const costUsd = asNumber(value[`${prefix}cost_usd`]);
  const count: TokenCount = {
    prompt: prompt ?? 0,
    completion: completion ?? 0,
    cached: Math.min(asCount(value[`${prefix}cached_tokens`]) ?? 0, prompt ?? 0),
    written: firstOf(extra, WRITTEN),
  };
  const known = prompt !== undefined || completion !== undefined;
  return {
    count,
    usage: known ? usageOf(count, extra) : {},
    costUsd: costUsd === undefined || costUsd < 0 ? undefined : costUsd,
    isAnthropic: extra.cache_read_input_tokens !== undefined,
    rest: restOf(value),
  };
}

function usageOf({ prompt, completion, cached, written }: TokenCount, extra: JsonObject): UsageFields {
  // Older converters left what was written to the cache out of the prompt; then it cannot be inside it.
  const inside = written <= prompt - cached;
  const parts = isObject(extra.cache_creation) ? extra.cache_creation : {};
  const hour = Math.min(asCount(parts.ephemeral_1h_input_tokens) ?? 0, written);
  const reasoning = Math.min(firstOf(extra, REASONING), completion);
  return {
    input_tokens: prompt - cached - (inside ? written : 0),
    ...(cached > 0 && { cache_read_tokens: cached }),
    ...(written > hour && { cache_write_tokens: written - hour }),
    ...(hour > 0 && { cache_write_1h_tokens: hour }),
    output_tokens: completion - reasoning,
    ...(reasoning > 0 && { reasoning_tokens: reasoning }),
  };
}

function firstOf(value: JsonObject, names: readonly string[]): number {
  for (const name of names) {
    const count = asCount(value[name]);
    if (count !== undefined) return count;
  }
  return 0;
}

function restOf(value: JsonObject): JsonObject {
  const rest: JsonObject = {};
  for (const name in value) if (!KNOWN.has(name) && name !== '__proto__') rest[name] = value[name];
  for (const name of COUNTED) {
    const list = value[name];
    if (Array.isArray(list)) rest[`${name}_count`] = list.length;
  }
  return rest;
}
