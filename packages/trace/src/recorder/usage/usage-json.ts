import type { Usage } from '../../model/usage.ts';

/** The stream's names, in the order in which they are written. */
const NAMES = [
  ['inputTokens', 'input_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens'],
  ['cacheWrite1hTokens', 'cache_write_1h_tokens'],
  ['outputTokens', 'output_tokens'],
  ['reasoningTokens', 'reasoning_tokens'],
  ['otherTokens', 'other_tokens'],
] as const satisfies readonly (readonly [keyof Usage, string])[];

/** Usage as JSON without empty buckets; input stays, so that a call of no tokens is seen as a call. */
export function usageJson(usage: Usage): string {
  let json = `{"requests":${usage.requests}`;
  for (const [bucket, name] of NAMES) {
    if (usage[bucket] > 0 || bucket === 'inputTokens') json += `,"${name}":${usage[bucket]}`;
  }
  return `${json}}`;
}
