import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PriceTable, problemText } from './price-table.ts';
import { readTable } from './read-table.ts';

const read = (text: string): PriceTable => readTable(text, 'prices.yaml');
const problems = (text: string): string[] => {
  const table = read(text);
  return table.problems.map((problem) => problemText(problem, table.name));
};
const row = (text: string): unknown => {
  const table = read(`models:\n  m: ${text}\n`);
  expect(table.problems).toEqual([]);
  return table.models.get('m')?.rows[0]?.prices;
};

/** The table of the fourth seed, as it stands in its repository. */
const SEED = `currency: USD
updated_at: 2025-11-22
models:
  gpt-4.1: { prompt_per_1k: 0.005, completion_per_1k: 0.015, currency: USD }
  gpt-4.1-mini: { prompt_per_1k: 0.00015, completion_per_1k: 0.0006, currency: USD }
  gpt-4o: { prompt_per_1k: 0.0005, completion_per_1k: 0.0015, currency: USD }
  gpt-4o-mini: { prompt_per_1k: 0.00005, completion_per_1k: 0.00015, currency: USD }
default: { prompt_per_1k: 0.002, completion_per_1k: 0.004, currency: USD }
`;

test('the table of the seed is read as it stands', () => {
  const table = read(SEED);
  expect(table).toMatchObject({ updatedAt: '2025-11-22', rows: 5, problems: [] });
  expect(table.models.get('gpt-4.1-mini')?.rows).toMatchObject([
    { prices: { input_mtok: 0.15, output_mtok: 0.6 }, place: { line: 5, column: 3 } },
  ]);
  expect(table.default).toMatchObject([{ prices: { input_mtok: 2, output_mtok: 4 } }]);
});

test('prices for a million tokens, for requests, and for tiers', () => {
  expect(
    row(
      '{input_per_1m: 3, output_per_1m: 15, cache_read_per_1m: 0.3, cache_write_per_1m: 3.75, cache_write_1h_per_1m: 6, ' +
        'reasoning_per_1m: 20, request_per_1k: 5}',
    ),
  ).toEqual({
    input_mtok: 3,
    output_mtok: 15,
    cache_read_mtok: 0.3,
    cache_write_mtok: 3.75,
    cache_write_1h_mtok: 6,
    output_reasoning_mtok: 20,
    requests_kcount: 5,
  });
  expect(
    row(
      '{input_per_1m: 3, output_per_1m: 15, tiers: [{above_input_tokens: 200000, input_per_1m: 6}, {above_input_tokens: 1000000, input_per_1m: 9, output_per_1m: 30}]}',
    ),
  ).toEqual({
    input_mtok: {
      base: 3,
      tiers: [
        { start: 200_000, price: 6 },
        { start: 1_000_000, price: 9 },
      ],
    },
    output_mtok: { base: 15, tiers: [{ start: 1_000_000, price: 30 }] },
  });
});

test('another currency is refused with the reason, unless the table says what it is worth', () => {
  const eur = 'models:\n  a: {input_per_1m: 2}\n  b: {input_per_1m: 2, currency: USD}\n';
  expect(problems(`currency: EUR\n${eur}`)).toEqual([
    'prices.yaml:1:1: currency: prices are in EUR, but Tacho counts in USD and knows no rates of exchange: ' +
      'state usd_per_unit, the USD that one EUR is worth',
  ]);
  expect([...read(`currency: EUR\n${eur}`).models.keys()]).toEqual(['b']);
  const worth = read(`currency: eur\nusd_per_unit: 1.1\n${eur}`);
  expect(worth.problems).toEqual([]);
  expect(worth.models.get('a')?.rows[0]?.prices).toEqual({ input_mtok: 2.2 });
  expect(worth.models.get('b')?.rows[0]?.prices).toEqual({ input_mtok: 2 });
  expect(problems('models:\n  a: {input_per_1m: 2, currency: JPY}\n')).toMatchObject(
    [/^prices\.yaml:2:\d+: models\.a\.currency: prices are in JPY/].map((pattern) =>
      expect.stringMatching(pattern),
    ),
  );
  expect(row('{input_per_1m: 100, currency: JPY, usd_per_unit: 0.01}')).toEqual({ input_mtok: 1 });
});

test.each([
  ['{input_per_1m: "3"}', 'models.bad.input_per_1m: expected a number from 0 to 1000000, found the text "3"'],
  ['{input_per_1m: -1}', 'models.bad.input_per_1m: expected a number from 0 to 1000000, found -1'],
  ['{input_per_1m: .nan}', 'models.bad.input_per_1m: expected a number from 0 to 1000000, found NaN'],
  ['{input_per_1m: }', 'models.bad.input_per_1m: expected a number from 0 to 1000000, found nothing'],
  ['{prompt_per_1k: 2500}', 'models.bad.prompt_per_1k: expected a number from 0 to 1000, found 2500'],
  ['{ouput_per_1m: 1}', 'models.bad.ouput_per_1m: is not known: expected one of input_per_1m,'],
  [
    '{input_per_1m: 1, prompt_per_1k: 1}',
    'models.bad.prompt_per_1k: says the same as input_per_1m: state one of them',
  ],
  ['{input_per_1m: 1, input_per_1m: 2}', 'models.bad.input_per_1m: stands here twice'],
  ['{}', 'models.bad: states no price: expected one of input_per_1m,'],
  ['[]', ''],
  ['3', 'models.bad: expected a row of prices, found 3'],
  [
    '{input_per_1m: 1, currency: dollars}',
    'models.bad.currency: expected a currency like USD or EUR, found the text "dollars"',
  ],
  ['{input_per_1m: 1, usd_per_unit: 2}', 'models.bad.usd_per_unit: one USD is 1 USD: leave it out'],
  [
    '{input_per_1m: 1, valid_from: 2026-02-30}',
    'models.bad.valid_from: expected a day like 2026-03-13, found the text "2026-02-30"',
  ],
  [
    '{input_per_1m: 1, valid_from: 2026-02-03, valid_until: 2026-02-01}',
    'models.bad: ends (2026-02-01) before it begins (2026-02-03)',
  ],
  ['{input_per_1m: 1, tiers: 5}', 'models.bad.tiers: expected a list of tiers, found 5'],
  [
    '{input_per_1m: 1, tiers: [{input_per_1m: 2}]}',
    'models.bad.tiers[0].above_input_tokens: expected a whole number of input tokens, found nothing',
  ],
  [
    '{input_per_1m: 1, tiers: [{above_input_tokens: 9}]}',
    'models.bad.tiers[0]: states no price: expected one of',
  ],
  [
    '{input_per_1m: 1, tiers: [{above_input_tokens: 9, output_per_1m: 2}]}',
    'models.bad.tiers[0].output_per_1m: has no price below this tier',
  ],
  [
    '{input_per_1m: 1, tiers: [{above_input_tokens: 9, input_per_1m: 2}, {above_input_tokens: 9, input_per_1m: 3}]}',
    'models.bad.tiers[1]: begins above 9 input tokens, as another tier does',
  ],
  [
    '[{input_per_1m: 1}, {input_per_1m: 2}]',
    'models.bad[1]: holds from the same day on as the row in line 3',
  ],
])('a bad row is told with its place, and the good one next to it works: %s', (bad, message) => {
  const text = `models:\n  good: {input_per_1m: 1}\n  bad: ${bad}\n  better: {input_per_1m: 2}\n`;
  const table = read(text);
  if (message !== '') {
    expect(problems(text)).toHaveLength(1);
    expect(problems(text)[0]).toContain(message);
    expect(problems(text)[0]).toMatch(/^prices\.yaml:3:\d+: /);
  }
  expect(table.models.get('good')?.rows).toHaveLength(1);
  expect(table.models.get('better')?.rows).toHaveLength(1);
  expect(table.models.get('bad')?.rows.length ?? 0).toBe(bad.startsWith('[{') ? 1 : 0);
});

test('a place is that of the field, in lines and columns from 1', () => {
  expect(problems('models:\n  m:\n    input_per_1m: 1\n    output_per_1m: much\n')[0]).toMatch(
    /^prices\.yaml:4:5: models\.m\.output_per_1m: /,
  );
});

test('a model that stands twice has no row: nobody knows which is meant', () => {
  const text = 'models:\n  Gpt-5: {input_per_1m: 1}\n  gpt-5: {input_per_1m: 2}\n  a: {input_per_1m: 3}\n';
  expect(problems(text)).toEqual([
    'prices.yaml:3:3: models.gpt-5: stands in line 2 already: neither is used',
  ]);
  expect([...read(text).models.keys()]).toEqual(['a']);
  expect(read(text).rows).toBe(1);
});

test('rows of a list hold on their days, the newest first; projects have rows and a default of their own', () => {
  const table = read(`
models:
  m:
    - {input_per_1m: 1, valid_until: 2026-03-12}
    - {input_per_1m: 2, valid_from: 2026-03-13}
projects:
  alpha:
    models: {m: {input_per_1m: 9}}
    default: {input_per_1m: 8}
`);
  expect(table.problems).toEqual([]);
  expect(table.rows).toBe(4);
  const rows = table.models.get('m')!.rows;
  expect(rows.map(({ prices }) => prices.input_mtok)).toEqual([2, 1]);
  // The last day is whole: the older row ends where the newer begins.
  expect(rows[1]!.untilUs).toBe(rows[0]!.fromUs);
  expect(table.projects.get('alpha')).toMatchObject({ default: [{ prices: { input_mtok: 8 } }] });
});

test('anchors, aliases and merges are followed', () => {
  const table = read(
    'models:\n  a: &a {input_per_1m: 1, output_per_1m: 2}\n  b: *a\n  c: {<<: *a, output_per_1m: 5}\n',
  );
  expect(table.problems).toEqual([]);
  expect(table.models.get('b')?.rows[0]?.prices).toEqual({ input_mtok: 1, output_mtok: 2 });
  expect(table.models.get('c')?.rows[0]?.prices).toEqual({ input_mtok: 1, output_mtok: 5 });
});

test('what is no table is told, not thrown', () => {
  expect(problems('')).toEqual(['prices.yaml:1:1: expected a table with "models", found nothing']);
  expect(problems('- a\n')).toEqual(['prices.yaml:1:1: expected a table with "models", found a list']);
  expect(problems('models: {a: [1\n')[0]).toMatch(/^prices\.yaml:\d+:\d+: is no YAML: /);
  expect(problems('model:\n  a: {input_per_1m: 1}\n')[0]).toContain(
    'model: is not known: expected one of models,',
  );
  expect(problems('['.repeat(20_000))[0]).toMatch(/^prices\.yaml:\d+:\d+: /);
  expect(problems('models: {__proto__: {input_per_1m: 1}, a: {input_per_1m: 1}}')).toEqual([]);
  expect(problems('updated_at: soon\nmodels: {a: {input_per_1m: 1}}')).toHaveLength(1);
});

test('a few lines of aliases do not make a million rows', () => {
  const list = `a0: &a0 [${Array.from({ length: 1000 }, (_, at) => `{input_per_1m: 1, valid_from: ${new Date(at * 86_400_000).toISOString().slice(0, 10)}}`).join(', ')}]`;
  const models = Array.from({ length: 1000 }, (_, at) => `  m${at}: *a0`).join('\n');
  const table = read(`notes: {${list}}\nmodels:\n${models}\n`);
  expect(table.rows).toBe(50_000);
  expect(problems(`notes: {${list}}\nmodels:\n${models}\n`)[0]).toContain('is beyond 50000 rows');
});

test('whatever is written there, reading does not throw', () => {
  const word = fc.constantFrom(
    'models',
    'default',
    'tiers',
    'm',
    'input_per_1m',
    'currency',
    'projects',
    '<<',
  );
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, true, 'USD', '2026-01-01', -1, 3, 1e9),
      fc.dictionary(word, tie('value')),
      fc.array(tie('value')),
    ),
  })).value;
  fc.assert(fc.property(fc.dictionary(word, value), (table) => void read(JSON.stringify(table))));
  fc.assert(
    fc.property(fc.nat(SEED.length), fc.nat(SEED.length), fc.string(), (from, to, text) => {
      read(SEED.slice(0, from) + text + SEED.slice(to));
    }),
  );
});
