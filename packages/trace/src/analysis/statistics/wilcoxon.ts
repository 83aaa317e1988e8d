import { normalTail } from './normal.ts';
import { averageRanks, tieSum } from './ranks.ts';

export type Wilcoxon = {
  /** Sum of the ranks of positive, and of negative, differences. */
  plus: number;
  minus: number;
  /** Two-sided. 1 where no difference is left. */
  p: number;
  /** One-sided: the differences are above 0. */
  greater: number;
  method: 'exact' | 'normal';
  /** Differences that took part: those that are not 0, unless zeros are kept. */
  n: number;
  /** (plus - minus) / (plus + minus), -1 to 1: the rank-biserial correlation. */
  effect: number;
};

/** What becomes of differences of 0: left out, ranked and then left out (Pratt 1959), or ranked and shared by both sums. */
export type Zeros = 'drop' | 'pratt' | 'split';

export type WilcoxonOptions = {
  zeros?: Zeros;
  /** Default: exact up to `EXACT_UP_TO` differences where zeros are dropped, else normal. */
  method?: 'exact' | 'normal';
  /** Of the normal approximation: R has it, SciPy has not. */
  continuity?: boolean;
};

/** The exact distribution of more differences takes longer than it is worth: the approximation is good to three digits by then. */
export const EXACT_UP_TO = 50;

/**
 * Wilcoxon's signed-rank test (1945) of paired differences. The exact distribution is that of these very ranks, ties
 * included: all ways to give them signs, counted by their sums (SciPy and R take untied ranks, or approximate).
 */
export function wilcoxon(
  differences: readonly number[],
  { zeros = 'drop', method, continuity = true }: WilcoxonOptions = {},
): Wilcoxon {
  const kept = zeros === 'drop' ? differences.filter((difference) => difference !== 0) : [...differences];
  const { ranks } = averageRanks(kept.map(Math.abs));
  let [plus, minus, zero, zeroCount] = [0, 0, 0, 0];
  for (const [at, difference] of kept.entries()) {
    if (difference > 0) plus += ranks[at]!;
    else if (difference < 0) minus += ranks[at]!;
    else {
      zero += ranks[at]!;
      zeroCount++;
    }
  }
  if (zeros === 'split') {
    plus += zero / 2;
    minus += zero / 2;
  }
  const n = kept.length;
  const sums = { plus, minus, n, effect: plus + minus === 0 ? 0 : (plus - minus) / (plus + minus) };
  if (n === zeroCount) return { ...sums, p: 1, greater: 1, method: 'exact' };
  const exact = zeros === 'drop' && (method ?? (n <= EXACT_UP_TO ? 'exact' : 'normal')) === 'exact';
  if (exact) return { ...sums, ...exactTails(ranks, plus), method: 'exact' };
  const ranked = zeros === 'pratt' ? kept.filter((difference) => difference !== 0) : kept;
  const variance =
    (product(n) - (zeros === 'pratt' ? product(zeroCount) : 0)) / 24 -
    tieSum(averageRanks(ranked.map(Math.abs)).ties) / 48;
  const mean = (n * (n + 1) - (zeros === 'pratt' ? zeroCount * (zeroCount + 1) : 0)) / 4;
  const away = plus - mean;
  const half = continuity ? 0.5 : 0;
  const spread = Math.sqrt(variance);
  return {
    ...sums,
    p: Math.min(1, 2 * normalTail(Math.max(0, Math.abs(away) - half) / spread)),
    greater: normalTail((away - half) / spread),
    method: 'normal',
  };
}

function product(n: number): number {
  return n * (n + 1) * (2 * n + 1);
}

/** Doubled ranks are whole numbers, with ties too: ways to reach each sum, one rank after the other, as shares of all 2^n. */
function exactTails(ranks: Float64Array, plus: number): { p: number; greater: number } {
  const doubled = Array.from(ranks, (rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--)
      shares[sum] = (shares[sum]! + (sum >= rank ? shares[sum - rank]! : 0)) / 2;
  }
  const observed = Math.round(2 * plus);
  let [below, above] = [0, 0];
  for (const [sum, share] of shares.entries()) {
    if (sum <= observed) below += share;
    if (sum >= observed) above += share;
  }
  return { p: Math.min(1, 2 * Math.min(below, above)), greater: above };
}
