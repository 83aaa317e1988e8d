/**
 * p values adjusted so that of all claims made the level's share is false at most (Benjamini and Hochberg 1995): for tables
 * that are looked through for something. In the order in which they came.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((_, at) => at).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length);
  let most = 1;
  for (const [passed, at] of order.entries()) {
    most = Math.min(most, (pValues.length * pValues[at]!) / (pValues.length - passed));
    adjusted[at] = most;
  }
  return adjusted;
}
