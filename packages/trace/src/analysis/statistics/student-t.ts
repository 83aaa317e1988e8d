import { incompleteBeta } from './incomplete-beta.ts';

/** P(T > t) of Student's distribution; degrees of freedom above 0, not necessarily whole. Abramowitz and Stegun 26.7.1. */
export function studentTail(t: number, degrees: number): number {
  if (t < 0) return 1 - studentTail(-t, degrees);
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}

/** P(|T| ≥ |t|): the two-sided p of a t statistic. */
export function studentTwoSided(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t with P(T ≤ t) = p, 0 < p < 1, by halving. */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let high = 1;
  while (studentTail(high, degrees) > 1 - p && high < 1e300) high *= 2;
  let low = 0;
  for (let step = 0; step < 100 && low < high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
