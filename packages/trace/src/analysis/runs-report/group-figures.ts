import type { Outcome } from '../compare/compared-run.ts';
import { successCost } from '../compare/cost-of-success.ts';
import { outcomeCounts } from '../compare/sides.ts';
import { uncertaintyOf } from '../compare/success-interval.ts';
import { rounded, type SummaryStats, summaryStats } from '../compare/summary-stats.ts';
import { quantile } from '../quantile.ts';
import { sum } from '../statistics/moments.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';

/**
 * The second seed's figures of a set of runs, and what they leave out. Figures are of runs that came to an end; null is
 * unknown, never 0.
 */
export type GroupFigures = SummaryStats & {
  outcomes: Record<Outcome, number>;
  /** Percent of the judged runs: infrastructure errors and runs that nobody judged are missing, not failed. */
  judged_success_rate: number | null;
  /** 95 %, in percent; the wider for tasks that were repeated. */
  judged_success_interval: { lower: number; upper: number; method: string } | null;
  p95_duration_sec: number | null;
  /** Runs that were stopped by a limit of time: their durations are too short. */
  timed_out: number;
  total_tokens: number | null;
  runs_without_tokens: number;
  /** A lower bound where the cost of some runs is not known. */
  total_cost_usd: number | null;
  runs_without_cost: number;
  unpriced_calls: number;
  /** All that was paid for judged runs over their successes, failures included; of the runs whose cost is known. */
  cost_per_success_usd: number | null;
  judged_without_cost: number;
};

export function groupFigures(entries: readonly JudgedEntry[]): GroupFigures {
  const runs = entries.map(({ run }) => run);
  const ended = entries.filter(hasEnded);
  const outcomes = outcomeCounts(runs);
  const decided = outcomes.success + outcomes.failure;
  const { successInterval } = uncertaintyOf(outcomesByTask(entries));
  const seconds = known(ended.map(({ run }) => run.durationUs)).map((us) => us / 1e6);
  const tokens = known(ended.map(({ run }) => run.tokens));
  const costs = known(ended.map(({ knownCostUsd }) => knownCostUsd));
  const { costUsd, withoutCost } = successCost(runs);
  return {
    ...summaryStats(runs),
    outcomes,
    judged_success_rate: decided === 0 ? null : rounded((outcomes.success / decided) * 100),
    judged_success_interval: successInterval && {
      lower: rounded(successInterval.lower * 100),
      upper: rounded(successInterval.upper * 100),
      method: successInterval.method,
    },
    p95_duration_sec:
      seconds.length === 0 ? null : rounded(quantile(Float64Array.from(seconds).sort(), 0.95)),
    timed_out: ended.filter(({ run }) => run.timedOut).length,
    total_tokens: tokens.length === 0 ? null : sum(tokens),
    runs_without_tokens: ended.length - tokens.length,
    total_cost_usd: costs.length === 0 ? null : exact(sum(costs)),
    runs_without_cost: ended.filter(({ run }) => run.costUsd === null).length,
    unpriced_calls: sum(ended.map(({ unpricedCalls }) => unpricedCalls)),
    cost_per_success_usd: costUsd === null ? null : exact(costUsd),
    judged_without_cost: withoutCost,
  };
}

/** 1 and 0 of judged runs, task by task; runs of which nothing says what their task was are each a task of their own. */
function outcomesByTask(entries: readonly JudgedEntry[]): number[][] {
  const tasks = new Map<string, number[]>();
  const groups: number[][] = [];
  for (const { run, task } of entries) {
    if (run.outcome !== 'success' && run.outcome !== 'failure') continue;
    const outcome = run.outcome === 'success' ? 1 : 0;
    const known = task === undefined ? undefined : tasks.get(task);
    if (known) {
      known.push(outcome);
      continue;
    }
    const group = [outcome];
    groups.push(group);
    if (task !== undefined) tasks.set(task, group);
  }
  return groups;
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Money to a millionth of a dollar's thousandth: what is beyond it is noise of the arithmetic. */
function exact(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
