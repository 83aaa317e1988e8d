import { binomialCdf, binomialMass } from './binomial.ts';
import { normalTail } from './normal.ts';

/** Pairs of yes and no, where only those count in which the two sides differ. All p are two-sided. */
export type McNemar = {
  /** Exact: the binomial test of the pairs that differ. Never above 1; 1 where both directions are as frequent, or none is. */
  p: number;
  /** Less conservative (Fagerland, Lydersen and Laake 2013); 1 where both directions are as frequent. */
  midP: number;
  /** Without and with continuity correction, and their p: for comparison with other programs. Null without pairs that differ. */
  chiSquared: { plain: number; plainP: number; corrected: number; correctedP: number } | null;
};

/**
 * McNemar's test (1947), exact. `onlyFirst` and `onlySecond` are the pairs in which only that side said yes. Fewer than six
 * that differ cannot reach 0.05, whatever they say.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const differ = onlyFirst + onlySecond;
  if (differ === 0) return { p: 1, midP: 1, chiSquared: null };
  const fewer = Math.min(onlyFirst, onlySecond);
  const even = onlyFirst === onlySecond;
  const upTo = binomialCdf(fewer, differ, 0.5);
  const away = Math.abs(onlyFirst - onlySecond);
  const plain = away ** 2 / differ;
  const corrected = Math.max(0, away - 1) ** 2 / differ;
  return {
    p: even ? 1 : Math.min(1, 2 * upTo),
    midP: even ? 1 : 2 * upTo - binomialMass(fewer, differ, 0.5),
    chiSquared: { plain, plainP: tailOf(plain), corrected, correctedP: tailOf(corrected) },
  };
}

/** Of chi squared with one degree of freedom. */
function tailOf(chiSquared: number): number {
  return 2 * normalTail(Math.sqrt(chiSquared));
}
