/** Linear between the two neighbours, as spreadsheets and NumPy do it. `sorted` ascends and is not empty; share is 0 to 1. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/** The same without the value in one place: what a value is compared with must not be itself. At least two values. */
export function quantileWithout(sorted: ArrayLike<number>, place: number, share: number): number {
  const at = (sorted.length - 2) * share;
  const value = (no: number): number => sorted[no < place ? no : no + 1]!;
  const low = value(Math.floor(at));
  return low + (value(Math.ceil(at)) - low) * (at - Math.floor(at));
}
