import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import {
  TASK_RESULTS,
  type TaskComparison,
  type TaskResult,
} from '@tacho/trace/analysis/compare/task-comparison';
import type { ComparePlace, TaskSort } from '../../state/url.ts';

/** How many tasks came out which way, by one metric. */
export function resultCounts(
  tasks: readonly TaskComparison[],
  { metric }: MetricComparison,
): Record<TaskResult, number> {
  const counts = { regressed: 0, improved: 0, tied: 0, insufficient: 0 };
  for (const { metrics } of tasks) counts[metrics[metric].result]++;
  return counts;
}

/** The metric that tasks are looked at by: the one that is asked for, else the first one that tasks have on both sides. */
export function chosenMetric(
  metrics: readonly MetricComparison[],
  asked: ComparePlace['metric'],
): MetricComparison {
  return (
    metrics.find(({ metric }) => metric === asked) ??
    metrics.find(({ effect }) => effect !== null) ??
    metrics[0]!
  );
}

type Asked = Pick<ComparePlace, 'show' | 'sort' | 'find'> & { descending?: boolean };

/** The tasks that are asked for, in the order that is asked for. */
export function taskRows(
  tasks: readonly TaskComparison[],
  metric: MetricComparison,
  { show, sort = 'result', descending = false, find = '' }: Asked,
): TaskComparison[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const before = ORDERS[sort](metric);
  const way = descending ? -1 : 1;
  return tasks
    .filter(({ metrics }) => show === undefined || metrics[metric.metric].result === show)
    .filter(({ task, benchmark = '' }) => {
      const text = `${benchmark} ${task}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => before(a, b, way) || byName(a, b));
}

type Order = (a: TaskComparison, b: TaskComparison, way: number) => number;

const byName = (a: TaskComparison, b: TaskComparison): number =>
  NAMES.compare(a.task, b.task) || NAMES.compare(a.benchmark ?? '', b.benchmark ?? '');
const NAMES = new Intl.Collator('en', { numeric: true });

const byNumber =
  (field: 'baseline' | 'treatment' | 'change') =>
  ({ metric }: MetricComparison): Order =>
  (a, b, way) => {
    const [one, other] = [a.metrics[metric][field], b.metrics[metric][field]];
    // What nobody knows is last whichever way round.
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return way * (one - other);
  };

const ORDERS: Readonly<Record<TaskSort, (metric: MetricComparison) => Order>> = {
  task: () => (a, b, way) => way * byName(a, b),
  baseline: byNumber('baseline'),
  treatment: byNumber('treatment'),
  change: byNumber('change'),
  result:
    ({ metric, scale }) =>
    (a, b, way) => {
      const [one, other] = [a.metrics[metric], b.metrics[metric]];
      const size = (change: number | null): number =>
        change === null ? 0 : Math.abs(scale === 'ratio' ? Math.log(change) : change);
      return (
        way * (TASK_RESULTS.indexOf(one.result) - TASK_RESULTS.indexOf(other.result)) ||
        size(other.change) - size(one.change)
      );
    },
};
