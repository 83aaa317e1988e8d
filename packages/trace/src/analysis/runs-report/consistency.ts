import { outcomesOf } from '../compare/metrics.ts';
import { type TaskKey, taskKeys } from '../compare/pairing.ts';
import { rounded } from '../compare/summary-stats.ts';
import { sum } from '../statistics/moments.ts';
import type { JudgedEntry } from './judged-entry.ts';

/** How a task came out that was tried several times. */
export type TaskConsistency = {
  /** Judged runs: what the infrastructure stopped says nothing about the task. */
  runs: number;
  /** Percent. */
  success_rate: number;
  /** All runs succeeded, or none did. */
  consistent: boolean;
};

type Tried = TaskKey & { version?: string; outcomes: number[] };

/**
 * Tasks with two judged runs or more, by their names; tasks of the same name are told apart by benchmark, and by edition where
 * that is not enough.
 */
export function taskConsistency(entries: readonly JudgedEntry[]): {
  tasks: Record<string, TaskConsistency>;
  without: number;
} {
  const ended = entries.map(({ run }) => run).filter(({ outcome }) => outcome !== 'running');
  const keys = taskKeys(ended, 'task');
  const tasks = new Map<string, Tried>();
  for (const [run, task] of keys) {
    let tried = tasks.get(task.key);
    if (!tried) {
      tried = { ...task, ...(run.taskVersion !== undefined && { version: run.taskVersion }), outcomes: [] };
      tasks.set(task.key, tried);
    }
    tried.outcomes.push(...outcomesOf([run]));
  }
  const repeated = [...tasks.values()]
    .filter(({ outcomes }) => outcomes.length > 1)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = distinctNames(repeated);
  return {
    tasks: Object.fromEntries(repeated.map(({ outcomes }, at) => [names[at]!, consistencyOf(outcomes)])),
    without: ended.length - keys.size,
  };
}

function consistencyOf(outcomes: readonly number[]): TaskConsistency {
  const [runs, successes] = [outcomes.length, sum(outcomes)];
  return {
    runs,
    success_rate: rounded((successes / runs) * 100),
    consistent: successes === 0 || successes === runs,
  };
}

const NAMES: readonly ((task: Tried) => string)[] = [
  ({ name }) => name,
  ({ name, benchmark }) => (benchmark === undefined ? name : `${benchmark}/${name}`),
  (task) => `${NAMES[1]!(task)}@${task.version ?? '?'}`,
];

/** The shortest name of each that no other has; a number where all are the same. */
function distinctNames(tasks: readonly Tried[]): string[] {
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
