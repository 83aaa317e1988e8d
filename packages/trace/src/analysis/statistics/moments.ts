/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

export function sum(values: ArrayLike<number>): number {
  let all = 0;
  for (let at = 0; at < values.length; at++) all += values[at]!;
  return all;
}

/** Of the sample (n - 1); 0 of fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at]! - middle) ** 2;
  return squares / (values.length - 1);
}

export function deviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}
