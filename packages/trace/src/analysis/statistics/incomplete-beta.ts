import { logGamma } from './log-gamma.ts';

const PRECISION = 1e-16;
/** Keeps Lentz's method from dividing by zero. */
const TINY = 1e-300;
const MOST_STEPS = 10_000;

/** The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, a and b above 0. Continued fraction DLMF 8.17.22, by Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  return (front / a) * fraction(x, a, b);
}

function fraction(x: number, a: number, b: number): number {
  let above = 1;
  let under = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let value = under;
  for (let m = 1; m < MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    under = 1 / apart(1 + even * under);
    above = apart(1 + even / above);
    value *= under * above;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    under = 1 / apart(1 + odd * under);
    above = apart(1 + odd / above);
    value *= under * above;
    if (Math.abs(under * above - 1) < PRECISION) break;
  }
  return value;
}

function apart(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** The x with I_x(a, b) = p, by halving: sixty steps are all the digits there are. */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
