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

/** Gathers how many rounds the runs of each task type took. */
export class RevisionTally {
  readonly #types = new Map<string | null, RoundCounts>();

  add(entry: JudgedEntry): void {
    const { rounds, taskType = null } = entry.facts;
    if (rounds === 0 || !hasEnded(entry)) return;
    let counts = this.#types.get(taskType);
    if (!counts) {
      counts = { runs: 0, needed: 0, rounds: 0 };
      this.#types.set(taskType, counts);
    }
    counts.runs++;
    counts.rounds += rounds;
    if (rounds > 1) counts.needed++;
  }

  /** Task types by the share of their runs that needed a second round, the most needy first. */
  byType(): Revisions[] {
    return [...this.#types]
      .map(([type, counts]) => revisionsOf(type, counts))
      .sort(
        (a, b) =>
          b.revision_rate - a.revision_rate ||
          b.runs - a.runs ||
          ((a.task_type ?? '') < (b.task_type ?? '') ? -1 : 1),
      );
  }
}

type RoundCounts = { runs: number; needed: number; rounds: number };

function revisionsOf(task_type: string | null, { runs, needed, rounds }: RoundCounts): Revisions {
  const { lower, upper } = wilsonInterval(needed, runs);
  return {
    task_type,
    runs,
    needed_revision: needed,
    revision_rate: rounded((needed / runs) * 100),
    revision_interval: { lower: rounded(lower * 100), upper: rounded(upper * 100) },
    avg_rounds: rounded(rounds / runs),
  };
}
