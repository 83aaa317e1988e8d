/** Tokens of one or more model calls, in disjoint buckets: their sum is the total, always. */
export type Usage = {
  /** Uncached input. */
  inputTokens: number;
  cacheReadTokens: number;
  /** Written to a five-minute cache. */
  cacheWriteTokens: number;
  /** Written to a one-hour cache. */
  cacheWrite1hTokens: number;
  /** Output without reasoning where that is reported apart. */
  outputTokens: number;
  reasoningTokens: number;
  /** Tokens whose kind the source does not say (a bare `"tokens": 42100`). They count, but cannot be priced. */
  otherTokens: number;
  /** Model requests: 1 a call, 0 for a pure cache hit. */
  requests: number;
};

export const TOKEN_BUCKETS = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'outputTokens',
  'reasoningTokens',
  'otherTokens',
] as const satisfies readonly (keyof Usage)[];

export function emptyUsage(): Usage {
  return {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    otherTokens: 0,
    requests: 0,
  };
}

export function totalTokens(usage: Usage): number {
  let total = 0;
  for (const bucket of TOKEN_BUCKETS) total += usage[bucket];
  return total;
}

/** Everything the model read: uncached, read from and written to caches. Price tiers go by this. */
export function allInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
}

/** Adds `more` into `sum`, in place. */
export function addUsage(sum: Usage, more: Usage): void {
  for (const bucket of TOKEN_BUCKETS) sum[bucket] += more[bucket];
  sum.requests += more.requests;
}
