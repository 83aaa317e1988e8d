import { CONFIDENCE, type Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';

/** Wilson's score interval (1927) for a share of k of n, 0 to 1; all of it where n is 0. */
export function wilsonInterval(k: number, n: number, confidence = CONFIDENCE): Interval {
  if (n === 0) return { lower: 0, upper: 1 };
  const z = normalQuantile((1 + confidence) / 2);
  const share = k / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / scale;
  // Rounding leaves 1e-17 where the interval ends at 0 or 1.
  return {
    lower: k === 0 ? 0 : Math.max(0, centre - half),
    upper: k === n ? 1 : Math.min(1, centre + half),
  };
}
