import type { Price, PriceLookup } from '@tacho/trace/model/price';
import { findModel } from './model-match.ts';
import { costOf, type PriceRow, rowsOf, tierOf } from './price-rows.ts';
import { providerOf } from './provider-name.ts';

type Known = { name: string; rows: readonly PriceRow[] };

/** Names remembered: more than any folder has, and a bound against one that makes names up. */
const REMEMBERED = 10_000;

/** Prices of a library's table, dated by the call's own time. What the table does not have is unknown, never another model's. */
export function defaultPrices(): PriceLookup {
  const known = new Map<string, Known | undefined>();
  return ({ model, provider, usage, atUs }): Price | undefined => {
    // Tokens of no kind cannot be priced, and the rest alone would look like the whole.
    if (usage.otherTokens > 0) return undefined;
    const key = `${provider ?? ''}\n${model}`;
    let found = known.get(key);
    if (found === undefined && !known.has(key)) {
      if (known.size >= REMEMBERED) known.clear();
      found = lookUp(model, provider);
      known.set(key, found);
    }
    const row = found?.rows.find((candidate) => candidate.holds(atUs));
    if (!found || !row) return undefined;
    const costUsd = costOf(row.prices, usage);
    if (costUsd === undefined) return undefined;
    const tier = tierOf(row.prices, usage);
    const since = row.startDate === undefined ? '' : ` @ ${row.startDate}`;
    return { costUsd, row: `${found.name}${since}${tier === undefined ? '' : ` over ${tier} tokens`}` };
  };
}

function lookUp(name: string, providerName: string | undefined): Known | undefined {
  const provider = providerOf(name, providerName);
  const found = provider && findModel(provider, name);
  if (!found) return undefined;
  const rows = rowsOf(found.model.prices);
  return { name: `${found.provider.id}/${found.model.id}`, rows };
}
