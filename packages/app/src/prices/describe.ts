import type { Usage } from '@tacho/trace/model/usage';
import { type FoundRow, findRows, type Wanted } from './find-rows.ts';
import { findProvider, libraryName } from './library.ts';
import { type CostLine, costLines, costOf, tierOf, unitOf } from './price-rows.ts';
import type { PriceTable } from './price-table.ts';

/** A rate of a row: at the base, and above sizes of the request. */
export type DescribedRate = {
  of: CostLine['of'];
  usd: number;
  /** Tokens, or requests, that it is for. */
  per: number;
  above: { inputTokens: number; usd: number }[];
};

/** A row of prices with where it stands. */
export type DescribedRow = {
  /** As it stands at the calls that it priced. */
  row: string;
  /** The file of the table, or the library with its version. */
  source: string;
  line?: number;
  project?: string;
  isDefault?: true;
  validFrom?: string;
  validUntil?: string;
  rates: DescribedRate[];
};

export type DescribedCost = {
  lines: (CostLine & { per: number; costUsd: number | null })[];
  /** Input tokens above which the rates that were applied begin. */
  tierAbove?: number;
  /** Null: the row has no price for a kind of token that was used. */
  costUsd: number | null;
};

/** What is known of a model's price. */
export type DescribedModel = {
  model: string;
  provider?: string;
  project?: string;
  atUs: number;
  /** The row that holds on the day; absent: the price is unknown. */
  price?: DescribedRow;
  /** Rows that would hold on other days, or if the one above were not there, the first in precedence first. */
  others: DescribedRow[];
  cost?: DescribedCost;
};

const RATES: readonly [key: string, of: CostLine['of']][] = [
  ['input_mtok', 'inputTokens'],
  ['cache_read_mtok', 'cacheReadTokens'],
  ['cache_write_mtok', 'cacheWriteTokens'],
  ['cache_write_5m_mtok', 'cacheWriteTokens'],
  ['cache_write_1h_mtok', 'cacheWrite1hTokens'],
  ['output_mtok', 'outputTokens'],
  ['output_reasoning_mtok', 'reasoningTokens'],
  ['requests_kcount', 'requests'],
];

/** Describes the price of a model on a day, and computes what was used, where something was. */
export function describeModel(
  table: PriceTable | undefined,
  wanted: Wanted,
  { file, atUs, usage }: { file: string; atUs: number; usage?: Usage },
): DescribedModel {
  const rows = findRows(table, wanted);
  const row = rows.find(({ holds }) => holds(atUs));
  const others = rows.filter(
    (other, at) => other !== row && rows.findIndex(({ label }) => label === other.label) === at,
  );
  return {
    ...wanted,
    atUs,
    ...(row && { price: described(row, file) }),
    others: others.filter(({ label }) => label !== row?.label).map((other) => described(other, file)),
    ...(row && usage && { cost: costFor(row, usage) }),
  };
}

function described(found: FoundRow, file: string): DescribedRow {
  const { prices, label, origin, startDate, validUntil } = found;
  const rates = RATES.flatMap(([key, of]): DescribedRate[] => {
    const value = prices[key];
    if (value === undefined || (key === 'cache_write_mtok' && prices.cache_write_5m_mtok !== undefined))
      return [];
    const per = unitOf({ of });
    if (typeof value === 'number') return [{ of, usd: value, per, above: [] }];
    const tiers = value.tiers.toSorted((a, b) => a.start - b.start);
    const above = tiers.map(({ start, price }) => ({ inputTokens: start, usd: price }));
    return [{ of, usd: value.base, per, above }];
  });
  const table = origin.of === 'table';
  return {
    row: label,
    source: table ? file : libraryName(),
    ...(table && { line: origin.place.line }),
    ...(table && origin.project !== undefined && { project: origin.project }),
    ...(table && origin.isDefault && { isDefault: true as const }),
    ...(startDate !== undefined && { validFrom: startDate }),
    ...(validUntil !== undefined && { validUntil }),
    rates,
  };
}

function costFor({ prices }: FoundRow, usage: Usage): DescribedCost {
  const lines = costLines(prices, usage).map((line) => {
    const per = unitOf(line);
    return { ...line, per, costUsd: line.rateUsd === undefined ? null : (line.amount * line.rateUsd) / per };
  });
  const tierAbove = tierOf(prices, usage);
  return { lines, costUsd: costOf(prices, usage) ?? null, ...(tierAbove !== undefined && { tierAbove }) };
}

/** Price lists of the library, the makers of models first. */
const LISTS =
  'anthropic openai google mistral x-ai deepseek cohere moonshotai minimax zai groq aws azure together fireworks cerebras openrouter';

/** Names under which a price is known: those of the table, and those of the library as `provider/model`. */
export function pricedNames(table: PriceTable | undefined, project: string | undefined): string[] {
  const own = project === undefined ? undefined : table?.projects.get(project);
  const names = [own, table].flatMap((section) =>
    [...(section?.models.values() ?? [])].map(({ name }) => name),
  );
  const library = LISTS.split(' ').flatMap(
    (id) => findProvider({ providerId: id })?.models.map((model) => `${id}/${model.id}`) ?? [],
  );
  return [...new Set([...names, ...library])];
}
