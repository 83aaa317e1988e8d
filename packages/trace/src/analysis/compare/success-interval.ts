import { clusteredError } from '../statistics/clustered-error.ts';
import type { Interval } from '../statistics/interval.ts';
import { sum } from '../statistics/moments.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { ComparedRun } from './compared-run.ts';
import { outcomesOf } from './metrics.ts';
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
  const tasks = new Map<string, number[]>();
  for (const [at, run] of runs.entries()) {
    const outcomes = outcomesOf([run]);
    if (outcomes.length === 0) continue;
    const key = taskKey(run, by) ?? `no task ${at}`;
    const known = tasks.get(key);
    if (known) known.push(...outcomes);
    else tasks.set(key, outcomes);
  }
  return uncertaintyOf([...tasks.values()]);
}

/** The same of the outcomes of each task (1 success, 0 failure), none of them empty. */
export function uncertaintyOf(groups: readonly number[][]): SuccessUncertainty {
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
