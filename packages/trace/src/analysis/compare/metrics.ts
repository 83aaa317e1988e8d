import type { ComparedRun } from './compared-run.ts';

/** What is compared. Success is the question; the others are looked at beside it, and corrected for being several. */
export const METRIC_NAMES = ['success', 'duration', 'tokens', 'cost', 'score'] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export type Amount = Exclude<MetricName, 'success'>;

export type MetricKind = {
  better: 'higher' | 'lower';
  /** `share` is 0 to 1; `us` microseconds. */
  unit: 'share' | 'us' | 'tokens' | 'usd' | 'score';
  title: string;
};

export const METRICS: Readonly<Record<MetricName, MetricKind>> = {
  success: { better: 'higher', unit: 'share', title: 'Success' },
  duration: { better: 'lower', unit: 'us', title: 'Duration' },
  tokens: { better: 'lower', unit: 'tokens', title: 'Tokens' },
  cost: { better: 'lower', unit: 'usd', title: 'Cost' },
  score: { better: 'higher', unit: 'score', title: 'Score' },
};

const FIELDS: Readonly<Record<Amount, (run: ComparedRun) => number | null>> = {
  duration: (run) => run.durationUs,
  tokens: (run) => run.tokens,
  cost: (run) => run.costUsd,
  score: (run) => run.score,
};

/** The values of a metric in runs that came to an end of their own. */
export function valuesOf(metric: Amount, runs: readonly ComparedRun[]): number[] {
  return runs
    .filter(({ outcome }) => outcome !== 'running' && outcome !== 'infrastructure')
    .map(FIELDS[metric])
    .filter((value) => value !== null);
}

/** Runs that were judged: 1 success, 0 failure. */
export function outcomesOf(runs: readonly ComparedRun[]): number[] {
  return runs.flatMap(({ outcome }) => (outcome === 'success' ? [1] : outcome === 'failure' ? [0] : []));
}
