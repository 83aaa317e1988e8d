import type { Price, PriceLookup } from '@tacho/trace/model/price';
import { type FoundRow, findRows } from './find-rows.ts';
import { costOf, tierOf } from './price-rows.ts';
import type { PriceTable } from './price-table.ts';

/** Names remembered: more than any folder has, and a bound against one that makes names up. */
const REMEMBERED = 10_000;

/** Prices of a library's table, dated by the call's own time. What the table does not have is unknown, never another model's. */
export function defaultPrices(): PriceLookup {
  return pricesOf(undefined);
}

/** The same with a user's table over it. A row that wins and has no price for what was used leaves the cost unknown. */
export function pricesOf(table: PriceTable | undefined): PriceLookup {
  const known = new Map<string, readonly FoundRow[]>();
  return ({ model, provider, project, usage, atUs }): Price | undefined => {
    // Tokens of no kind cannot be priced, and the rest alone would look like the whole.
    if (usage.otherTokens > 0) return undefined;
    const own = project !== undefined && table?.projects.has(project) ? project : undefined;
    const key = `${own ?? ''}\n${provider ?? ''}\n${model}`;
    let rows = known.get(key);
    if (rows === undefined) {
      if (known.size >= REMEMBERED) known.clear();
      rows = findRows(table, {
        model,
        ...(provider !== undefined && { provider }),
        ...(own !== undefined && { project: own }),
      });
      known.set(key, rows);
    }
    const row = rows.find((candidate) => candidate.holds(atUs));
    const costUsd = row && costOf(row.prices, usage);
    if (costUsd === undefined) return undefined;
    const tier = tierOf(row!.prices, usage);
    return { costUsd, row: `${row!.label}${tier === undefined ? '' : ` over ${tier} tokens`}` };
  };
}
