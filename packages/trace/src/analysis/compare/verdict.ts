/** What can be said of a metric. */
export const VERDICTS = ['improved', 'regressed', 'no detectable difference', 'too little data'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Share of false alarms that is put up with, in the long run. */
export const ALPHA = 0.05;

/** Where at most this share of tasks can have come out differently (by Wilson's interval), what is left does not matter. */
export const ALIKE_SHARE = 0.05;

/** Values that spread less than this are the same but for the rounding of numbers: of them no detectable size can be told. */
export const LEAST_SPREAD = 1e-9;

export type Evidence = {
  /** After correction for several tests; undefined where nothing could be tested. */
  p: number | undefined;
  /** The smallest p, after the same correction, that this much data could have given. */
  attainable: number;
  /** 1: the treatment is better, -1: worse, 0: alike, or the test and the effect say different things. */
  direction: number;
  /** So many tasks are known to be alike that what is left cannot matter. */
  alike?: boolean;
};

/**
 * A difference is claimed where the test finds it. Where no data of this size could have shown one, that is said
 * instead of "no difference": nobody looked.
 */
export function verdictOf({ p, attainable, direction, alike = false }: Evidence): Verdict {
  if (p !== undefined && p < ALPHA && direction !== 0) return direction > 0 ? 'improved' : 'regressed';
  if (alike) return 'no detectable difference';
  return p === undefined || attainable >= ALPHA ? 'too little data' : 'no detectable difference';
}

/** The smallest two-sided p of a test of n paired differences that are not 0: all in one direction. */
export function attainablePaired(n: number): number {
  return n === 0 ? 1 : Math.min(1, 2 ** (1 - n));
}

/** The same of two independent groups: all of one above all of the other. */
export function attainableGroups(n1: number, n2: number): number {
  let ways = 1;
  for (let at = 1; at <= Math.min(n1, n2); at++) ways *= (Math.max(n1, n2) + at) / at;
  return Math.min(1, 2 / ways);
}

/** The least number of differences that a paired test needs for its p, times `tests` of Holm's correction. */
export function differencesNeeded(tests = 1): number {
  return Math.floor(1 - Math.log2(ALPHA / tests)) + 1;
}
