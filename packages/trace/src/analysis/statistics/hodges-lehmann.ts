import { quantile } from '../quantile.ts';
import { CONFIDENCE, type Interval } from './interval.ts';

/** Hodges and Lehmann's estimate (1963) of where differences lie: the median of the means of all pairs of them. n² steps. */
export function hodgesLehmann(differences: readonly number[]): number {
  return quantile(walshAverages(differences), 0.5);
}

/** The same for two groups: the median of all differences between one of each. */
export function hodgesLehmannShift(first: readonly number[], second: readonly number[]): number {
  const shifts = new Float64Array(first.length * second.length);
  let at = 0;
  for (const a of first) for (const b of second) shifts[at++] = a - b;
  return quantile(shifts.sort(), 0.5);
}

/**
 * Its exact interval for up to 50 differences without ties, and the confidence that it really has: sums of ranks are
 * whole numbers, so it is never just what was asked for, and at least that where n allows it. Tukey's construction (Hollander
 * and Wolfe 3.3).
 */
export function hodgesLehmannInterval(
  differences: readonly number[],
  confidence = CONFIDENCE,
): Interval & { confidence: number } {
  const averages = walshAverages(differences);
  const shares = rankSumShares(differences.length);
  let below = 0;
  let outside = 0;
  let depth = 0;
  for (; 2 * (below + shares[depth]!) <= 1 - confidence; depth++) {
    below += shares[depth]!;
    outside = below;
  }
  const at = Math.max(0, depth - 1);
  return {
    lower: averages[at]!,
    upper: averages[averages.length - 1 - at]!,
    confidence: 1 - 2 * outside,
  };
}

/** In ascending order. */
function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (const [i, a] of values.entries()) for (const b of values.slice(0, i + 1)) averages[at++] = (a + b) / 2;
  return averages.sort();
}

/** P(sum of positive ranks = s) without ties. */
function rankSumShares(n: number): Float64Array {
  const shares = new Float64Array((n * (n + 1)) / 2 + 1);
  shares[0] = 1;
  for (let rank = 1; rank <= n; rank++)
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum--)
      shares[sum] = (shares[sum]! + (sum >= rank ? shares[sum - rank]! : 0)) / 2;
  return shares;
}
