import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import type { MetricName } from '@tacho/trace/analysis/compare/metrics';
import type { TaskComparison } from '@tacho/trace/analysis/compare/task-comparison';
import { difference, percent, points, pValue, range, times } from '@tacho/trace/analysis/compare/words';
import { NONE } from '@tacho/trace/model/figures';
import { compact, duration, figure, money } from '../../ui/format.ts';

type Scaled = Pick<MetricComparison, 'metric' | 'scale'>;

const VALUES: Readonly<Record<MetricName, (value: number) => string>> = {
  success: percent,
  duration,
  tokens: compact,
  cost: money,
  score: figure,
};

/** What a side has of a metric. */
export function valueText(metric: MetricName, value: number | null): string {
  return value === null ? NONE : VALUES[metric](value);
}

/** A change, as the sentences of the comparison word it. */
export function changeText({ metric, scale }: Scaled, change: number | null): string {
  if (change === null) return NONE;
  if (scale === 'ratio') return times(change);
  if (metric === 'success') return points(change);
  if (metric === 'duration') return `${difference(change / 1e6)} s`;
  return metric === 'cost' ? `${difference(change)} USD` : difference(change);
}

export function intervalText(metric: MetricComparison): string {
  const { interval } = metric;
  return interval === null
    ? NONE
    : range(changeText(metric, interval.lower), changeText(metric, interval.upper));
}

/** `0.031`, `< 0.0001` */
export function pText(p: number | null): string {
  return p === null ? NONE : pValue(p).replace(/^p (= )?/, '');
}

/** The smallest difference that would be seen four times out of five. */
export function detectableText(metric: MetricComparison): string {
  const { detectable, scale } = metric;
  if (detectable === null) return NONE;
  return scale === 'ratio' ? percent(detectable - 1) : changeText(metric, detectable).replace('+', '');
}

/** A task's value of a metric on one side: of successes, how many of how many. */
export function taskValueText(
  { metrics, ...task }: TaskComparison,
  metric: MetricName,
  side: 'baseline' | 'treatment',
): string {
  const value = metrics[metric][side];
  if (metric !== 'success' || value === null) return valueText(metric, value);
  const { successes, trials } = task[side];
  return `${successes} of ${trials}`;
}
