import { CONFIDENCE, type Interval } from './interval.ts';
import { mean, variance } from './moments.ts';
import { studentQuantile, studentTwoSided } from './student-t.ts';

export type TTest = { t: number; degrees: number; p: number; estimate: number; interval: Interval };

/** Student's test of paired differences: is their mean 0? Needs two values; p is NaN where all are 0. */
export function pairedT(differences: readonly number[], confidence = CONFIDENCE): TTest {
  const n = differences.length;
  return from(mean(differences), Math.sqrt(variance(differences) / n), n - 1, confidence);
}

/** Welch's test (1947) of the means of two independent groups that may spread differently. Needs two values a group. */
export function welchT(first: readonly number[], second: readonly number[], confidence = CONFIDENCE): TTest {
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  const degrees = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return from(mean(first) - mean(second), Math.sqrt(a + b), degrees, confidence);
}

function from(estimate: number, error: number, degrees: number, confidence: number): TTest {
  const t = estimate / error;
  const half = studentQuantile((1 + confidence) / 2, degrees) * error;
  return {
    t,
    degrees,
    p: studentTwoSided(t, degrees),
    estimate,
    interval: { lower: estimate - half, upper: estimate + half },
  };
}
