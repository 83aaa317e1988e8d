import { betaQuantile } from './incomplete-beta.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { logChoose } from './log-gamma.ts';

/** P(X = k) where X counts successes of n trials with probability p each, 0 < p < 1. */
export function binomialMass(k: number, n: number, p: number): number {
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X ≤ k), summed from the smallest term up. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  let sum = 0;
  for (let at = 0; at <= k; at++) sum += binomialMass(at, n, p);
  return Math.min(1, sum);
}

/** P(X ≥ k): the one-sided p of k successes of n where p is expected. */
export function binomialAtLeast(k: number, n: number, p: number): number {
  return binomialCdf(n - k, n, 1 - p);
}

/** Clopper and Pearson's interval (1934) for a share of k of n: never too narrow, often too wide. */
export function clopperPearson(k: number, n: number, confidence = CONFIDENCE): Interval {
  const outside = (1 - confidence) / 2;
  return {
    lower: k === 0 ? 0 : betaQuantile(outside, k, n - k + 1),
    upper: k === n ? 1 : betaQuantile(1 - outside, k + 1, n - k),
  };
}
