import type { Stage } from './recipe.ts';
import type { ChosenStage } from './stage-choice.ts';

export type StageOutcome =
  | { status: 'done' }
  | { status: 'failed' }
  /** `met`: what needs it can run all the same. */
  | { status: 'skipped'; reason: string; met: boolean };

export type StageWork = {
  /** Why the stage need not run, asked when its turn has come. */
  spared(stage: Stage): string | undefined;
  /** Runs it to its end. Never throws. */
  run(stage: Stage): Promise<'done' | 'failed'>;
  skipped(stage: Stage, reason: string): void;
  /** Nothing more is started. What runs is ended by `run` itself. */
  readonly signal: AbortSignal;
};

/**
 * Runs stages as their needs allow: each when all that it needs is done, and beside others only where it and all of them are
 * `parallel`. What needs a stage that failed is skipped; what does not, runs.
 */
export async function runStages(
  stages: readonly ChosenStage[],
  work: StageWork,
): Promise<ReadonlyMap<string, StageOutcome>> {
  const outcomes = new Map<string, StageOutcome>();
  const running = new Map<string, { stage: Stage; ended: Promise<unknown> }>();
  let waiting = [...stages];

  const skip = (stage: Stage, reason: string, met: boolean): void => {
    outcomes.set(stage.id, { status: 'skipped', reason, met });
    work.skipped(stage, reason);
  };
  const start = (stage: Stage): void => {
    const ended = work.run(stage).then((status) => {
      running.delete(stage.id);
      outcomes.set(stage.id, { status });
    });
    running.set(stage.id, { stage, ended });
  };
  /** True when the stage waits no longer. */
  const settle = ({ stage, leftOut }: ChosenStage): boolean => {
    if (leftOut !== undefined) skip(stage, leftOut, true);
    else if (work.signal.aborted) skip(stage, 'the pipeline was stopped', false);
    else {
      const missing = missingOf(stage, outcomes);
      if (missing !== undefined) skip(stage, missing, false);
      else if (stage.needs.some((need) => !outcomes.has(need))) return false;
      else {
        const reason = work.spared(stage);
        if (reason !== undefined) skip(stage, reason, true);
        else if (!fits(stage, running.values())) return false;
        else start(stage);
      }
    }
    return true;
  };
  while (waiting.length > 0 || running.size > 0) {
    const before = waiting.length;
    waiting = waiting.filter((chosen) => !settle(chosen));
    // A stage that was skipped may have been what another one waits for.
    if (waiting.length < before) continue;
    await Promise.race([...running.values()].map(({ ended }) => ended));
  }
  return outcomes;
}

function missingOf(stage: Stage, outcomes: ReadonlyMap<string, StageOutcome>): string | undefined {
  for (const need of stage.needs) {
    const outcome = outcomes.get(need);
    if (outcome?.status === 'failed') return `needs ${need}, which failed`;
    if (outcome?.status === 'skipped' && !outcome.met) return `needs ${need}, which was skipped`;
  }
  return undefined;
}

function fits(stage: Stage, running: Iterable<{ stage: Stage }>): boolean {
  for (const other of running) if (!stage.parallel || !other.stage.parallel) return false;
  return true;
}
