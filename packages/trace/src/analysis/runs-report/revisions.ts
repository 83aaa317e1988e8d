import { rounded } from '../compare/summary-stats.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';

/** How often the runs of a task type were sent back. */
export type Revisions = {
  task_type: string | null;
  /** Runs that came to an end and were judged in rounds. */
  runs: number;
  /** Of those, the ones with a second round. */
  needed_revision: number;
  /** Percent of `runs`, and its 95 % interval (Wilson). */
  revision_rate: number;
  revision_interval: { lower: number; upper: number };
  avg_rounds: number;
};

/** Task types by the share of their runs that needed a second round, the most needy first. */
export function revisionsByType(entries: readonly JudgedEntry[]): Revisions[] {
  const types = new Map<string | null, number[]>();
  for (const { rounds, taskType = null } of entries.filter(hasEnded)) {
    if (rounds === 0) continue;
    const known = types.get(taskType);
    if (known) known.push(rounds);
    else types.set(taskType, [rounds]);
  }
  return [...types]
    .map(([type, rounds]) => revisionsOf(type, rounds))
    .sort((a, b) => b.revision_rate - a.revision_rate || b.runs - a.runs);
}

function revisionsOf(task_type: string | null, rounds: readonly number[]): Revisions {
  const [runs, needed] = [rounds.length, rounds.filter((count) => count > 1).length];
  const { lower, upper } = wilsonInterval(needed, runs);
  return {
    task_type,
    runs,
    needed_revision: needed,
    revision_rate: rounded((needed / runs) * 100),
    revision_interval: { lower: rounded(lower * 100), upper: rounded(upper * 100) },
    avg_rounds: rounded(rounds.reduce((sum, count) => sum + count, 0) / runs),
  };
}
