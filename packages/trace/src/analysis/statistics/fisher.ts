import { logChoose } from './log-gamma.ts';

/** Two groups, each with its successes and failures. */
export type FourCells = readonly [
  first: readonly [successes: number, failures: number],
  second: readonly [successes: number, failures: number],
];

export type Fisher = {
  /** Two-sided: all tables that are no more likely than this one. */
  p: number;
  /** One-sided: the first group has fewer, or more, successes. */
  less: number;
  greater: number;
  /** Of the sample (not the conditional estimate that R prints); Infinity without a failure on one side, NaN where nothing is known. */
  oddsRatio: number;
};

/** Tables that are as likely differ in the last bits; R and SciPy allow as much. */
const SLACK = 1 + 1e-7;

/** Fisher's exact test (1934) of two independent groups. */
export function fisherExact([[a, b], [c, d]]: FourCells): Fisher {
  const [first, second, successes] = [a + b, c + d, a + c];
  const all = logChoose(first + second, successes);
  const mass = (k: number): number => Math.exp(logChoose(first, k) + logChoose(second, successes - k) - all);
  const observed = mass(a);
  let [p, less, greater] = [0, 0, 0];
  for (let k = Math.max(0, successes - second); k <= Math.min(first, successes); k++) {
    const likely = mass(k);
    if (likely <= observed * SLACK) p += likely;
    if (k <= a) less += likely;
    if (k >= a) greater += likely;
  }
  return {
    p: Math.min(1, p),
    less: Math.min(1, less),
    greater: Math.min(1, greater),
    oddsRatio: (a * d) / (b * c),
  };
}
