import { type Flakiness, flakinessOf } from '../statistics/flakiness.ts';
import { mean, sum } from '../statistics/moments.ts';
import { passAtK, passHatK, type Trials } from '../statistics/pass-at-k.ts';
import { outcomesOf } from './metrics.ts';
import type { Pairing, Task } from './pairing.ts';

/** Chances that one of k trials succeeds, and that all of them do; means over tasks, 0 to 1. */
export type PassRow = {
  k: number;
  baseline: PassFigures | null;
  treatment: PassFigures | null;
};
export type PassFigures = {
  passAtK: number;
  passHatK: number;
  /** Tasks with at least k judged trials, and those with fewer, which are left out. */
  tasks: number;
  leftOut: number;
};

/** What repeats of tasks tell. */
export type Repeats = {
  baseline: Flakiness;
  treatment: Flakiness;
  /**
   * Share of pairs of one trial of each side that come out differently, paired tasks only. Where it is no more than what the
   * same system would show if it ran twice (`expectedDiscordance` of the sides), what differs is noise.
   */
  discordance: number | null;
  /** Empty where no task was judged twice on a side. */
  passAtK: PassRow[];
};

const KS = [1, 2, 3, 4, 5, 8, 10, 20, 50, 100];

export function repeatsOf({ design, tasks }: Pairing): Repeats {
  const before = tasks.map((task) => trialsOf(task, 'baseline'));
  const after = tasks.map((task) => trialsOf(task, 'treatment'));
  const most = [...before, ...after].reduce((max, { trials }) => Math.max(max, trials), 0);
  const [first, second] = [before.filter(wasJudged), after.filter(wasJudged)];
  return {
    baseline: flakinessOf(first),
    treatment: flakinessOf(second),
    discordance: design === 'paired' ? discordanceOf(before, after) : null,
    passAtK: KS.filter((k) => most > 1 && k <= most).map((k) => ({
      k,
      baseline: figuresOf(first, k),
      treatment: figuresOf(second, k),
    })),
  };
}

function trialsOf(task: Task, side: 'baseline' | 'treatment'): Trials {
  const outcomes = outcomesOf(task[side]);
  return { trials: outcomes.length, successes: sum(outcomes) };
}

function wasJudged({ trials }: Trials): boolean {
  return trials > 0;
}

function discordanceOf(before: readonly Trials[], after: readonly Trials[]): number | null {
  const shares = before.flatMap((one, at) => {
    const other = after[at]!;
    if (one.trials === 0 || other.trials === 0) return [];
    const [p, q] = [one.successes / one.trials, other.successes / other.trials];
    return [p * (1 - q) + q * (1 - p)];
  });
  return shares.length === 0 ? null : mean(shares);
}

function figuresOf(tasks: readonly Trials[], k: number): PassFigures | null {
  const enough = tasks.filter(({ trials }) => trials >= k);
  if (enough.length === 0) return null;
  return {
    passAtK: mean(enough.map((task) => passAtK(task, k))),
    passHatK: mean(enough.map((task) => passHatK(task, k))),
    tasks: enough.length,
    leftOut: tasks.length - enough.length,
  };
}
