import type { JudgedAlone, JudgedBy } from '../compare/compared-run.ts';
import { type SuccessUncertainty, uncertaintyOf } from '../compare/success-interval.ts';
import type { Counts } from '../statistics/clustered-error.ts';

/** How the runs of one task came out. `undecided` ended well without a judgement: what that means shows when all runs are known. */
export type TaskOutcomes = { success: number; failure: number; undecided: number };

/** How undecided runs count. */
export type Settlement = { judgedBy: JudgedBy; missingAsFailure: boolean };

/** Outcomes by task, without the runs. */
export class OutcomesByTask {
  /** By number: the numbers of all tasks are dense, and each run looks into several of these. */
  readonly #tasks: TaskOutcomes[] = [];
  /** Runs of which nothing says what their task was are each a task of their own. */
  readonly #alone: TaskOutcomes = { success: 0, failure: 0, undecided: 0 };

  add(task: number | undefined, judged: JudgedAlone): void {
    if (task === undefined) count(this.#alone, judged);
    else {
      let known = this.#tasks[task];
      if (!known) {
        known = { success: 0, failure: 0, undecided: 0 };
        this.#tasks[task] = known;
      }
      count(known, judged);
    }
  }

  /** How far the success rate can be trusted. */
  uncertainty(settlement: Settlement): SuccessUncertainty {
    const { successes, failures } = decided(this.#alone, settlement);
    return uncertaintyOf([
      // The numbers of tasks that only other groups have are holes: `filter` leaves them out.
      ...this.#tasks.filter(Boolean).map((outcomes) => decided(outcomes, settlement)),
      ...new Array<Counts>(successes).fill({ successes: 1, failures: 0 }),
      ...new Array<Counts>(failures).fill({ successes: 0, failures: 1 }),
    ]);
  }
}

export function count(outcomes: TaskOutcomes, { run, undecided }: JudgedAlone): void {
  if (undecided) outcomes.undecided++;
  else if (run.outcome === 'success') outcomes.success++;
  else if (run.outcome === 'failure') outcomes.failure++;
}

export function decided(
  { success, failure, undecided }: TaskOutcomes,
  { judgedBy, missingAsFailure }: Settlement,
): Counts {
  if (judgedBy === 'completion') return { successes: success + undecided, failures: failure };
  return { successes: success, failures: failure + (missingAsFailure ? undecided : 0) };
}
