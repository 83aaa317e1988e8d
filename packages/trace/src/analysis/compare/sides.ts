import { sum } from '../statistics/moments.ts';
import type { ComparedRun, Outcome } from './compared-run.ts';
import { errorCounts } from './error-counts.ts';
import { outcomesOf } from './metrics.ts';
import type { PairBy } from './pairing.ts';
import { type SuccessUncertainty, successUncertainty } from './success-interval.ts';

/** One side by itself: all its runs, paired or not. */
export type SideFigures = SuccessUncertainty & {
  runs: number;
  outcomes: Record<Outcome, number>;
  /** Successes of judged runs, 0 to 1; null where none was judged. */
  successRate: number | null;
  /** Error types and how often they came, those of the infrastructure apart. */
  errors: Record<string, number>;
  infrastructureErrors: Record<string, number>;
  /** Sums over runs in which they are known. */
  tokens: number;
  costUsd: number;
  /** Runs that came to an end and whose tokens, cost or duration nobody knows. */
  unknown: { tokens: number; cost: number; duration: number };
  /** Durations that end at a limit of time: the real ones are longer. */
  timedOut: number;
};

export function sideFigures(runs: readonly ComparedRun[], by: PairBy): SideFigures {
  const ended = runs.filter(({ outcome }) => outcome !== 'running');
  const judged = outcomesOf(runs);
  const missing = (field: 'tokens' | 'costUsd' | 'durationUs'): number =>
    ended.filter((run) => run[field] === null).length;
  return {
    runs: runs.length,
    outcomes: outcomeCounts(runs),
    successRate: judged.length === 0 ? null : sum(judged) / judged.length,
    ...successUncertainty(runs, by),
    errors: errorCounts(runs.filter(({ outcome }) => outcome !== 'infrastructure')),
    infrastructureErrors: errorCounts(runs.filter(({ outcome }) => outcome === 'infrastructure')),
    tokens: sum(ended.map(({ tokens }) => tokens ?? 0)),
    costUsd: sum(ended.map(({ costUsd }) => costUsd ?? 0)),
    unknown: { tokens: missing('tokens'), cost: missing('costUsd'), duration: missing('durationUs') },
    timedOut: ended.filter(({ timedOut }) => timedOut).length,
  };
}

/** What became of runs, and of how many. */
export function outcomeCounts(runs: readonly ComparedRun[]): Record<Outcome, number> {
  const counts = { success: 0, failure: 0, unjudged: 0, infrastructure: 0, running: 0 };
  for (const { outcome } of runs) counts[outcome]++;
  return counts;
}
