import { CONFIDENCE, type Interval } from './interval.ts';
import { mean, sum } from './moments.ts';
import { pairedT } from './t-test.ts';

/** Three answers to "how many times as much": each to another question, so each has its name. */
export type Ratios = {
  /** What becomes of a typical task: every task weighs the same. */
  geometricMean: number;
  /** What becomes of the bill: large tasks weigh more. */
  ofTotals: number;
  /** For comparison with other programs: halves and doubles do not cancel out in it. */
  meanRatio: number;
};

/** Second over first of pairs of figures above 0. */
export function ratiosOf(first: readonly number[], second: readonly number[]): Ratios {
  return {
    geometricMean: Math.exp(mean(logRatios(first, second))),
    ofTotals: sum(second) / sum(first),
    meanRatio: mean(first.map((value, at) => second[at]! / value)),
  };
}

export function logRatios(first: readonly number[], second: readonly number[]): number[] {
  return first.map((value, at) => Math.log(second[at]! / value));
}

/** The geometric mean of the ratios with Student's interval and p: for few pairs, where a bootstrap's would be too narrow. */
export function ratioT(
  first: readonly number[],
  second: readonly number[],
  confidence = CONFIDENCE,
): { ratio: number; p: number; interval: Interval } {
  const { estimate, p, interval } = pairedT(logRatios(first, second), confidence);
  return {
    ratio: Math.exp(estimate),
    p,
    interval: { lower: Math.exp(interval.lower), upper: Math.exp(interval.upper) },
  };
}
