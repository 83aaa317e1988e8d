import { normalQuantile } from './normal.ts';

/** Level of a two-sided test, and the chance to see a difference that is there. */
export type Power = { alpha?: number; power?: number };

function quantiles({ alpha = 0.05, power = 0.8 }: Power): [test: number, power: number] {
  return [normalQuantile(1 - alpha / 2), normalQuantile(power)];
}

/** Smallest difference of the means of n paired differences with this standard deviation that is seen with the power. */
export function detectableMean(deviation: number, n: number, options: Power = {}): number {
  const [test, power] = quantiles(options);
  return ((test + power) * deviation) / Math.sqrt(n);
}

/** The same for the means of two independent groups. */
export function detectableMeans(deviation: number, n1: number, n2: number, options: Power = {}): number {
  const [test, power] = quantiles(options);
  return (test + power) * deviation * Math.sqrt(1 / n1 + 1 / n2);
}

/** Smallest difference of two independent shares around `share`; n tasks a side, of unequal sides their harmonic mean. */
export function detectableShares(share: number, n: number, options: Power = {}): number {
  return detectableMeans(Math.sqrt(share * (1 - share)), n, n, options);
}

/** Pairs that it takes to see a difference of paired shares, where that share of the pairs differs at all. A fraction: round up. */
export function pairsNeeded(difference: number, discordance: number, options: Power = {}): number {
  const [test, power] = quantiles(options);
  const spread = Math.sqrt(Math.max(0, discordance - difference ** 2));
  return (test * Math.sqrt(discordance) + power * spread) ** 2 / difference ** 2;
}

/**
 * Smallest difference of paired shares that n pairs show (Connor 1987), where `discordance` of them differ. No difference
 * is larger than the share that differs: where that would be needed, pairs are taken to differ in one direction only. Null: not
 * even then.
 */
export function detectablePaired(n: number, discordance: number, options: Power = {}): number | null {
  const needed = (difference: number): number =>
    pairsNeeded(difference, Math.max(discordance, difference), options);
  if (needed(1) > n) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (middle > 0 && needed(middle) <= n) high = middle;
    else low = middle;
  }
  return high;
}
