import { mean } from './moments.ts';
import type { Trials } from './pass-at-k.ts';

export type Flakiness = {
  /** Tasks with two trials or more: only they can show it. */
  repeated: number;
  /** Of those, the ones that came out differently from trial to trial. */
  flaky: number;
  /** Mean variance of a trial's outcome within its task, without bias; 0 to 0.5. Null without repeated tasks. */
  varianceWithin: number | null;
  /** Share of tasks that would come out differently if the same system ran once more; null without repeated tasks. */
  expectedDiscordance: number | null;
};

/** How much outcomes change without anything having changed. With one trial a task that cannot be known. */
export function flakinessOf(tasks: readonly Trials[]): Flakiness {
  const repeated = tasks.filter(({ trials }) => trials > 1);
  if (repeated.length === 0)
    return { repeated: 0, flaky: 0, varianceWithin: null, expectedDiscordance: null };
  const variances = repeated.map(({ trials, successes }) => {
    const share = successes / trials;
    return (share * (1 - share) * trials) / (trials - 1);
  });
  return {
    repeated: repeated.length,
    flaky: repeated.filter(({ trials, successes }) => successes > 0 && successes < trials).length,
    varianceWithin: mean(variances),
    expectedDiscordance: 2 * mean(variances),
  };
}
