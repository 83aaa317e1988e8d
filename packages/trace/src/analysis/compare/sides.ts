import { clusteredError } from '../statistics/clustered-error.ts';
import type { Interval } from '../statistics/interval.ts';
import { sum } from '../statistics/moments.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { ComparedRun, Outcome } from './compared-run.ts';
import { errorCounts } from './error-counts.ts';
import { outcomesOf } from './metrics.ts';
import { type Pairing, type Side, taskKey } from './pairing.ts';

/** One side by itself: all its runs, paired or not. */
export type SideFigures = {
  runs: number;
  outcomes: Record<Outcome, number>;
  /** Successes of judged runs, 0 to 1; null where none was judged. */
  successRate: number | null;
  /** 95 %: Wilson's where every task has one judged run, else with the tasks as clusters. Two of them that overlap are no test. */
  successInterval: (Interval & { method: string }) | null;
  /** How many times more runs the repeats would need to tell as much as runs of other tasks; 1 without repeats. */
  designEffect: number | null;
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

export function sideFigures(side: Side, runs: readonly ComparedRun[], pairing: Pairing): SideFigures {
  const ended = runs.filter(({ outcome }) => outcome !== 'running');
  const judged = outcomesOf(runs);
  const missing = (field: 'tokens' | 'costUsd' | 'durationUs'): number =>
    ended.filter((run) => run[field] === null).length;
  return {
    runs: runs.length,
    outcomes: {
      success: countOf(runs, 'success'),
      failure: countOf(runs, 'failure'),
      unjudged: countOf(runs, 'unjudged'),
      infrastructure: countOf(runs, 'infrastructure'),
      running: countOf(runs, 'running'),
    },
    successRate: judged.length === 0 ? null : sum(judged) / judged.length,
    ...uncertainty(side, runs, pairing),
    errors: errorCounts(runs.filter(({ outcome }) => outcome !== 'infrastructure')),
    infrastructureErrors: errorCounts(runs.filter(({ outcome }) => outcome === 'infrastructure')),
    tokens: sum(ended.map(({ tokens }) => tokens ?? 0)),
    costUsd: sum(ended.map(({ costUsd }) => costUsd ?? 0)),
    unknown: { tokens: missing('tokens'), cost: missing('costUsd'), duration: missing('durationUs') },
    timedOut: ended.filter(({ timedOut }) => timedOut).length,
  };
}

function countOf(runs: readonly ComparedRun[], outcome: Outcome): number {
  return runs.filter((run) => run.outcome === outcome).length;
}

/** Runs of one task are alike: together they tell less than as many runs of other tasks. */
function uncertainty(
  side: Side,
  runs: readonly ComparedRun[],
  { by }: Pairing,
): Pick<SideFigures, 'successInterval' | 'designEffect'> {
  const tasks = new Map<string, number[]>();
  for (const [at, run] of runs.entries()) {
    const key = taskKey(run, by) ?? `${side} ${at}`;
    const outcomes = outcomesOf([run]);
    const known = tasks.get(key);
    if (known) known.push(...outcomes);
    else tasks.set(key, outcomes);
  }
  const groups = [...tasks.values()].filter(({ length }) => length > 0);
  const all = groups.flat();
  if (all.length === 0) return { successInterval: null, designEffect: null };
  if (groups.length === all.length)
    return {
      successInterval: { ...wilsonInterval(sum(all), all.length), method: 'Wilson' },
      designEffect: 1,
    };
  const { mean, correctedError, designEffect } = clusteredError(groups);
  if (groups.length < 2) return { successInterval: null, designEffect: null };
  // Where all tasks are alike, the clusters would say that there is no doubt at all.
  if (correctedError === 0)
    return {
      successInterval: {
        ...wilsonInterval(mean * groups.length, groups.length),
        method: 'Wilson over tasks',
      },
      designEffect,
    };
  const half = studentQuantile(0.975, groups.length - 1) * correctedError;
  const interval = { lower: Math.max(0, mean - half), upper: Math.min(1, mean + half) };
  return { successInterval: { ...interval, method: 'clustered by task' }, designEffect };
}
