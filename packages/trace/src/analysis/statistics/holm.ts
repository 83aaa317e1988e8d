/**
 * p values adjusted so that with all of them together no more than the level's share of false claims is made (Holm 1979).
 * In the order in which they came; the number of values is the number of tests that were made, shown or not.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, at) => at).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[at]!));
    adjusted[at] = least;
  }
  return adjusted;
}

/** The simple form of it: every p times their number. */
export function bonferroni(pValues: readonly number[]): number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
