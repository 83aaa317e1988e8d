import { existsSync, readFileSync } from 'node:fs';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { emptyUsage, type Usage } from '@tacho/trace/model/usage';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPrices } from './lookup.ts';

const price = defaultPrices();
const day = (date: string): number => Date.parse(`${date}T12:00:00Z`) * 1000;
const NOW = day('2026-08-01');

function cost(
  model: string,
  usage: Partial<Usage>,
  more: { provider?: string; atUs?: number } = {},
): number | undefined {
  const found = price({ model, usage: { ...emptyUsage(), ...usage }, atUs: NOW, ...more });
  return found?.costUsd;
}

test.each([
  ['gpt-5', { inputTokens: 1000, outputTokens: 100 }, 0.00225],
  ['gpt-5', { inputTokens: 20_000, cacheReadTokens: 80_000, outputTokens: 2000 }, 0.055],
  [
    'gpt-5',
    { inputTokens: 20_000, cacheReadTokens: 80_000, outputTokens: 500, reasoningTokens: 1500 },
    0.055,
  ],
  [
    'claude-sonnet-4-5',
    { inputTokens: 1000, cacheReadTokens: 90_000, cacheWriteTokens: 10_000, outputTokens: 2000 },
    0.0975,
  ],
  [
    'claude-sonnet-4-5',
    { inputTokens: 1000, cacheReadTokens: 90_000, cacheWrite1hTokens: 10_000, outputTokens: 2000 },
    0.12,
  ],
  [
    'claude-sonnet-4-5',
    { inputTokens: 1000, cacheReadTokens: 190_000, cacheWriteTokens: 10_000, outputTokens: 2000 },
    0.24,
  ],
  ['claude-sonnet-4-5', { inputTokens: 200_000, outputTokens: 1000 }, 0.615],
  ['claude-sonnet-4-5', { inputTokens: 200_001, outputTokens: 1000 }, 1.222506],
  ['gemini-2.5-pro', { inputTokens: 250_000, outputTokens: 1000 }, 0.64],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', { inputTokens: 10, outputTokens: 10 }, 0.000198],
])('%s %o costs %d', (model, usage, wanted) => {
  expect(cost(model, usage)).toBeCloseTo(wanted, 10);
});

test('prices are those of the day of the call', () => {
  const usage = { inputTokens: 250_000, outputTokens: 1000 };
  expect(cost('claude-opus-4-6', usage, { atUs: day('2026-03-01') })).toBeCloseTo(2.5375, 10);
  expect(cost('claude-opus-4-6', usage, { atUs: day('2026-04-01') })).toBeCloseTo(1.275, 10);
  const at = (atUs: number): string | undefined =>
    price({ model: 'claude-opus-4-6', usage: { ...emptyUsage(), ...usage }, atUs })?.row;
  expect(at(day('2026-03-12'))).toBe('anthropic/claude-opus-4-6 over 200000 tokens');
  expect(at(Date.parse('2026-03-13T00:00:00Z') * 1000)).toBe('anthropic/claude-opus-4-6 @ 2026-03-13');
});

test('G3: cached input of a router is inside its total, and costs its own price', () => {
  const usage = { inputTokens: 86, cacheReadTokens: 17_817 };
  expect(cost('anthropic/claude-sonnet-4.6', usage, { provider: 'openrouter' })).toBeCloseTo(0.0056031, 10);
});

test('G5: thoughts of Gemini are billed as output', () => {
  const usage = { inputTokens: 324, outputTokens: 1364, reasoningTokens: 495 };
  expect(cost('gemini-3-pro-preview', usage)).toBeCloseTo(0.022956, 10);
});

test('G6: cached tokens count for the tier, and the tier holds for every token', () => {
  const usage = { ...emptyUsage(), inputTokens: 270_540, cacheReadTokens: 7_936 };
  const found = price({ model: 'gpt-5.5', usage, atUs: NOW });
  // $10 a million input and $1 a million cached, in place of 5 and 0.5.
  expect(found?.costUsd).toBeCloseTo(2.7054 + 0.007936, 10);
  expect(found?.row).toBe('openai/gpt-5.5 over 271999 tokens');
});

test('G7: 300 000 input tokens over a tier at 200 000 cost its price, all of them', () => {
  expect(cost('claude-sonnet-4-5', { inputTokens: 300_000 })).toBeCloseTo(1.8, 10);
});

test('G12: gpt-5.3-instant is not gpt-5, nor is any other name that only looks like a known one', () => {
  for (const name of [
    'gpt-5.3-instant',
    'gpt-5-foo',
    'o1-zzz',
    'qwen-distill-o1',
    'claude-sonnet-4-5-turbo',
    'claude-sonnet-5-5',
  ])
    expect(cost(name, { inputTokens: 10 }), name).toBeUndefined();
});

test('G22: what the table does not have is unknown', () => {
  for (const name of ['my-model', '<synthetic>', '', 'llama3.2:latest', 'arn:aws:bedrock:us-east-1:1:x/y'])
    expect(cost(name, { inputTokens: 10 }), name).toBeUndefined();
  expect(cost('claude-sonnet-4-5', { inputTokens: 10 }, { provider: 'ollama' })).toBeUndefined();
  expect(cost('claude-sonnet-4-5', { inputTokens: 10, otherTokens: 1 })).toBeUndefined();
});

test('a name is known with its prefixes, dates and versions, and the prefix decides whose price it is', () => {
  const row = (model: string, provider?: string): string | undefined =>
    price({
      model,
      usage: { ...emptyUsage(), inputTokens: 10 },
      atUs: NOW,
      ...(provider !== undefined && { provider }),
    })?.row;
  const names: [string, string][] = [
    ['claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
    ['anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'anthropic/claude-sonnet-4-5'],
    ['Claude-Sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['claude-3-5-sonnet-latest', 'anthropic/claude-3-5-sonnet'],
    ['claude-3.5-sonnet-20241022', 'anthropic/claude-3-5-sonnet'],
    ['vertex_ai/claude-sonnet-4-5@20250929', 'google/claude-sonnet-4-5'],
    ['openrouter/anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5'],
    [
      'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'aws/regional.anthropic.claude-haiku-4-5-20251001-v1:0',
    ],
    ['openai/gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['gpt-5-2025-08-07', 'openai/gpt-5'],
    ['litellm_proxy/gpt-5', 'openai/gpt-5'],
    ['azure/gpt-5', 'openai/gpt-5'],
    ['models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['ft:gpt-4o-mini-2024-07-18:acme::a1', 'openai/ft:gpt-4o-mini'],
  ];
  for (const [name, wanted] of names) expect(row(name)?.replace(/ (@|over).*/, ''), name).toBe(wanted);
  expect(row('anthropic/claude-sonnet-4.5', 'openrouter')).toBe('openrouter/anthropic/claude-sonnet-4.5');
  expect(row('claude-sonnet-4-5', 'anthropic')).toBe('anthropic/claude-sonnet-4-5');
  expect(row('gpt-5', 'azure.ai.openai')).toBe('openai/gpt-5');
});

test('agrees with the table’s own library, whatever was used', () => {
  const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400_000 }));
  const models = ['anthropic', 'openai', 'google', 'x-ai', 'deepseek', 'mistral', 'aws', 'groq'].flatMap(
    (id) => {
      const provider = findProvider({ providerId: id })!;
      return provider.models.filter(isForText).map((model) => [id, model.id] as const);
    },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.tuple(count, count, count, count),
      fc.nat(1000),
      ([provider, model], [u, r, w, o], days) => {
        const atUs = NOW - days * 86_400e6;
        const library = calcPrice(
          {
            input_tokens: u + r + w,
            cache_read_tokens: r,
            cache_write_tokens: w,
            output_tokens: o,
          },
          model,
          { providerId: provider, timestamp: new Date(atUs / 1000) },
        );
        const usage = {
          inputTokens: u,
          cacheReadTokens: r,
          cacheWriteTokens: w,
          outputTokens: o,
          requests: 1,
        };
        const own = cost(model, usage, { provider, atUs });
        // The table's rules may find another model by an id than the model of that id.
        if (own === undefined || library?.model.id !== model) return;
        expect(own).toBeCloseTo(library.total_price, 9);
      },
    ),
    { numRuns: 2000 },
  );
});

function isForText(model: { prices: unknown }): boolean {
  const text = JSON.stringify(model.prices);
  return text.includes('"input_mtok"') && text.includes('"output_mtok"') && !text.includes('reasoning');
}

const corpus = process.env.TACHO_CORPUS ?? new URL('../../../../../shared/samples', import.meta.url).pathname;
const oracles = `${corpus}/oracles-claude-code.json`;
if (!existsSync(oracles))
  console.log('No samples: set TACHO_CORPUS to check prices against what Claude Code reported.');

describe.skipIf(!existsSync(oracles))('what Claude Code reported', () => {
  type Reported = {
    inputTokens: number;
    outputTokens: number;
    cacheReadInputTokens: number;
    cacheCreationInputTokens: number;
    costUSD: number;
  };
  test('usage times price gives its cost to six decimals', () => {
    let checked = 0;
    for (const run of Object.values(
      JSON.parse(readFileSync(oracles, 'utf8')) as Record<
        string,
        { modelUsage?: Record<string, Reported> | null }
      >,
    )) {
      for (const [model, used] of Object.entries(run.modelUsage ?? {})) {
        // The tool's own table has Sonnet 5 at another price than the library's.
        if (!/^claude-(sonnet-4-6|haiku-4-5)/.test(model)) continue;
        const own = cost(model, {
          inputTokens: used.inputTokens,
          cacheReadTokens: used.cacheReadInputTokens,
          cacheWriteTokens: used.cacheCreationInputTokens,
          outputTokens: used.outputTokens,
        });
        expect(own, model).toBeCloseTo(used.costUSD, 6);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(5);
  });
});
