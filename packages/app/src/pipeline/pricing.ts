import type { JsonObject } from '@tacho/trace/model/json';
import { type Price, type PriceLookup, roundUsd } from '@tacho/trace/model/price';
import type { Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import { type DescribedRate, describeModel } from '../prices/describe.ts';
import { libraryName } from '../prices/library.ts';
import { pricesOf } from '../prices/lookup.ts';
import type { PriceTable } from '../prices/price-table.ts';

/** The table that was named, with the file it is from. */
export type NamedTable = { file: string; table: PriceTable };

/** A rate by the name that the report has for it, for a thousand tokens. */
const RATES: Partial<Record<DescribedRate['of'], string>> = {
  inputTokens: 'prompt_per_1k',
  outputTokens: 'completion_per_1k',
  cacheReadTokens: 'cache_read_per_1k',
  cacheWriteTokens: 'cache_write_per_1k',
  cacheWrite1hTokens: 'cache_write_1h_per_1k',
  reasoningTokens: 'reasoning_per_1k',
};

/** What the calls of a pipeline cost, and where that stands. */
export class Pricing {
  readonly #named: NamedTable | undefined;
  readonly #lookup: PriceLookup;

  constructor(named: NamedTable | undefined) {
    this.#named = named;
    this.#lookup = pricesOf(named?.table);
  }

  /** Where prices are from: the file of the table that was named, else the library. */
  get name(): string {
    return this.#named?.file ?? libraryName();
  }

  /** The price of a call by the table that was named; undefined where none was, or it does not know the model. */
  ofTable(call: Parameters<PriceLookup>[0]): Price | undefined {
    return this.#named === undefined ? undefined : this.#lookup(call);
  }

  /** Puts prices into a run's spans. What a program says that its call cost goes before every table: it was there. */
  apply(run: Run): void {
    for (const span of run.spans) this.#price(span, run.project);
  }

  #price(span: Span, project: string | undefined): void {
    const { model, provider, usage, reportedCostUsd, startUs: atUs } = span;
    delete span.costUsd;
    delete span.priceRow;
    if (reportedCostUsd !== undefined) {
      span.costUsd = reportedCostUsd;
      span.priceRow = 'reported by the source';
    } else if (model !== undefined && usage !== undefined) {
      const price = this.#lookup({
        model,
        usage,
        atUs,
        ...(provider !== undefined && { provider }),
        ...(project !== undefined && { project }),
      });
      if (price) {
        span.costUsd = price.costUsd;
        span.priceRow = price.row;
      }
    }
  }

  /** The report's `pricing`: currency, source, and for each model of the run the rates that held. */
  describe(run: Run): JsonObject {
    const models: JsonObject = Object.create(null) as JsonObject;
    const seen = new Set<string>();
    for (const { model, provider, usage, startUs: atUs } of run.spans) {
      if (model === undefined || usage === undefined || seen.has(model)) continue;
      seen.add(model);
      const wanted = { model, ...(provider !== undefined && { provider }) };
      const { price } = describeModel(this.#named?.table, wanted, { file: this.#named?.file ?? '', atUs });
      if (price === undefined) continue;
      const rates: JsonObject = {};
      for (const { of, usd, per } of price.rates) {
        const name = RATES[of];
        if (name !== undefined) rates[name] = roundUsd((usd / per) * 1000);
      }
      models[model] = { ...rates, currency: 'USD', price_row: price.row, source: price.source };
    }
    return { currency: 'USD', source: this.name, models: { ...models } };
  }
}
