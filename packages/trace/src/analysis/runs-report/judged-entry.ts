import type { ReportedRun } from '../../model/reported-run.ts';
import { type JudgedAlone, type JudgeOptions, judgedAlone } from '../compare/compared-run.ts';
import { taskKey } from '../compare/pairing.ts';

/**
 * What a report keeps of a run: what became of it as comparisons judge it, and by what runs are grouped. A hundred thousand of
 * them are in memory at once, so scores and labels are not kept.
 */
export type JudgedEntry = JudgedAlone & {
  agent: string | undefined;
  benchmark: string | undefined;
  taskType: string | undefined;
  /** The model that made the output: the one that is named so, else the one with the most tokens. */
  model: string | undefined;
  session: string | undefined;
  /** The same for runs of one task; undefined where nothing says what the task was. */
  task: string | undefined;
  startUs: number;
  rounds: number;
  /** A lower bound while calls are unpriced. */
  knownCostUsd: number | null;
  unpricedCalls: number;
  leverage: ReportedRun['leverage'];
};

/** Labels that only say which benchmark: one object for all runs of it. */
export class BenchmarkLabels {
  readonly #known = new Map<string, Readonly<Record<string, string>>>();
  readonly #none: Readonly<Record<string, string>> = {};

  of(benchmark: string | undefined): Readonly<Record<string, string>> {
    if (benchmark === undefined) return this.#none;
    const known = this.#known.get(benchmark);
    if (known) return known;
    const labels = { benchmark };
    this.#known.set(benchmark, labels);
    return labels;
  }
}

export function judgedEntry(run: ReportedRun, options: JudgeOptions, labels: BenchmarkLabels): JudgedEntry {
  const alone = judgedAlone(run, options);
  const { benchmark, producer_model } = run.labels;
  alone.run.labels = labels.of(benchmark);
  return {
    ...alone,
    agent: run.agent,
    benchmark,
    taskType: run.taskType,
    model: producer_model ?? run.model,
    session: run.sessionId,
    task: taskKey(alone.run, 'task'),
    startUs: run.startUs,
    rounds: run.rounds,
    knownCostUsd: run.costUsd ?? null,
    unpricedCalls: run.unpricedCalls ?? 0,
    leverage: run.leverage,
  };
}

export function hasEnded({ run }: JudgedEntry): boolean {
  return run.outcome !== 'running';
}
