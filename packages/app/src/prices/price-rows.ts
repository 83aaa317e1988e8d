import type { ConditionalPrice, ModelPrice } from '@pydantic/genai-prices';
import { allInputTokens, type Usage } from '@tacho/trace/model/usage';

/** The prices of a model from a day on, or within a time of the day. */
export type PriceRow = {
  prices: ModelPrice;
  /** `2026-03-13`, for prices that hold from a day on. */
  startDate?: string;
  holds(atUs: number): boolean;
};

const DAY_US = 86_400e6;

/** `04:30:00Z`, `04:30:00+01:00` → µs of the UTC day. */
function timeOfDayUs(text: string): number {
  const ms = Date.parse(`1970-01-02T${text}`);
  return (((ms * 1000) % DAY_US) + DAY_US) % DAY_US;
}

function rowOf({ constraint, prices }: ConditionalPrice): PriceRow {
  if (constraint === undefined) return { prices, holds: () => true };
  if (constraint.type === 'start_date') {
    const startUs = Date.parse(`${constraint.start_date}T00:00:00Z`) * 1000;
    return { prices, startDate: constraint.start_date, holds: (atUs) => atUs >= startUs };
  }
  const from = timeOfDayUs(constraint.start_time);
  const to = timeOfDayUs(constraint.end_time);
  const holds = (atUs: number): boolean => {
    const at = ((atUs % DAY_US) + DAY_US) % DAY_US;
    return to < from ? at >= from || at < to : at >= from && at < to;
  };
  return { prices, holds };
}

/** The rows of a model, the one that wins first: later rows of the table go before earlier ones. */
export function rowsOf(prices: ConditionalPrice[] | ModelPrice): PriceRow[] {
  if (!Array.isArray(prices)) return [{ prices, holds: () => true }];
  const rows = prices.map(rowOf);
  // Before the first date the oldest prices hold.
  return [...rows.toReversed(), { ...rows[0]!, holds: () => true }];
}

type PriceKey =
  | 'input'
  | 'output'
  | 'cache_read'
  | 'cache_write'
  | 'cache_write_5m'
  | 'cache_write_1h'
  | 'output_reasoning';

/** USD for a million tokens. A tier is all or nothing: above its start every token of the request costs its price. */
function rateOf(prices: ModelPrice, key: PriceKey, inputTokens: number): number | undefined {
  const value = prices[`${key}_mtok`];
  if (value === undefined || typeof value === 'number') return value;
  let rate = value.base;
  for (const tier of value.tiers.toSorted((a, b) => a.start - b.start))
    if (inputTokens > tier.start) rate = tier.price;
  return rate;
}

/** Input tokens above which the price that applies begins; undefined at the base price. */
export function tierOf(prices: ModelPrice, usage: Usage): number | undefined {
  const inputTokens = allInputTokens(usage);
  let start: number | undefined;
  for (const value of Object.values(prices)) {
    if (value === undefined || typeof value === 'number') continue;
    for (const tier of value.tiers) if (inputTokens > tier.start) start = Math.max(start ?? 0, tier.start);
  }
  return start;
}

/** What one kind of token of a request costs. */
export type CostLine = {
  of: Exclude<keyof Usage, 'otherTokens'>;
  amount: number;
  /** USD for a million tokens, or for a thousand requests; undefined: the row has no price for them. */
  rateUsd: number | undefined;
  /** Why this rate, where the row does not state it. */
  assumed?: string;
};

const AS_INPUT = 'the row has no price of their own: as uncached input';

/** The kinds of token, and the requests, that a request used, each with its rate. */
export function costLines(prices: ModelPrice, usage: Usage): CostLine[] {
  const inputTokens = allInputTokens(usage);
  const rate = (key: PriceKey): number | undefined => rateOf(prices, key, inputTokens);
  const input = rate('input');
  const output = rate('output');
  const write = rate('cache_write_5m') ?? rate('cache_write');
  const twice = write === undefined || input === undefined ? undefined : 2 * input;
  const lines: CostLine[] = [
    { of: 'inputTokens', amount: usage.inputTokens, rateUsd: input },
    // Without an own price a cached token costs what an uncached one does: never too little.
    stated('cacheReadTokens', usage, rate('cache_read'), input, AS_INPUT),
    stated('cacheWriteTokens', usage, write, input, AS_INPUT),
    // Anthropic's rule, where the table has no row for it: an hour costs twice the input price, five minutes 1.25 times.
    stated(
      'cacheWrite1hTokens',
      usage,
      rate('cache_write_1h'),
      twice ?? input,
      twice === undefined ? AS_INPUT : 'the row has no price for an hour: twice uncached input',
    ),
    { of: 'outputTokens', amount: usage.outputTokens, rateUsd: output },
    stated('reasoningTokens', usage, rate('output_reasoning'), output, 'billed as output'),
  ];
  const perThousand = prices.requests_kcount;
  if (typeof perThousand === 'number')
    lines.push({ of: 'requests', amount: usage.requests, rateUsd: perThousand });
  return lines.filter(({ amount }) => amount !== 0);
}

function stated(
  of: CostLine['of'],
  usage: Usage,
  own: number | undefined,
  other: number | undefined,
  assumed: string,
): CostLine {
  const amount = usage[of];
  if (own !== undefined || other === undefined) return { of, amount, rateUsd: own };
  return { of, amount, rateUsd: other, assumed };
}

/** Units that a rate is for. */
export function unitOf({ of }: Pick<CostLine, 'of'>): number {
  return of === 'requests' ? 1_000 : 1_000_000;
}

/** What a request costs in USD; undefined where a kind of token that it used has no price. */
export function costOf(prices: ModelPrice, usage: Usage): number | undefined {
  // In millionths of a USD until the end: table prices are whole or short decimals there.
  let micros = 0;
  let requests = 0;
  for (const line of costLines(prices, usage)) {
    if (line.rateUsd === undefined) return undefined;
    if (line.of === 'requests') requests = (line.amount * line.rateUsd) / 1000;
    else micros += line.amount * line.rateUsd;
  }
  return micros / 1e6 + requests;
}
