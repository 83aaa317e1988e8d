import type { TaskConsistency } from '@tacho/trace/analysis/runs-report/consistency';
import type { GroupFigures } from '@tacho/trace/analysis/runs-report/group-tally';

export type FlakyTask = TaskConsistency & { task: string };

/** Tasks that vary before those that do not, and among them the ones that fail the most. */
export function flakyFirst(tasks: Readonly<Record<string, TaskConsistency>>): FlakyTask[] {
  return Object.entries(tasks)
    .map(([task, of]) => ({ ...of, task }))
    .sort(
      (a, b) =>
        Number(a.consistent) - Number(b.consistent) ||
        a.success_rate - b.success_rate ||
        b.runs - a.runs ||
        (a.task < b.task ? -1 : 1),
    );
}

/** A type of error, the runs that ended in it, and their share of all. */
export type ErrorRow = { type: string; runs: number; percent: number | null };

export function errorRows({ errors, total }: Pick<GroupFigures, 'errors' | 'total'>): ErrorRow[] {
  return Object.entries(errors)
    .map(([type, runs]) => ({
      type,
      runs,
      percent: total === 0 ? null : Number(((runs / total) * 100).toFixed(4)),
    }))
    .sort((a, b) => b.runs - a.runs || (a.type < b.type ? -1 : 1));
}
