import type { ModelPrice } from '@pydantic/genai-prices';
import type { TableProblem, TableRow } from './price-table.ts';
import type { Place, YamlField, YamlPlaces } from './yaml-places.ts';

/** The prices that a row may state: whose they are, and what makes them prices for a million tokens (a thousand requests). */
const RATES: ReadonlyMap<string, { key: string; times: number }> = new Map([
  ['input_per_1m', { key: 'input_mtok', times: 1 }],
  ['output_per_1m', { key: 'output_mtok', times: 1 }],
  ['cache_read_per_1m', { key: 'cache_read_mtok', times: 1 }],
  ['cache_write_per_1m', { key: 'cache_write_mtok', times: 1 }],
  ['cache_write_1h_per_1m', { key: 'cache_write_1h_mtok', times: 1 }],
  ['reasoning_per_1m', { key: 'output_reasoning_mtok', times: 1 }],
  ['request_per_1k', { key: 'requests_kcount', times: 1 }],
  ['prompt_per_1k', { key: 'input_mtok', times: 1000 }],
  ['completion_per_1k', { key: 'output_mtok', times: 1000 }],
]);
const TOKEN_RATES = [...RATES].filter(([, { key }]) => key !== 'requests_kcount').map(([field]) => field);
const OTHERS = ['currency', 'usd_per_unit', 'tiers', 'valid_from', 'valid_until', 'notes'];

/** Dearer than anything on sale by far: what is above it is a price in the wrong unit. */
const MOST_USD = 1e6;

/** The currency in which prices stand, and what one of it is in USD; no factor: unknown. */
export type Currency = { code: string; usdPerUnit: number | undefined };
export type Tell = (problem: TableProblem) => void;

type Stated = { rates: Map<string, { usd: number; field: string }>; good: boolean };

/** One row of a table. Anything wrong in it is told, and then there is no row: half a price is a wrong one. */
export function readRow(
  yaml: YamlPlaces,
  value: unknown,
  path: string,
  place: Place,
  inherited: Currency | undefined,
  tell: Tell,
): TableRow | undefined {
  const fields = yaml.fields(value);
  if (!fields) {
    tell({ ...place, field: path, message: `expected a row of prices, found ${found(yaml, value)}` });
    return undefined;
  }
  let good = true;
  const wrong: Tell = (problem) => {
    good = false;
    tell(problem);
  };
  const repeated = repeatedField(fields);
  if (repeated) wrong({ ...repeated.place, field: `${path}.${repeated.key}`, message: 'stands here twice' });
  const currency = currencyOf(yaml, fields, path, place, inherited, wrong);
  const base = ratesOf(yaml, fields, path, [...RATES.keys()], OTHERS, wrong);
  const prices: ModelPrice = {};
  const usdPerUnit = currency?.usdPerUnit;
  for (const [key, { usd }] of base.rates) prices[key] = inUsd(usd, usdPerUnit);
  addTiers(yaml, fields, path, base, usdPerUnit, prices, wrong);
  const validFrom = dayOf(yaml, fields, 'valid_from', path, wrong);
  const validUntil = dayOf(yaml, fields, 'valid_until', path, wrong);
  if (validFrom !== undefined && validUntil !== undefined && validUntil < validFrom)
    wrong({ ...place, field: path, message: `ends (${validUntil}) before it begins (${validFrom})` });
  if (good && base.rates.size === 0)
    wrong({
      ...place,
      field: path,
      message: `states no price: expected one of ${[...RATES.keys()].join(', ')}`,
    });
  if (!good || usdPerUnit === undefined) return undefined;
  return {
    prices,
    place,
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    fromUs: validFrom === undefined ? Number.NEGATIVE_INFINITY : startUs(validFrom),
    untilUs: validUntil === undefined ? Number.POSITIVE_INFINITY : startUs(validUntil) + 86_400e6,
  };
}

function repeatedField(fields: readonly YamlField[]): YamlField | undefined {
  const seen = new Set<string>();
  return fields.find(({ key }) => seen.size === seen.add(key).size);
}

/**
 * The currency of a table or row, over the one of the table around it. Tacho knows no rates of exchange: a price in another
 * currency than USD needs the table's own. Undefined where it is told what is wrong.
 */
export function currencyOf(
  yaml: YamlPlaces,
  fields: readonly YamlField[],
  path: string,
  place: Place,
  around: Currency | undefined,
  tell: Tell,
): Currency | undefined {
  const named = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const code = fields.find(({ key }) => key === 'currency');
  const unit = fields.find(({ key }) => key === 'usd_per_unit');
  if (!code && !unit) return around;
  const stated = code ? yaml.scalar(code.value) : around?.code;
  if (typeof stated !== 'string' || !/^[a-z]{3}$/i.test(stated)) {
    const message = `expected a currency like USD or EUR, found ${found(yaml, code?.value)}`;
    tell({ ...(code?.place ?? place), field: named('currency'), message });
    return undefined;
  }
  const own: Currency = { code: stated.toUpperCase(), usdPerUnit: undefined };
  const factor = unit ? yaml.scalar(unit.value) : undefined;
  if (unit && !(typeof factor === 'number' && factor > 0 && Number.isFinite(factor))) {
    const message = `expected the USD that one ${own.code} is worth, a number above 0, found ${found(yaml, unit.value)}`;
    tell({ ...unit.place, field: named('usd_per_unit'), message });
    return undefined;
  }
  if (own.code === 'USD') {
    if (unit && factor !== 1) {
      tell({ ...unit.place, field: named('usd_per_unit'), message: 'one USD is 1 USD: leave it out' });
      return undefined;
    }
    return { code: 'USD', usdPerUnit: 1 };
  }
  if (typeof factor === 'number') return { ...own, usdPerUnit: factor };
  if (around?.code === own.code && around.usdPerUnit !== undefined) return around;
  const message =
    `prices are in ${own.code}, but Tacho counts in USD and knows no rates of exchange: ` +
    `state usd_per_unit, the USD that one ${own.code} is worth`;
  tell({ ...(code?.place ?? place), field: named('currency'), message });
  return undefined;
}

/** The prices among the fields, for a million tokens each. Fields that nobody knows are mistyped prices. */
function ratesOf(
  yaml: YamlPlaces,
  fields: readonly YamlField[],
  path: string,
  known: readonly string[],
  others: readonly string[],
  tell: Tell,
): Stated {
  const rates: Stated['rates'] = new Map();
  let good = true;
  for (const { key: field, place, value } of fields) {
    if (others.includes(field)) continue;
    const wrong = (message: string): void => {
      good = false;
      tell({ ...place, field: `${path}.${field}`, message });
    };
    const rate = known.includes(field) ? RATES.get(field) : undefined;
    if (!rate) {
      wrong(`is not known: expected one of ${[...known, ...others].join(', ')}`);
      continue;
    }
    const amount = yaml.scalar(value);
    if (typeof amount !== 'number' || !(amount >= 0 && amount * rate.times <= MOST_USD)) {
      wrong(`expected a number from 0 to ${MOST_USD / rate.times}, found ${found(yaml, value)}`);
      continue;
    }
    const same = rates.get(rate.key);
    // The same field again was told as such.
    if (same?.field === field) continue;
    if (same) wrong(`says the same as ${same.field}: state one of them`);
    // A thousand times 0.00015 is not 0.15 to the last bit.
    else rates.set(rate.key, { usd: Number((amount * rate.times).toPrecision(15)), field });
  }
  return { rates, good };
}

/** Rates above sizes of the request: those that a tier does not state stay as they are below it. */
function addTiers(
  yaml: YamlPlaces,
  fields: readonly YamlField[],
  path: string,
  base: Stated,
  usdPerUnit: number | undefined,
  prices: ModelPrice,
  tell: Tell,
): void {
  const tiers = fields.find(({ key }) => key === 'tiers');
  if (!tiers) return;
  const items = yaml.items(tiers.value);
  if (!items) {
    const message = `expected a list of tiers, found ${found(yaml, tiers.value)}`;
    tell({ ...tiers.place, field: `${path}.tiers`, message });
    return;
  }
  const starts = new Set<number>();
  for (const [at, item] of items.entries()) {
    const name = `${path}.tiers[${at}]`;
    const place = yaml.placeOf(item);
    const wrong = (message: string, field = name): void => tell({ ...place, field, message });
    const parts = yaml.fields(item);
    if (!parts) {
      wrong(`expected a tier, with above_input_tokens and prices, found ${found(yaml, item)}`);
      continue;
    }
    const repeated = repeatedField(parts);
    if (repeated) tell({ ...repeated.place, field: `${name}.${repeated.key}`, message: 'stands here twice' });
    const above = parts.find(({ key }) => key === 'above_input_tokens');
    const start = above && yaml.scalar(above.value);
    if (typeof start !== 'number' || !Number.isSafeInteger(start) || start < 0) {
      const message = `expected a whole number of input tokens, found ${found(yaml, above?.value)}`;
      tell({ ...(above?.place ?? place), field: `${name}.above_input_tokens`, message });
      continue;
    }
    if (starts.has(start)) wrong(`begins above ${start} input tokens, as another tier does`);
    starts.add(start);
    const { rates, good } = ratesOf(yaml, parts, name, TOKEN_RATES, ['above_input_tokens', 'notes'], tell);
    if (good && rates.size === 0) wrong(`states no price: expected one of ${TOKEN_RATES.join(', ')}`);
    for (const [key, { usd, field }] of rates) {
      const below = prices[key];
      if (!base.rates.has(key) || below === undefined) {
        if (base.good) wrong('has no price below this tier: state it in the row as well', `${name}.${field}`);
        continue;
      }
      const tiered = typeof below === 'number' ? { base: below, tiers: [] } : below;
      tiered.tiers.push({ start, price: inUsd(usd, usdPerUnit) });
      prices[key] = tiered;
    }
  }
}

function inUsd(amount: number, usdPerUnit: number | undefined): number {
  return usdPerUnit === undefined || usdPerUnit === 1
    ? amount
    : Number((amount * usdPerUnit).toPrecision(15));
}

/** A day of the calendar, `2026-03-13`. */
export function dayOf(
  yaml: YamlPlaces,
  fields: readonly YamlField[],
  name: string,
  path: string,
  tell: Tell,
): string | undefined {
  const field = fields.find(({ key }) => key === name);
  if (!field) return undefined;
  const day = yaml.scalar(field.value);
  if (typeof day === 'string' && isDay(day)) return day;
  const message = `expected a day like 2026-03-13, found ${found(yaml, field.value)}`;
  tell({ ...field.place, field: path === '' ? name : `${path}.${name}`, message });
  return undefined;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // The 30th of February would be taken for the 2nd of March.
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

function startUs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) * 1000;
}

/** What is there in place of what was expected, shortly. */
export function found(yaml: YamlPlaces, value: unknown): string {
  if (yaml.fields(value)) return 'a mapping';
  if (yaml.items(value)) return 'a list';
  const scalar = value === undefined ? null : yaml.scalar(value);
  if (scalar === null || scalar === undefined) return 'nothing';
  return typeof scalar === 'string' ? `the text "${scalar.slice(0, 40)}"` : String(scalar);
}
