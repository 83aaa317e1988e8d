import { asCount, asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields, UsageFields } from '../../model/record.ts';
import { usageOf } from '../anthropic-usage.ts';
import { contentText } from '../excerpt.ts';

/** What a model used and cost, as the tool sums it up. */
export type ModelSum = { model: string; usage: UsageFields; costUsd?: number; attributes: JsonObject };

/** `modelUsage` → sums by model: additive, cache writes of any lifetime in one figure. Older results have one usage for all. */
export function sumsOf(result: JsonObject, mainModel: string | undefined): ModelSum[] {
  const { modelUsage } = result;
  if (isObject(modelUsage) && Object.keys(modelUsage).length > 0)
    return Object.entries(modelUsage).flatMap(([name, used]) => (isObject(used) ? [sumOf(name, used)] : []));
  const usage = usageOf(result.usage);
  if (usage === undefined || usage.total === 0) return [];
  const costUsd = asNumber(result.total_cost_usd);
  return [
    {
      model: mainModel ?? '',
      usage: { ...usage.fields, requests: 0 },
      ...(costUsd !== undefined && { costUsd }),
      attributes: {},
    },
  ];
}

function sumOf(name: string, used: JsonObject): ModelSum {
  const costUsd = asNumber(used.costUSD);
  const searches = asNumber(used.webSearchRequests);
  const attributes: JsonObject = {};
  for (const [field, label] of [
    ['contextWindow', 'context_window'],
    ['maxOutputTokens', 'max_output_tokens'],
    ['canonicalModel', 'canonical_model'],
    ['provider', 'provider'],
  ] as const)
    if (typeof used[field] === 'number' || typeof used[field] === 'string') attributes[label] = used[field];
  if (searches !== undefined && searches > 0) attributes.web_search_requests = searches;
  return {
    model: name.replace(/\[[^\]]*\]$/, ''),
    usage: {
      input_tokens: asCount(used.inputTokens) ?? 0,
      cache_read_tokens: asCount(used.cacheReadInputTokens) ?? 0,
      cache_write_tokens: asCount(used.cacheCreationInputTokens) ?? 0,
      output_tokens: asCount(used.outputTokens) ?? 0,
      requests: 0,
    },
    ...(costUsd !== undefined && { costUsd }),
    attributes,
  };
}

const BUCKETS = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;

/**
 * What a result adds to the one before it of the same process: results of a conversation are sums from its beginning. One
 * that is smaller anywhere is another process's, and stands for itself.
 */
export function sumsBeyond(sums: readonly ModelSum[], before: readonly ModelSum[]): readonly ModelSum[] {
  const earlier = new Map(before.map((sum) => [sum.model, sum]));
  const known = new Set(sums.map(({ model }) => model));
  const grows = sums.every(({ model, usage }) =>
    BUCKETS.every((bucket) => (usage[bucket] ?? 0) >= (earlier.get(model)?.usage[bucket] ?? 0)),
  );
  if (!grows || before.some(({ model }) => !known.has(model))) return sums;
  return sums.map((sum) => {
    const base = earlier.get(sum.model);
    if (base === undefined) return sum;
    const usage: UsageFields = { requests: 0 };
    for (const bucket of BUCKETS) usage[bucket] = (sum.usage[bucket] ?? 0) - (base.usage[bucket] ?? 0);
    const costUsd = Math.max(0, (sum.costUsd ?? 0) - (base.costUsd ?? 0));
    return { ...sum, usage, ...(sum.costUsd !== undefined && { costUsd }) };
  });
}

/** Why it failed; undefined when it did not. `is_error` may be true with the subtype `success`: the API failed. */
export function errorOfResult(result: JsonObject): ErrorFields | undefined {
  const subtype = asString(result.subtype) ?? '';
  if (result.is_error !== true && !subtype.startsWith('error')) return undefined;
  const status = asString(result.api_error_status);
  const errors = Array.isArray(result.errors)
    ? result.errors.map((error) =>
        isObject(error) ? (asString(error.message) ?? '') : (asString(error) ?? ''),
      )
    : [];
  const text = errors.filter((error) => error !== '').join('; ') || contentText(result.result);
  const type = subtype.startsWith('error') ? subtype : status === undefined ? 'api_error' : `http_${status}`;
  return {
    type,
    message: text.slice(0, 2000) || subtype.replace(/_/g, ' ') || 'it failed and gives no reason',
  };
}

const NAMED = new Set(
  'type subtype is_error result session_id uuid usage modelUsage total_cost_usd duration_ms duration_api_ms errors structured_output permission_denials'.split(
    ' ',
  ),
);

/** Figures of a result beside its sums. */
export function notesOfResult(result: JsonObject): JsonObject {
  const notes: JsonObject = {};
  for (const [field, label] of [
    ['duration_ms', 'reported_duration_ms'],
    ['duration_api_ms', 'reported_api_ms'],
    ['total_cost_usd', 'reported_cost_usd'],
  ] as const) {
    const figure = asNumber(result[field]);
    if (figure !== undefined) notes[label] = figure;
  }
  for (const [field, value] of Object.entries(result))
    if (!NAMED.has(field) && (typeof value === 'number' || typeof value === 'string' || value === true))
      notes[field] = value;
  return notes;
}

export type Denial = { toolUseId: string | undefined; name: string };

export function denialsOf(value: JsonValue | undefined): Denial[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((denial) => ({
    toolUseId: asString(denial.tool_use_id),
    name: asString(denial.tool_name) ?? 'a tool',
  }));
}
