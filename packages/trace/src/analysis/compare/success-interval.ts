import { type Counts, clusteredCounts } from '../statistics/clustered-error.ts';
import type { Interval } from '../statistics/interval.ts';
import { sum } from '../statistics/moments.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { ComparedRun } from './compared-run.ts';
import { type PairBy, taskKey } from './pairing.ts';

/** How far a success rate can be trusted. */
export type SuccessUncertainty = {
  /** 95 %: Wilson's where every task has one judged run, else with the tasks as clusters. Two of them that overlap are no test. */
  successInterval: (Interval & { method: string }) | null;
  /** How many times more runs the repeats would need to tell as much as runs of other tasks; 1 without repeats. */
  designEffect: number | null;
};

/** Runs of one task are alike: together they tell less than as many runs of other tasks. */
export function successUncertainty(runs: readonly ComparedRun[], by: PairBy): SuccessUncertainty {
  const tasks = new Map<string, Counts>();
  for (const [at, run] of runs.entries()) {
    if (run.outcome !== 'success' && run.outcome !== 'failure') continue;
    const key = taskKey(run, by) ?? `no task ${at}`;
    const counts = tasks.get(key) ?? { successes: 0, failures: 0 };
    counts[run.outcome === 'success' ? 'successes' : 'failures']++;
    tasks.set(key, counts);
  }
  return uncertaintyOf([...tasks.values()]);
}

/** The same of how the runs of each task came out. */
export function uncertaintyOf(all: readonly Counts[]): SuccessUncertainty {
  const tasks = all.filter(({ successes, failures }) => successes + failures > 0);
  const { scores, mean, correctedError, designEffect } = clusteredCounts(tasks);
  if (scores === 0) return { successInterval: null, designEffect: null };
  if (tasks.length === scores) {
    const successes = sum(tasks.map((counts) => counts.successes));
    return {
      successInterval: { ...wilsonInterval(successes, scores), method: 'Wilson' },
      designEffect: 1,
    };
  }
  if (tasks.length < 2) return { successInterval: null, designEffect: null };
  // Where all tasks are alike, the clusters would say that there is no doubt at all.
  if (correctedError === 0)
    return {
      successInterval: {
        ...wilsonInterval(mean * tasks.length, tasks.length),
        method: 'Wilson over tasks',
      },
      designEffect,
    };
  const half = studentQuantile(0.975, tasks.length - 1) * correctedError;
  const interval = { lower: Math.max(0, mean - half), upper: Math.min(1, mean + half) };
  return { successInterval: { ...interval, method: 'clustered by task' }, designEffect };
}
