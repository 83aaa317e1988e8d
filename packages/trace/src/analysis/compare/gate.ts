import type { Comparison, MetricComparison } from './compare.ts';
import type { MetricName } from './metrics.ts';
import { METRICS } from './metrics.ts';
import { percent, points } from './words.ts';

export type GateOptions = {
  /** Metrics that are watched; all of them by default. */
  metrics?: readonly MetricName[];
  /**
   * How much worse is let through: percentage points of success, percent of the baseline for duration, tokens and cost, the
   * score's own units for a score. Default 0: any regression that is no chance.
   */
  maxRegression?: number;
};

/** `stopped`: the metrics that let nothing through. */
export type Gate = { passed: boolean; stopped: MetricName[]; sentences: string[] };

/** Whether a change may go through: not where a metric regressed by more than is let through. Too little data is no regression, and is said. */
export function gateOf({ metrics, provisional }: Comparison, options: GateOptions = {}): Gate {
  const { maxRegression = 0 } = options;
  const watched = metrics.filter(({ metric }) => options.metrics?.includes(metric) ?? true);
  const sentences: string[] = [];
  const stopped: MetricName[] = [];
  for (const one of watched) {
    // What no run has is not missed, unless it is asked for.
    const missed = one.tests.length > 0 || options.metrics !== undefined;
    if (one.verdict === 'too little data' && missed) sentences.push(`The gate cannot tell: ${one.sentence}`);
    if (one.verdict !== 'regressed') continue;
    const worse = worseBy(one);
    if (worse > maxRegression) {
      stopped.push(one.metric);
      sentences.push(`Stopped: ${one.sentence}`);
    } else
      sentences.push(
        `Let through: ${METRICS[one.metric].title} is worse by ${amountOf(one, worse)}, and ${amountOf(one, maxRegression)} are allowed.`,
      );
  }
  if (provisional) sentences.push('The gate is provisional: runs are still at work.');
  return { passed: stopped.length === 0, stopped, sentences };
}

/** In the units of `maxRegression`; above 0 where the treatment is worse. */
export function worseBy({ metric, scale, effect, baseline, better }: MetricComparison): number {
  if (effect === null) return 0;
  const sign = better === 'lower' ? 1 : -1;
  if (scale === 'ratio') return sign * (effect - 1) * 100;
  if (metric === 'success') return sign * effect * 100;
  if (metric === 'score') return sign * effect;
  // Where nothing was used before, anything is infinitely more.
  return baseline === null || baseline === 0
    ? sign * effect * Number.POSITIVE_INFINITY || 0
    : (sign * effect * 100) / baseline;
}

function amountOf({ metric }: MetricComparison, worse: number): string {
  if (metric === 'success') return points(worse / 100).replace('+', '');
  return metric === 'score' ? String(Number(worse.toPrecision(3))) : percent(worse / 100);
}
