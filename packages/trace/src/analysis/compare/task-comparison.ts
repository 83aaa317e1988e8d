import { mean, sum } from '../statistics/moments.ts';
import { collapsed, settled } from './amounts.ts';
import { changedPs } from './changed-tasks.ts';
import type { ComparedRun, Outcome } from './compared-run.ts';
import type { Measured } from './measured.ts';
import { METRIC_NAMES, METRICS, type MetricName, outcomesOf, valuesOf } from './metrics.ts';
import { type Pairing, SIDES, type Side, type Task } from './pairing.ts';

/**
 * How a task came out by one metric, whatever chance has to do with it. `insufficient`: nobody knows, for one of the sides has
 * no run of it in which the metric is known, or nothing is paired.
 */
export const TASK_RESULTS = ['regressed', 'improved', 'tied', 'insufficient'] as const;
export type TaskResult = (typeof TASK_RESULTS)[number];

/** One metric of one task; repeats are taken together as for the verdict. */
export type TaskMetric = {
  baseline: number | null;
  treatment: number | null;
  /** On the scale of the metric's effect: treatment over baseline, or treatment less baseline. */
  change: number | null;
  result: TaskResult;
};

export type TaskRun = { runId: string; outcome: Outcome; errorType?: string };

export type TaskTrials = {
  runs: TaskRun[];
  /** Of judged runs. */
  successes: number;
  trials: number;
  /** Its trials came out differently; null below two of them. */
  flaky: boolean | null;
};

/** One task on both sides: what the verdicts rest on. */
export type TaskComparison = {
  task: string;
  benchmark?: string;
  metrics: Record<MetricName, TaskMetric>;
  /** Of success, as of changed tasks. Null where a side has fewer than two trials. */
  adjustedP: number | null;
} & Record<Side, TaskTrials>;

/** Tasks in their order, those of one side only behind them. */
export function compareTasks(pairing: Pairing, measured: readonly Measured[]): TaskComparison[] {
  const scales = new Map(measured.map(({ metric, scale }) => [metric, scale]));
  const ps = changedPs(pairing);
  const paired = pairing.design === 'paired';
  return [...pairing.tasks, ...pairing.alone].map((task) => ({
    task: task.name,
    ...(task.benchmark !== undefined && { benchmark: task.benchmark }),
    metrics: Object.fromEntries(
      METRIC_NAMES.map((metric) => [metric, metricOf(metric, task, paired, scales.get(metric) === 'ratio')]),
    ) as Record<MetricName, TaskMetric>,
    adjustedP: ps.get(task) ?? null,
    ...(Object.fromEntries(SIDES.map((side) => [side, trialsOf(task[side])])) as Record<Side, TaskTrials>),
  }));
}

function metricOf(metric: MetricName, task: Task, paired: boolean, ratio: boolean): TaskMetric {
  const [baseline, treatment] = [sideValue(metric, task.baseline), sideValue(metric, task.treatment)];
  if (!paired || baseline === null || treatment === null)
    return { baseline, treatment, change: null, result: 'insufficient' };
  const moved = settled(ratio ? Math.log(treatment / baseline) : treatment - baseline);
  const better = METRICS[metric].better === 'higher' ? moved : 0 - moved;
  return {
    baseline,
    treatment,
    change: ratio ? treatment / baseline : treatment - baseline,
    result: better === 0 ? 'tied' : better > 0 ? 'improved' : 'regressed',
  };
}

function sideValue(metric: MetricName, runs: readonly ComparedRun[]): number | null {
  const values = metric === 'success' ? outcomesOf(runs) : valuesOf(metric, runs);
  if (values.length === 0) return null;
  return metric === 'success' ? mean(values) : collapsed(metric, values);
}

function trialsOf(runs: readonly ComparedRun[]): TaskTrials {
  const outcomes = outcomesOf(runs);
  const [successes, trials] = [sum(outcomes), outcomes.length];
  return {
    runs: runs.map(({ runId, outcome, errorType }) => ({
      runId,
      outcome,
      ...(errorType !== undefined && { errorType }),
    })),
    successes,
    trials,
    flaky: trials < 2 ? null : successes > 0 && successes < trials,
  };
}
