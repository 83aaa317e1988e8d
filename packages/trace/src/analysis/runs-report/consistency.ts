import { rounded } from '../compare/summary-stats.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';
import { count, decided, type Settlement, type TaskOutcomes } from './task-outcomes.ts';

/** How a task came out that was tried several times. */
export type TaskConsistency = {
  /** Judged runs: what the infrastructure stopped says nothing about the task. */
  runs: number;
  /** Percent. */
  success_rate: number;
  /** All runs succeeded, or none did. */
  consistent: boolean;
};

/** A task, and how its editions came out; undefined is the edition of runs that do not say theirs. */
type Task = {
  name: string;
  benchmark: string | undefined;
  editions: Map<string | undefined, TaskOutcomes>;
};
type Edition = Omit<Task, 'editions'> & { version: string | undefined; outcomes: TaskOutcomes };

/** Gathers how tasks came out that were tried several times. */
export class Consistency {
  readonly #tasks = new Map<number, Task>();
  /** Runs that came to an end and do not say what their task was. */
  without = 0;

  add(entry: JudgedEntry): void {
    if (!hasEnded(entry)) return;
    const { task: key, run } = entry;
    if (key === undefined) {
      this.without++;
      return;
    }
    let task = this.#tasks.get(key);
    if (!task) {
      task = { name: run.task ?? '', benchmark: run.benchmark, editions: new Map() };
      this.#tasks.set(key, task);
    }
    let outcomes = task.editions.get(run.taskVersion);
    if (!outcomes) {
      outcomes = { success: 0, failure: 0, undecided: 0 };
      task.editions.set(run.taskVersion, outcomes);
    }
    count(outcomes, entry);
  }

  /**
   * Tasks with two judged runs or more, by their names; tasks of the same name are told apart by benchmark, and by edition
   * where that is not enough.
   */
  tasks(settlement: Settlement): Record<string, TaskConsistency> {
    const repeated = [...this.#tasks.values()]
      .sort((a, b) => order(a.name, b.name) || order(a.benchmark ?? '', b.benchmark ?? ''))
      .flatMap(editionsOf)
      .map((edition) => ({ edition, ...decided(edition.outcomes, settlement) }))
      .filter(({ successes, failures }) => successes + failures > 1);
    const names = distinctNames(repeated.map(({ edition }) => edition));
    return Object.fromEntries(
      repeated.map(({ successes, failures }, at) => [
        names[at]!,
        {
          runs: successes + failures,
          success_rate: rounded((successes / (successes + failures)) * 100),
          consistent: successes === 0 || failures === 0,
        },
      ]),
    );
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A task that was changed is another task; but where only some runs say which edition they are of, nothing is known. */
function editionsOf({ editions, ...task }: Task): Edition[] {
  if (!editions.has(undefined))
    return [...editions]
      .sort(([a], [b]) => order(a!, b!))
      .map(([version, outcomes]) => ({ ...task, version, outcomes }));
  const all = { success: 0, failure: 0, undecided: 0 };
  for (const { success, failure, undecided } of editions.values()) {
    all.success += success;
    all.failure += failure;
    all.undecided += undecided;
  }
  return [{ ...task, version: undefined, outcomes: all }];
}

const NAMES: readonly ((task: Edition) => string)[] = [
  ({ name }) => name,
  ({ name, benchmark }) => (benchmark === undefined ? name : `${benchmark}/${name}`),
  (task) => `${NAMES[1]!(task)}@${task.version ?? '?'}`,
];

/** The shortest name of each that no other has; a number where all are the same. */
function distinctNames(tasks: readonly Edition[]): string[] {
  const names = tasks.map(() => '');
  let open = tasks.map((_, at) => at);
  for (const nameOf of NAMES) {
    const times = new Map<string, number>();
    for (const at of open) {
      names[at] = nameOf(tasks[at]!);
      times.set(names[at]!, (times.get(names[at]!) ?? 0) + 1);
    }
    open = open.filter((at) => times.get(names[at]!)! > 1);
  }
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
    taken.add(free);
    return free;
  });
}
