import { benjaminiHochberg } from '../statistics/benjamini-hochberg.ts';
import { fisherExact } from '../statistics/fisher.ts';
import { sum } from '../statistics/moments.ts';
import { outcomesOf } from './metrics.ts';
import type { Pairing } from './pairing.ts';

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

type Line = Omit<ChangedTask, 'adjustedP'>;

/** In the order of the tasks. Nothing where runs are not paired. */
export function changedTasks({ design, tasks }: Pairing): ChangedTask[] {
  if (design !== 'paired') return [];
  const lines = tasks.flatMap((task): Line[] => {
    const [before, after] = [outcomesOf(task.baseline), outcomesOf(task.treatment)];
    if (before.length === 0 || after.length === 0) return [];
    return [
      {
        task: task.name,
        ...(task.benchmark !== undefined && { benchmark: task.benchmark }),
        baseline: { successes: sum(before), trials: before.length },
        treatment: { successes: sum(after), trials: after.length },
      },
    ];
  });
  // Tasks that did not change were looked at too.
  const repeated = lines.filter(({ baseline, treatment }) => baseline.trials > 1 && treatment.trials > 1);
  const adjusted = benjaminiHochberg(repeated.map(pOf));
  const known = new Map(repeated.map((line, at) => [line, adjusted[at]!]));
  return lines
    .filter(({ baseline, treatment }) => rateOf(baseline) !== rateOf(treatment))
    .map((line) => ({ ...line, adjustedP: known.get(line) ?? null }));
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
