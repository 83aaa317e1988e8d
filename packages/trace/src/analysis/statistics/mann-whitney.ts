import { normalTail } from './normal.ts';
import { averageRanks, tieSum } from './ranks.ts';

export type MannWhitney = {
  /** Of the first group: pairs in which it is above, ties half. */
  u: number;
  /** Two-sided, and one-sided where the first group is above. */
  p: number;
  greater: number;
  method: 'exact' | 'normal';
  /** Cliff's delta, -1 to 1; positive where the first group is above. */
  delta: number;
};

export type MannWhitneyOptions = {
  /** Default: exact while the two groups together have at most `EXACT_UP_TO` values. */
  method?: 'exact' | 'normal';
  continuity?: boolean;
};

const EXACT_UP_TO = 40;

/** Mann and Whitney's U test (1947) of two independent groups. The exact distribution is that of these very ranks, ties included. */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  { method, continuity = true }: MannWhitneyOptions = {},
): MannWhitney {
  const [n1, n2] = [first.length, second.length];
  const n = n1 + n2;
  const { ranks, ties } = averageRanks([...first, ...second]);
  let sum = 0;
  for (let at = 0; at < n1; at++) sum += ranks[at]!;
  const u = sum - (n1 * (n1 + 1)) / 2;
  const known = { u, delta: n1 * n2 === 0 ? 0 : (2 * u) / (n1 * n2) - 1 };
  if (n1 === 0 || n2 === 0) return { ...known, p: 1, greater: 1, method: 'exact' };
  if ((method ?? (n <= EXACT_UP_TO ? 'exact' : 'normal')) === 'exact')
    return { ...known, ...exactTails(ranks, n1, sum), method: 'exact' };
  const variance = ((n1 * n2) / 12) * (n + 1 - tieSum(ties) / (n * (n - 1)));
  const away = u - (n1 * n2) / 2;
  const half = continuity ? 0.5 : 0;
  const spread = Math.sqrt(variance);
  if (spread === 0) return { ...known, p: 1, greater: 1, method: 'normal' };
  return {
    ...known,
    p: Math.min(1, 2 * normalTail(Math.max(0, Math.abs(away) - half) / spread)),
    greater: normalTail((away - half) / spread),
    method: 'normal',
  };
}

/**
 * All ways to choose n1 of the ranks, counted by their sum. With ties the distribution is not symmetric: two-sided is twice
 * the smaller tail.
 */
function exactTails(ranks: Float64Array, n1: number, observedSum: number): { p: number; greater: number } {
  const doubled = Array.from(ranks, (rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const width = total + 1;
  const ways = new Float64Array((n1 + 1) * width);
  ways[0] = 1;
  for (const rank of doubled)
    for (let chosen = n1; chosen >= 1; chosen--)
      for (let sum = total; sum >= rank; sum--)
        ways[chosen * width + sum]! += ways[(chosen - 1) * width + sum - rank]!;
  const observed = Math.round(2 * observedSum);
  let [all, below, above] = [0, 0, 0];
  for (let sum = 0; sum <= total; sum++) {
    const count = ways[n1 * width + sum]!;
    all += count;
    if (sum <= observed) below += count;
    if (sum >= observed) above += count;
  }
  return { p: Math.min(1, (2 * Math.min(below, above)) / all), greater: above / all };
}
