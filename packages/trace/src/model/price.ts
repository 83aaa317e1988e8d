import type { Usage } from './usage.ts';

/** A call to be priced. `project` is its run's: a project may have prices of its own. */
export type PricedCall = { model: string; provider?: string; project?: string; usage: Usage; atUs: number };
export type Price = { costUsd: number; row: string };

/** Money as it is meant: a price times tokens, and a sum of many, differ from it in the last digits of a binary fraction. */
export function roundUsd(usd: number): number {
  return Number(usd.toPrecision(12));
}

/** Looks a price up; undefined means unknown, which is not 0. The app supplies one; the core knows no prices. */
export type PriceLookup = (call: PricedCall) => Price | undefined;

/**
 * Attribute of a call with a cost of its own, which goes before every price list: whose word it is, the program's that made the
 * call or a price table's that was named for the run.
 */
export const PRICED_BY = 'priced_by';
