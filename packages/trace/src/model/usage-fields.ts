import { asCount, asNumber, isObject, type JsonValue } from './json.ts';
import { emptyUsage, type Usage } from './usage.ts';

/** The stream's names of the buckets → ours. Prompt and completion are the fourth seed's words. */
const FIELDS: readonly (readonly [string, Exclude<keyof Usage, 'requests'>])[] = [
  ['input_tokens', 'inputTokens'],
  ['prompt_tokens', 'inputTokens'],
  ['cache_read_tokens', 'cacheReadTokens'],
  ['cache_write_tokens', 'cacheWriteTokens'],
  ['cache_write_1h_tokens', 'cacheWrite1hTokens'],
  ['output_tokens', 'outputTokens'],
  ['completion_tokens', 'outputTokens'],
  ['reasoning_tokens', 'reasoningTokens'],
  ['other_tokens', 'otherTokens'],
];

const NAMES = new Set<string>([...FIELDS.map(([name]) => name), 'requests']);

export function isUsageField(name: string): boolean {
  return NAMES.has(name);
}

/** A plain total or an object of buckets as the stream writes them → Usage; undefined when nothing in it counts tokens. */
export function usageFrom(value: JsonValue | undefined): Usage | undefined {
  if (typeof value === 'number') {
    const total = asCount(value);
    return total === undefined ? undefined : { ...emptyUsage(), otherTokens: total };
  }
  if (!isObject(value)) return undefined;
  let usage: Usage | undefined;
  for (const [name, bucket] of FIELDS) {
    const count = asCount(value[name]);
    if (count === undefined) continue;
    usage ??= { ...emptyUsage(), requests: asCount(value.requests) ?? 1 };
    usage[bucket] += count;
  }
  return usage;
}

/** True when a bucket is given and cannot be a count. */
export function hasImpossibleUsage(value: JsonValue | undefined): boolean {
  if (typeof value === 'number') return value < 0;
  return isObject(value) && FIELDS.some(([name]) => (asNumber(value[name]) ?? 0) < 0);
}

/** Usage as the stream writes it, without the empty buckets. */
export function usageFields(usage: Usage): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [name, bucket] of FIELDS) if (usage[bucket] > 0) fields[name] ??= usage[bucket];
  delete fields.prompt_tokens;
  delete fields.completion_tokens;
  fields.requests = usage.requests;
  return fields;
}
