import type { Usage } from './usage.ts';

/** A call to be priced. `project` is its run's: a project may have prices of its own. */
export type PricedCall = { model: string; provider?: string; project?: string; usage: Usage; atUs: number };
export type Price = { costUsd: number; row: string };

/** Looks a price up; undefined means unknown, which is not 0. The app supplies one; the core knows no prices. */
export type PriceLookup = (call: PricedCall) => Price | undefined;
