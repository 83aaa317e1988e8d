import type { Usage } from './usage.ts';

/** A call to be priced. */
export type PricedCall = { model: string; provider?: string; usage: Usage; atUs: number };
export type Price = { costUsd: number; row: string };

/** Looks a price up; undefined means unknown, which is not 0. The app supplies one; the core knows no prices. */
export type PriceLookup = (call: PricedCall) => Price | undefined;
