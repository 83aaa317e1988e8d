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

/** Tokens of one call: more is a mistake, and sums of a million of them still fit 64 bits. */
const MOST_TOKENS = 1e12;

function asTokens(value: unknown): number | undefined {
  const count = asCount(value);
  return count !== undefined && count <= MOST_TOKENS ? count : undefined;
}

const NAMES = new Set<string>([...FIELDS.map(([name]) => name), 'requests']);

export function isUsageField(name: string): boolean {
  return NAMES.has(name);
}

/** A plain total or an object of buckets as the stream writes them → Usage; undefined when nothing in it counts tokens. */
export function usageFrom(value: JsonValue | undefined): Usage | undefined {
  if (typeof value === 'number') {
    const total = asTokens(value);
    return total === undefined ? undefined : { ...emptyUsage(), otherTokens: total };
  }
  if (!isObject(value)) return undefined;
  let usage: Usage | undefined;
  for (const [name, bucket] of FIELDS) {
    const count = asTokens(value[name]);
    if (count === undefined) continue;
    usage ??= { ...emptyUsage(), requests: asTokens(value.requests) ?? 1 };
    usage[bucket] += count;
  }
  return usage;
}

/** True when a bucket is given and cannot be a count. */
export function hasImpossibleUsage(value: JsonValue | undefined): boolean {
  const impossible = (count: number): boolean => count < 0 || count > MOST_TOKENS;
  if (typeof value === 'number') return impossible(value);
  return isObject(value) && FIELDS.some(([name]) => impossible(asNumber(value[name]) ?? 0));
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
