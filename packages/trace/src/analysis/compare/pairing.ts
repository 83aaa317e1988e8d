import type { ComparedRun } from './compared-run.ts';

/** A task with its runs on both sides. Tasks, not runs, are what is counted: runs of one task are alike. */
export type Task = {
  key: string;
  /** For people. */
  name: string;
  benchmark?: string;
  baseline: ComparedRun[];
  treatment: ComparedRun[];
};

export type Side = 'baseline' | 'treatment';
export const SIDES = ['baseline', 'treatment'] as const;

/**
 * By what runs of the two sides belong together: `task` (benchmark and task, and its edition where all its runs know it),
 * `name` (the run's), `none`, or any label by its key.
 */
export type PairBy = string;

export type Pairing = {
  by: PairBy;
  /** `paired`: by the tasks that both sides have. `independent`: none is in common, or nobody wants pairs. */
  design: 'paired' | 'independent';
  /** Tasks that take part: of both sides, or, where nothing is paired, of either. */
  tasks: Task[];
  /** Tasks left out because only one side has them, and their names. */
  alone: Task[];
  onlyBaseline: string[];
  onlyTreatment: string[];
  /** Runs left out because nothing says what their task was. */
  withoutTask: { baseline: number; treatment: number };
};

const SEPARATOR = '\u0000';

/** Puts the runs of both sides together by task. */
export function pairRuns(
  baseline: readonly ComparedRun[],
  treatment: readonly ComparedRun[],
  by: PairBy = 'task',
): Pairing {
  const keys = keysOf([...baseline, ...treatment], by);
  const tasks = new Map<string, Task>();
  const withoutTask = { baseline: 0, treatment: 0 };
  const unknown: Task[] = [];
  const sort = (side: Side, runs: readonly ComparedRun[]): void => {
    for (const run of runs) {
      const found = keys.get(run);
      if (found === undefined) {
        withoutTask[side]++;
        const task: Task = {
          key: `${side}${SEPARATOR}${run.runId}`,
          name: run.name,
          baseline: [],
          treatment: [],
        };
        task[side].push(run);
        unknown.push(task);
        continue;
      }
      let task = tasks.get(found.key);
      if (!task) {
        task = { ...found, baseline: [], treatment: [] };
        tasks.set(found.key, task);
      }
      task[side].push(run);
    }
  };
  sort('baseline', baseline);
  sort('treatment', treatment);
  const all = [...tasks.values()];
  const common = all.filter((task) => task.baseline.length > 0 && task.treatment.length > 0);
  if (by === 'none' || common.length === 0)
    return {
      by,
      design: 'independent',
      // Without pairs, runs whose task nobody knows are each a task of their own.
      tasks: [...all, ...unknown],
      alone: [],
      onlyBaseline: [],
      onlyTreatment: [],
      withoutTask: { baseline: 0, treatment: 0 },
    };
  return {
    by,
    design: 'paired',
    tasks: common,
    alone: all.filter((task) => task.baseline.length === 0 || task.treatment.length === 0),
    onlyBaseline: all.filter((task) => task.treatment.length === 0).map(({ name }) => name),
    onlyTreatment: all.filter((task) => task.baseline.length === 0).map(({ name }) => name),
    withoutTask,
  };
}

type Key = { key: string; name: string; benchmark?: string };

function keysOf(runs: readonly ComparedRun[], by: PairBy): Map<ComparedRun, Key> {
  const keys = new Map<ComparedRun, Key>();
  const editions = new Map<string, (string | undefined)[]>();
  for (const run of runs) {
    const name = nameOf(run, by);
    const key = taskKey(run, by);
    if (name === undefined || key === undefined) continue;
    const { benchmark } = run;
    keys.set(run, { key, name, ...(benchmark !== undefined && { benchmark }) });
    const known = editions.get(key);
    if (known) known.push(run.taskVersion);
    else editions.set(key, [run.taskVersion]);
  }
  // A task that was changed is another task; but where only some runs say which edition they are of, nothing is known.
  for (const [run, found] of keys)
    if (editions.get(found.key)!.every((edition) => edition !== undefined))
      keys.set(run, { ...found, key: `${found.key}${SEPARATOR}${run.taskVersion}` });
  return keys;
}

/** What runs of one task have in common; undefined where nothing says what a run's task was. */
export function taskKey(run: ComparedRun, by: PairBy): string | undefined {
  const name = nameOf(run, by);
  return name === undefined ? undefined : `${by === 'name' ? '' : (run.benchmark ?? '')}${SEPARATOR}${name}`;
}

function nameOf(run: ComparedRun, by: PairBy): string | undefined {
  if (by === 'task' || by === 'none') return run.task;
  return by === 'name' ? run.name : run.labels[by];
}
