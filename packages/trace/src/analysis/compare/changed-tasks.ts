import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import { fisherExact } from '../statistics/fisher.ts';
import { sum } from '../statistics/moments.ts';
import { outcomesOf } from './metrics.ts';
import type { Pairing, Task } from './pairing.ts';

/** A task that did not come out the same on both sides: where to look, for one such change by itself says little. */
export type ChangedTask = {
  task: string;
  benchmark?: string;
  baseline: { successes: number; trials: number };
  treatment: { successes: number; trials: number };
  /**
   * Fisher's exact p of its trials, corrected by Benjamini and Hochberg for all tasks that were looked at; null where a side
   * has a single trial, which cannot tell a change from a flaky task.
   */
  adjustedP: number | null;
};

type Line = Pick<ChangedTask, 'baseline' | 'treatment'> & { task: Task };

/** In the order of the tasks. Nothing where runs are not paired. */
export function changedTasks(pairing: Pairing): ChangedTask[] {
  const known = changedPs(pairing);
  return linesOf(pairing)
    .filter(({ baseline, treatment }) => rateOf(baseline) !== rateOf(treatment))
    .map(({ task, baseline, treatment }) => ({
      task: task.name,
      ...(task.benchmark !== undefined && { benchmark: task.benchmark }),
      baseline,
      treatment,
      adjustedP: known.get(task) ?? null,
    }));
}

/** The corrected p of every task with repeats on both sides, changed or not: those that did not change were looked at too. */
export function changedPs(pairing: Pairing): Map<Task, number> {
  const repeated = linesOf(pairing).filter(
    ({ baseline, treatment }) => baseline.trials > 1 && treatment.trials > 1,
  );
  const adjusted = benjaminiHochberg(repeated.map(pOf));
  return new Map(repeated.map(({ task }, at) => [task, adjusted[at]!]));
}

/** Tasks that were judged on both sides. */
function linesOf({ design, tasks }: Pairing): Line[] {
  if (design !== 'paired') return [];
  return tasks.flatMap((task): Line[] => {
    const [before, after] = [outcomesOf(task.baseline), outcomesOf(task.treatment)];
    if (before.length === 0 || after.length === 0) return [];
    return [
      {
        task,
        baseline: { successes: sum(before), trials: before.length },
        treatment: { successes: sum(after), trials: after.length },
      },
    ];
  });
}

function rateOf({ successes, trials }: ChangedTask['baseline']): number {
  return successes / trials;
}

function pOf({ baseline, treatment }: Line): number {
  return fisherExact([
    [baseline.successes, baseline.trials - baseline.successes],
    [treatment.successes, treatment.trials - treatment.successes],
  ]).p;
}
