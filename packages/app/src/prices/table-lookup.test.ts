import { readFileSync } from 'node:fs';
import type { PricedCall } from '@tacho/trace/model/price';
import { emptyUsage, type Usage } from '@tacho/trace/model/usage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pricesOf } from './lookup.ts';
import { readTable } from './read-table.ts';

const day = (date: string): number => Date.parse(`${date}T12:00:00Z`) * 1000;

type More = Partial<Omit<PricedCall, 'usage' | 'model'>>;

function priced(table: string, model: string, usage: Partial<Usage>, more: More = {}) {
  const read = readTable(table, 'prices.yaml');
  expect(read.problems).toEqual([]);
  return pricesOf(read)({ model, usage: { ...emptyUsage(), ...usage }, atUs: day('2026-08-01'), ...more });
}

test('G3, G5: cached input and thoughts at the prices of a row', () => {
  const router =
    'models:\n  anthropic/claude-x: {input_per_1m: 3, output_per_1m: 15, cache_read_per_1m: 0.3}\n';
  const cached = priced(router, 'anthropic/claude-x', { inputTokens: 86, cacheReadTokens: 17_817 });
  expect(cached?.costUsd).toBeCloseTo(0.0056031, 10);
  const gemini = 'models:\n  gemini-x: {input_per_1m: 2, output_per_1m: 12}\n';
  const thoughts = priced(gemini, 'gemini-x', { inputTokens: 324, outputTokens: 1364, reasoningTokens: 495 });
  expect(thoughts?.costUsd).toBeCloseTo(0.022956, 10);
});

test('G6: cached tokens count for the tier, and the tier holds for every token', () => {
  const table = `models:
  long:
    {input_per_1m: 5, output_per_1m: 30, cache_read_per_1m: 0.5,
     tiers: [{above_input_tokens: 272000, input_per_1m: 10, cache_read_per_1m: 1}]}
`;
  const found = priced(table, 'long', { inputTokens: 270_540, cacheReadTokens: 7_936 });
  expect(found?.costUsd).toBeCloseTo(2.7054 + 0.007936, 10);
  expect(found?.row).toBe('prices.yaml: long over 272000 tokens');
});

test('G7: 300 000 input tokens over a tier at 200 000 cost its price, all of them; 200 000 are not over it', () => {
  const table = 'models:\n  m: {input_per_1m: 3, tiers: [{above_input_tokens: 200000, input_per_1m: 6}]}\n';
  expect(priced(table, 'm', { inputTokens: 300_000 })?.costUsd).toBeCloseTo(1.8, 10);
  expect(priced(table, 'm', { inputTokens: 200_000 })).toEqual({ costUsd: 0.6, row: 'prices.yaml: m' });
});

test('G12: a row is of its own model, not of one that is called alike', () => {
  const table = 'models:\n  gpt-5: {input_per_1m: 1}\n  o1: {input_per_1m: 1}\n';
  for (const name of ['gpt-5.3-instant', 'gpt-5-mini', 'gpt-50', 'qwen-o1', 'o1-zzz', 'my-gpt-5'])
    expect(priced(table, name, { inputTokens: 10 })?.row ?? '', name).not.toContain('prices.yaml');
});

test('G22: an unknown model has no price, unless the table states a default, which the row then says', () => {
  const table = 'updated_at: 2025-11-22\nmodels:\n  a: {input_per_1m: 1}\n';
  expect(priced(table, 'my-model', { inputTokens: 10 })).toBeUndefined();
  const other = `${table}default: {input_per_1m: 2}\n`;
  expect(priced(other, 'my-model', { inputTokens: 1e6 })).toEqual({
    costUsd: 2,
    row: 'prices.yaml of 2025-11-22: default',
  });
  // No model answered there, and what the library knows is not unknown.
  for (const name of ['<synthetic>', '', ' '])
    expect(priced(other, name, { inputTokens: 10 })).toBeUndefined();
  expect(priced(other, 'gpt-5', { inputTokens: 10 })?.row).toBe('openai/gpt-5');
});

test('a default is not for a model that has a row of another day', () => {
  const table = 'models:\n  mine: {input_per_1m: 1, valid_from: 2026-09-01}\ndefault: {input_per_1m: 2}\n';
  expect(priced(table, 'mine', { inputTokens: 10 })).toBeUndefined();
});

test('a row of the project, of the table, of the library, the project’s default, the table’s: in this order', () => {
  const table = `
models:
  gpt-5: {input_per_1m: 20}
  shared: {input_per_1m: 21}
default: {input_per_1m: 22}
projects:
  alpha:
    models:
      gpt-5: {input_per_1m: 30}
    default: {input_per_1m: 31}
  beta:
    models:
      other: {input_per_1m: 40}
`;
  const row = (model: string, project?: string): string | undefined =>
    priced(table, model, { inputTokens: 10 }, project === undefined ? {} : { project })?.row;
  expect(row('gpt-5', 'alpha')).toBe('prices.yaml: project alpha, gpt-5');
  expect(row('gpt-5', 'beta')).toBe('prices.yaml: gpt-5');
  expect(row('gpt-5', 'gamma')).toBe('prices.yaml: gpt-5');
  expect(row('gpt-5')).toBe('prices.yaml: gpt-5');
  expect(row('shared', 'alpha')).toBe('prices.yaml: shared');
  expect(row('claude-haiku-4-5', 'alpha')).toBe('anthropic/claude-haiku-4-5');
  expect(row('mine', 'alpha')).toBe('prices.yaml: project alpha, default');
  expect(row('mine', 'beta')).toBe('prices.yaml: default');
  expect(row('mine')).toBe('prices.yaml: default');
});

test('a row holds on its days; on others the library’s price does', () => {
  const table = `models:
  gpt-5:
    - {input_per_1m: 1, valid_from: 2026-01-01, valid_until: 2026-03-12}
    - {input_per_1m: 2, valid_from: 2026-04-01}
`;
  const at = (moment: string): string | undefined =>
    priced(table, 'gpt-5', { inputTokens: 10 }, { atUs: Date.parse(moment) * 1000 })?.row;
  expect(at('2025-12-31T23:59:59Z')).toBe('openai/gpt-5');
  expect(at('2026-01-01T00:00:00Z')).toBe('prices.yaml: gpt-5 @ 2026-01-01');
  expect(at('2026-03-12T23:59:59Z')).toBe('prices.yaml: gpt-5 @ 2026-01-01');
  expect(at('2026-03-13T00:00:00Z')).toBe('openai/gpt-5');
  expect(at('2026-04-01T00:00:00Z')).toBe('prices.yaml: gpt-5 @ 2026-04-01');
});

test('a model is known with prefixes, dates and versions; a row for a provider is for that one alone', () => {
  const table = `models:
  claude-sonnet-4.5: {input_per_1m: 1}
  openrouter/gpt-4o: {input_per_1m: 2}
  "llama3:8b": {input_per_1m: 0}
`;
  const row = (model: string, provider?: string): string | undefined =>
    priced(table, model, { inputTokens: 10 }, provider === undefined ? {} : { provider })?.row;
  for (const name of [
    'Claude-Sonnet-4-5',
    'claude-sonnet-4-5-20250929',
    'openrouter/anthropic/claude-sonnet-4.5',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'claude-sonnet-4-5[1m]',
  ])
    expect(row(name), name).toBe('prices.yaml: claude-sonnet-4.5');
  expect(row('gpt-4o', 'openrouter')).toBe('prices.yaml: openrouter/gpt-4o');
  expect(row('gpt-4o', 'openai')).toBe('openai/gpt-4o');
  // A machine of one's own has no price list, and a price of 0 is a price.
  expect(priced(table, 'llama3:8b', { inputTokens: 10 }, { provider: 'ollama' })).toEqual({
    costUsd: 0,
    row: 'prices.yaml: llama3:8b',
  });
});

test('a row without a price for what was used leaves the cost unknown: the library’s is not mixed in', () => {
  const table = 'models:\n  gpt-5: {input_per_1m: 1}\n';
  expect(priced(table, 'gpt-5', { inputTokens: 10, outputTokens: 1 })).toBeUndefined();
  expect(priced(table, 'gpt-5', { inputTokens: 10, otherTokens: 1 })).toBeUndefined();
});

test('the price of a call is the sum of its kinds of token, at one tier', () => {
  const count = fc.integer({ min: 0, max: 300_000 });
  const rate = fc.integer({ min: 0, max: 5000 }).map((cents) => cents / 100);
  const rates = fc.tuple(rate, rate, rate, rate, rate, rate);
  fc.assert(
    fc.property(rates, rates, fc.tuple(count, count, count, count, count, count), (base, above, used) => {
      const names = ['input', 'cache_read', 'cache_write', 'cache_write_1h', 'output', 'reasoning'];
      const row = (list: number[]): object =>
        Object.fromEntries(names.map((name, at) => [`${name}_per_1m`, list[at]]));
      const tiers = [{ above_input_tokens: 200_000, ...row(above) }];
      const table = JSON.stringify({ models: { m: { ...row(base), request_per_1k: 2, tiers } } });
      const [
        inputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        cacheWrite1hTokens,
        outputTokens,
        reasoningTokens,
      ] = used;
      const usage = {
        inputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        cacheWrite1hTokens,
        outputTokens,
        reasoningTokens,
        requests: 1,
      };
      const long = inputTokens + cacheReadTokens + cacheWriteTokens + cacheWrite1hTokens > 200_000;
      const wanted = used.reduce(
        (sum, tokens, at) => sum + (tokens * (long ? above : base)[at]!) / 1e6,
        0.002,
      );
      expect(priced(table, 'm', usage)?.costUsd).toBeCloseTo(wanted, 9);
    }),
  );
});

test('what docs/prices.md shows is true', () => {
  const page = readFileSync(new URL('../../../../docs/prices.md', import.meta.url), 'utf8');
  const table = /```yaml\n([^`]*)```/.exec(page)![1]!;
  const row = (model: string, usage: Partial<Usage>, more: More = {}) => priced(table, model, usage, more);
  expect(row('gpt-4.1-mini', { inputTokens: 1000, outputTokens: 1000 })?.costUsd).toBeCloseTo(0.002, 10);
  expect(row('big-context', { inputTokens: 300_000 })).toEqual({
    costUsd: 1.8,
    row: 'prices.yaml of 2026-04-01: big-context over 200000 tokens',
  });
  expect(row('our-model', { inputTokens: 1e6 })).toEqual({
    costUsd: 1,
    row: 'prices.yaml of 2026-04-01: our-model @ 2026-03-13',
  });
  expect(row('our-model', { inputTokens: 1e6 }, { atUs: day('2026-03-12') })?.costUsd).toBe(2);
  expect(row('our-model', { inputTokens: 1e6 }, { project: 'research' })?.costUsd).toBe(0.5);
  expect(row('stranger', { inputTokens: 1e6 }, { project: 'research' })?.costUsd).toBe(1);
  expect(row('stranger', { inputTokens: 1e6 })).toBeUndefined();
  expect(row('gpt-4o', { inputTokens: 1e6 }, { provider: 'openrouter' })?.costUsd).toBe(2.6);
  expect(row('from-europe', { inputTokens: 1e6 })?.costUsd).toBe(11);
  expect(row('llama3:8b', { inputTokens: 1e6 })?.costUsd).toBe(0);
});
