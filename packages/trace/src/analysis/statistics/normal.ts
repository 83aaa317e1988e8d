/** What a term must add to a sum to matter to a double. */
const PRECISION = 1e-17;
/** Below it the series converges faster than the continued fraction. */
const SERIES_UP_TO = 3;

/** P(Z > z) of the standard normal distribution, exact in the far tail too: 7.62e-24 at 10. */
export function normalTail(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z < 0) return 1 - normalTail(-z);
  if (z > 39) return 0;
  const density = normalDensity(z);
  return z < SERIES_UP_TO ? 0.5 - density * series(z) : density / fraction(z);
}

/** P(Z ≤ z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return normalTail(-z);
}

export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** z + z³/3 + z⁵/15 + … (Abramowitz and Stegun 26.2.11). */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * PRECISION; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))) (Abramowitz and Stegun 26.2.14), from the back. */
function fraction(z: number): number {
  let value = z;
  for (let depth = Math.ceil(20 + 600 / (z * z)); depth >= 1; depth--) value = z + depth / value;
  return value;
}

/**
 * The z with P(Z ≤ z) = p; -Infinity at 0, Infinity at 1. A start that is good to three digits (Abramowitz and Stegun
 * 26.2.23), then Halley's steps on the exact distribution.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 4; step++) {
    const away = (normalCdf(z) - p) / normalDensity(z);
    z -= away / (1 + (z * away) / 2);
  }
  return z;
}
