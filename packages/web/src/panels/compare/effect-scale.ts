import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import { changeText } from './metric-words.ts';

/** Where changes lie: 0.5 is none at all, more is better, whatever the metric. */
export type EffectScale = {
  /** From 0 to 1. */
  at(change: number): number;
  /** What lies at the left end, in the middle and at the right end. */
  ends: { worse: string; none: string; better: string };
};

type Scaled = Pick<MetricComparison, 'metric' | 'scale' | 'better'>;

/** What a ratio's scale ends at. */
const RATIOS = [1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100, 1_000, 10_000, 1e6];

/** A scale that all of the changes have room on. */
export function effectScale(metric: Scaled, changes: readonly number[]): EffectScale {
  const ratio = metric.scale === 'ratio';
  const towards = metric.better === 'higher' ? 1 : -1;
  const of = (change: number): number => (ratio ? Math.log(change) : change);
  const sizes = changes.map((change) => Math.abs(of(change))).filter(Number.isFinite);
  const most = sizes.reduce((max, size) => Math.max(max, size), 0);
  const end = ratio ? ratioEnd(most) : differenceEnd(metric, most);
  const change = (offset: number): number => (ratio ? Math.exp(offset) : offset);
  return {
    at(value) {
      const offset = of(value) / end;
      return 0.5 + Math.min(1, Math.max(-1, Number.isNaN(offset) ? 0 : offset)) * 0.5 * towards;
    },
    ends: {
      worse: changeText(metric, change(-end * towards)),
      none: ratio ? '1×' : '0',
      better: changeText(metric, change(end * towards)),
    },
  };
}

/** Ratios share one scale, so that their lengths can be compared; of differences every unit has its own. */
export function sharedScales(metrics: readonly MetricComparison[]): Map<MetricComparison, EffectScale> {
  const ratios = metrics.filter(({ scale }) => scale === 'ratio').flatMap(changesOf);
  return new Map(
    metrics.map((metric) => [
      metric,
      effectScale(metric, metric.scale === 'ratio' ? ratios : changesOf(metric)),
    ]),
  );
}

/** What a metric's plot has to have room for. */
export function changesOf({ effect, interval }: MetricComparison): number[] {
  return [effect, interval?.lower, interval?.upper].filter(
    (change): change is number => change !== null && change !== undefined,
  );
}

function ratioEnd(most: number): number {
  return Math.log(RATIOS.find((ratio) => Math.log(ratio) >= most) ?? Math.exp(Math.min(most, 700)));
}

function differenceEnd({ metric }: Scaled, most: number): number {
  if (metric === 'success') return [0.05, 0.1, 0.2, 0.5].find((end) => end >= most) ?? 1;
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5].find((digit) => digit * power >= most) ?? 10) * power;
}
