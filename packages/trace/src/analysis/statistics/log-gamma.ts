/** Stirling's series: B(2k) / (2k (2k - 1)), for k = 1 … 8. */
const SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
/** From here on the series is exact to the last bits of a double. */
const LARGE = 15;

/** Natural logarithm of the gamma function, for x above 0. Stirling's series after the recurrence (Abramowitz and Stegun 6.1.15, 6.1.41). */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < LARGE; shifted++) product *= shifted;
  const inverse = 1 / shifted;
  let power = inverse;
  let sum = 0;
  for (const term of SERIES) {
    sum += term * power;
    power *= inverse * inverse;
  }
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + sum - Math.log(product)
  );
}

/** Natural logarithm of the number of ways to choose k of n; whole numbers, 0 ≤ k ≤ n. */
export function logChoose(n: number, k: number): number {
  if (k === 0 || k === n) return 0;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
