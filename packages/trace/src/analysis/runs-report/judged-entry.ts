import type { JudgedFacts } from '../../model/judged-facts.ts';
import { type JudgedAlone, type JudgedRun, type JudgeOptions, judgedAlone } from '../compare/compared-run.ts';

/** What a report looks at of a run: the facts, and what became of it as comparisons judge it. */
export type JudgedEntry = JudgedAlone & {
  facts: JudgedFacts;
  /** The same number for runs of one task; undefined where nothing says what the task was. */
  task: number | undefined;
};

/** Tasks by number, by benchmark and task as comparisons pair them: texts as keys of every group took a third of all sums. */
export class TaskNumbers {
  readonly #benchmarks = new Map<string | undefined, Map<string, number>>();
  #count = 0;

  of({ benchmark, task }: JudgedRun): number | undefined {
    if (task === undefined) return undefined;
    let tasks = this.#benchmarks.get(benchmark);
    if (!tasks) {
      tasks = new Map();
      this.#benchmarks.set(benchmark, tasks);
    }
    let number = tasks.get(task);
    if (number === undefined) {
      number = this.#count++;
      tasks.set(task, number);
    }
    return number;
  }
}

export function judgedEntry(facts: JudgedFacts, options: JudgeOptions, tasks: TaskNumbers): JudgedEntry {
  const { run, judged, undecided } = judgedAlone(facts, options);
  return { run, judged, undecided, facts, task: tasks.of(run) };
}

export function hasEnded({ run }: JudgedEntry): boolean {
  return run.outcome !== 'running';
}
