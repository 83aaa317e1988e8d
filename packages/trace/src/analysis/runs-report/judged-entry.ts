import type { RunSummary } from '../../model/summary.ts';
import {
  type ComparedRun,
  type JudgedAlone,
  type JudgeOptions,
  judgedAlone,
} from '../compare/compared-run.ts';
import { taskKey } from '../compare/pairing.ts';

/** What a report looks at of a run: what became of it as comparisons judge it, and by what runs are grouped. */
export type JudgedEntry = JudgedAlone & {
  benchmark: string | undefined;
  taskType: string | undefined;
  /** The model that made the output: the one that is named so, else the one with the most tokens. */
  model: string | undefined;
  session: string | undefined;
  /** The same number for runs of one task; undefined where nothing says what the task was. */
  task: number | undefined;
  startUs: number;
  rounds: number;
  /** A lower bound while calls are unpriced. */
  knownCostUsd: number | null;
  unpricedCalls: number;
  leverage: RunSummary['leverage'];
};

/** Tasks by number: looking texts up in each group that a run belongs to took a third of all sums. */
export class TaskNumbers {
  readonly #numbers = new Map<string, number>();

  of(run: ComparedRun): number | undefined {
    const key = taskKey(run, 'task');
    if (key === undefined) return undefined;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

export function judgedEntry(run: RunSummary, options: JudgeOptions, tasks: TaskNumbers): JudgedEntry {
  const { run: judgedRun, judged, undecided } = judgedAlone(run, options);
  return {
    run: judgedRun,
    judged,
    undecided,
    benchmark: run.labels.benchmark,
    taskType: run.taskType,
    model: run.labels.producer_model ?? run.models[0],
    session: run.sessionId,
    task: tasks.of(judgedRun),
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
