/** Ranks from 1 up, ties with the mean of theirs, and the sizes of the groups of ties. */
export type Ranks = { ranks: Float64Array; ties: number[] };

export function averageRanks(values: ArrayLike<number>): Ranks {
  const order = Array.from({ length: values.length }, (_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
    if (to - from > 1) ties.push(to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Sum of t³ - t over the groups of ties: what ties take from the variance of rank sums. */
export function tieSum(ties: readonly number[]): number {
  return ties.reduce((sum, t) => sum + t ** 3 - t, 0);
}
