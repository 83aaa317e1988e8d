/** Linear between the two neighbours, as spreadsheets and NumPy do it. `sorted` ascends and is not empty; share is 0 to 1. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}
