import { CONFIDENCE, type Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** Tasks by what became of them on two sides. */
export type PairedCounts = {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
};

export type Share = { readonly successes: number; readonly total: number };

/** Interval for the first share less the second, of two independent groups: Newcombe's hybrid score interval (1998, Stat Med 17:873, method 10). */
export function newcombeUnpaired(first: Share, second: Share, confidence = CONFIDENCE): Interval {
  return hybrid(first, second, 0, confidence);
}

/**
 * Interval for the first share less the second, of the same tasks: Newcombe's paired score interval (1998, Stat Med 17:2635,
 * method 10). phi says how much the two sides agree; it has a continuity correction of n/2 where they agree at all.
 */
export function newcombePaired(counts: PairedCounts, confidence = CONFIDENCE): Interval {
  const { both: e, onlyFirst: f, onlySecond: g, neither: h } = counts;
  const total = e + f + g + h;
  const margins = (e + f) * (g + h) * (e + g) * (f + h);
  const agreement = e * h - f * g;
  const corrected = agreement > 0 ? Math.max(agreement - total / 2, 0) : agreement;
  const phi = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  return hybrid({ successes: e + f, total }, { successes: e + g, total }, phi, confidence);
}

function hybrid(first: Share, second: Share, phi: number, confidence: number): Interval {
  const [p1, p2] = [first.successes / first.total, second.successes / second.total];
  const one = wilsonInterval(first.successes, first.total, confidence);
  const two = wilsonInterval(second.successes, second.total, confidence);
  return {
    lower: p1 - p2 - combined(p1 - one.lower, two.upper - p2, phi),
    upper: p1 - p2 + combined(one.upper - p1, p2 - two.lower, phi),
  };
}

function combined(a: number, b: number, phi: number): number {
  return Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
}
