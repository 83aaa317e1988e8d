import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Explanation } from '@tacho/trace/model/explanation';
import type { Repricing } from '@tacho/trace/model/repricing';
import type { RunList } from '@tacho/trace/wire/runs';
import Ajv from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import { openTacho } from '../server/open.ts';
import { run } from './main.ts';
import type { RepricingTotal } from './render/repricing-lines.ts';

let folder: string;
type Typed = { code: number; out: string; err: string };

async function typed(argv: readonly string[], env: Record<string, string> = {}): Promise<Typed> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home'), ...env };
  terminal.cwd = folder;
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

const TABLE = `updated_at: 2026-04-01
models:
  house: {input_per_1m: 1, output_per_1m: 2}
  bad: {input_per_1m: cheap}
projects:
  alpha:
    models:
      house: {input_per_1m: 10, output_per_1m: 20}
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-prices-'));
  await writeFile(join(folder, 'prices.yaml'), TABLE);
  await writeFile(join(folder, 'default.yaml'), `${TABLE}default: {input_per_1m: 3, output_per_1m: 3}\n`);
  await mkdir(join(folder, 'logs'));
  const lines = ['one', 'two', 'three'].flatMap((runId, at) => [
    {
      event: 'run_start',
      run_id: runId,
      ts: 1_775_831_521 + at,
      ...(runId === 'two' && { project: 'alpha' }),
    },
    ...['house', 'stranger'].map((model) => ({
      event: 'span',
      run_id: runId,
      span_id: model,
      kind: 'llm',
      model,
      ts: 1_775_831_522 + at,
      duration_ms: 5,
      usage: { input_tokens: 1_000_000 },
    })),
    { event: 'run_end', run_id: runId, ts: 1_775_831_530 + at, status: 'ok' },
  ]);
  await writeFile(join(folder, 'logs/all.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function costs(): Promise<Record<string, number | null | undefined>> {
  const { runs } = JSON.parse((await typed(['runs', '--json'])).out) as RunList;
  return Object.fromEntries(runs.map(({ runId, costUsd }) => [runId, costUsd]));
}

type Repriced = { dryRun: boolean; runs: Repricing[]; total: RepricingTotal };
const ajv = new Ajv.default({ allErrors: true, strict: false });
for (const name of ['repricing', 'prices']) ajv.addSchema(schemaNamed(name));

function document<T>(out: string, schema: string): T {
  const value: unknown = JSON.parse(out);
  ajv.validate(`${schema}.schema.json`, value);
  expect(ajv.errorsText(ajv.errors), schema).toBe('No errors');
  return value as T;
}

test('an import has the prices of the table that is named, and those of each run’s project; the rest works beside a bad row', async () => {
  const { code, err } = await typed(['import', 'logs', '--price-table', 'prices.yaml']);
  expect(code).toBe(0);
  expect(err).toContain('1 problem in the price table prices.yaml; the rest of it works:');
  expect(err).toContain('prices.yaml:4:9: models.bad.input_per_1m: expected a number from 0 to 1000000');
  expect(await costs()).toEqual({ one: 1, two: 10, three: 1 });
});

test('the environment names a table, and the command line another one before it', async () => {
  await typed(['import', 'logs'], { TACHO_PRICE_TABLE: 'prices.yaml' });
  expect(await costs()).toEqual({ one: 1, two: 10, three: 1 });
  const more = ['reprice', '--all', '--price-table', 'default.yaml'];
  await typed(more, { TACHO_PRICE_TABLE: 'prices.yaml' });
  expect(await costs()).toEqual({ one: 4, two: 13, three: 4 });
});

test('a table that cannot be read, or in which nothing works, ends the command', async () => {
  const missing = await typed(['import', 'logs', '--price-table', 'none.yaml']);
  expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('none.yaml cannot be read') });
  await writeFile(join(folder, 'bad.yaml'), 'models:\n  a: {input: 1}\n');
  const bad = await typed(['reprice', '--all'], { TACHO_PRICE_TABLE: 'bad.yaml' });
  expect(bad.code).toBe(3);
  expect(bad.err).toContain('The price table bad.yaml has no row that works.');
  expect(bad.err).toContain('bad.yaml:2:7: models.a.input: is not known');
});

test('reprice says what it would come to, does it, and changes nothing the second time', async () => {
  await typed(['import', 'logs']);
  expect(await costs()).toEqual({ one: null, two: null, three: null });
  const wish = ['reprice', '--all', '--price-table', 'default.yaml', '--json'];
  const dry = document<Repriced>((await typed([...wish, '--dry-run'])).out, 'repricing');
  expect(dry.dryRun).toBe(true);
  expect(await costs()).toEqual({ one: null, two: null, three: null });
  const done = document<Repriced>((await typed(wish)).out, 'repricing');
  expect(done).toEqual({ ...dry, dryRun: false });
  expect(done.total).toEqual({
    runs: 3,
    changedRuns: 3,
    before: { costUsd: null, unpricedCalls: 6 },
    after: { costUsd: 21, unpricedCalls: 0 },
    calls: 6,
    changed: 6,
    newlyPriced: 6,
    newlyUnpriced: 0,
  });
  expect(done.runs.find(({ runId }) => runId === 'two')).toMatchObject({
    project: 'alpha',
    before: { costUsd: null, unpricedCalls: 2 },
    after: { costUsd: 13, unpricedCalls: 0 },
  });
  expect(await costs()).toEqual({ one: 4, two: 13, three: 4 });
  const again = document<Repriced>((await typed(wish)).out, 'repricing');
  expect(again.total).toMatchObject({ changedRuns: 0, changed: 0, before: done.total.after });
});

test('runs are chosen by id or filter; G22: what no table has stays unknown, and is told', async () => {
  await typed(['import', 'logs']);
  expect(await typed(['reprice'])).toMatchObject({ code: 2 });
  expect(await typed(['reprice', 'one', '--all'])).toMatchObject({ code: 2 });
  expect(await typed(['reprice', 'nobody'])).toMatchObject({ code: 3 });
  const one = await typed(['reprice', 'one', '--price-table', 'prices.yaml']);
  expect(one.out).toBe(
    'one  ? → ≥ $1.000000  1 of 2 calls, 1 newly priced\n' +
      '1 of 1 run changed: ? → ≥ $1.000000\n1 of 2 calls, 1 newly priced\n1 call without a known price\n',
  );
  const alpha = await typed(['reprice', '--project', 'alpha', '--price-table', 'prices.yaml']);
  expect(alpha.out).toContain('two  ? → ≥ $10.000000');
  expect(await costs()).toEqual({ one: 1, two: 10, three: null });
  const back = await typed(['reprice', '--all']);
  expect(back.out).toContain('2 of 3 runs changed: ≥ $11.000000 → ?\n2 of 6 calls, 2 not priced any more\n');
});

test('through a running server: its own table prices what comes in, another one reprices', async () => {
  const { readTable } = await import('../prices/read-table.ts');
  const priceTable = readTable('models: {house: {input_per_1m: 100}}', 'server.yaml');
  const server = await openTacho({ home: join(folder, 'home'), priceTable });
  const { url } = await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    const refused = await typed(['import', 'logs', '--price-table', 'prices.yaml']);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(`The server at ${url} prices`) });
    await typed(['import', 'logs']);
    expect(await costs()).toEqual({ one: 100, two: 100, three: 100 });
    await typed(['reprice', '--all', '--price-table', 'prices.yaml']);
    expect(await costs()).toEqual({ one: 1, two: 10, three: 1 });
    await typed(['reprice', 'one']);
    expect(await costs()).toEqual({ one: 100, two: 10, three: 1 });
  } finally {
    await server.close();
  }
});

test('explain shows the row that made a cost', async () => {
  await typed(['import', 'logs', '--price-table', 'default.yaml']);
  const { out } = await typed(['explain', 'two']);
  expect(out).toContain('default.yaml of 2026-04-01: project alpha, house');
  expect(out).toContain('default.yaml of 2026-04-01: default');
});

test('explain has what no call explains in a row of its own, and counts no call there', async () => {
  const span = (span_id: string, more: object): object => ({
    event: 'span',
    run_id: 'sums',
    span_id,
    model: 'house',
    ts: 1_775_831_522,
    duration_ms: 5,
    ...more,
  });
  const lines = [
    span('all', { kind: 'stage', tokens: 3_000_000 }),
    span('call', { kind: 'llm', parent: 'all', usage: { input_tokens: 1_000_000 } }),
  ];
  await writeFile(join(folder, 'logs/sums.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await typed(['import', 'logs/sums.jsonl', '--price-table', 'prices.yaml']);
  const { out } = await typed(['explain', 'sums']);
  expect(out).toContain('Cost: ≥ $1.000000 (1 sum beyond its calls unpriced)\n');
  expect(out).toMatch(/house +1 +1,000,000 +\$1\.000000 +prices\.yaml of 2026-04-01: house\n/);
  expect(out).toMatch(/house +2,000,000 +\? +no price is known, for what no call explains\n/);
  const json = JSON.parse((await typed(['explain', 'sums', '--json'])).out) as Explanation;
  expect(json).toMatchObject({ unpricedCalls: 0, unpricedRests: 1 });
  expect(json.prices.map(({ calls, rests }) => [calls, rests])).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('prices tells the tables in force and what is wrong in them', async () => {
  const bare = await typed(['prices']);
  expect(bare.code).toBe(0);
  expect(bare.out).toMatch(
    /no table of your own.*\n@pydantic\/genai-prices \d+\.\d+\.\d+: \d+,?\d* models, built in\n$/,
  );
  const { out } = await typed(['prices', '--price-table', 'prices.yaml']);
  expect(out).toContain('prices.yaml of 2026-04-01: 2 rows, 1 model\n  prices of their own: alpha\n');
  expect(out).toContain('  prices.yaml:4:9: models.bad.input_per_1m: expected a number');
  const json = await typed(['prices', '--price-table', 'prices.yaml', '--json']);
  expect(document(json.out, 'prices')).toMatchObject({ table: { rows: 2, hasDefault: false } });
});

test('prices of a model: the row, where it stands, and the computation line by line', async () => {
  const own = await typed([
    'prices',
    'house',
    '--price-table',
    'prices.yaml',
    '--input',
    '1000',
    '--output',
    '500',
  ]);
  expect(own.code).toBe(0);
  expect(own.out.replace(/ +/g, ' ')).toBe(`house
row prices.yaml of 2026-04-01: house
from prices.yaml:3

RATE USD
input / 1 M 1
output / 1 M 2

USED AMOUNT × USD / = COST
input 1,000 1 1,000,000 $0.001000
output 500 2 1,000,000 $0.001000
total $0.002000
`);
  const project = await typed(['prices', 'house', '--project', 'alpha', '--price-table', 'prices.yaml']);
  expect(project.out).toContain(
    'row    prices.yaml of 2026-04-01: project alpha, house\nfrom   prices.yaml:8\n',
  );
  expect(project.out).toContain('not applied here:\n  row    prices.yaml of 2026-04-01: house');
});

test('G7: a request over a tier is computed at its rates, all of it; and prices are those of a day', async () => {
  const long = ['prices', 'claude-sonnet-4-5', '--input', '300000', '--at', '2026-08-01'];
  const { out } = await typed(long);
  expect(out).toContain('total $1.800000  at the rates over 200,000 input tokens, for all of it');
  expect(out).toMatch(/row {4}anthropic\/claude-sonnet-4-5\nfrom {3}@pydantic\/genai-prices \d/);
  const json = document<{ cost: object; price: object }>((await typed([...long, '--json'])).out, 'prices');
  expect(json).toMatchObject({
    cost: { costUsd: 1.8, tierAbove: 200_000 },
    price: {
      rates: expect.arrayContaining([
        { of: 'inputTokens', usd: 3, per: 1e6, above: [{ inputTokens: 200_000, usd: 6 }] },
      ]),
    },
  });
  const early = await typed([
    'prices',
    'claude-opus-4-6',
    '--input',
    '250000',
    '--output',
    '1000',
    '--at',
    '2026-03-01',
  ]);
  expect(early.out).toContain('total $2.537500');
  const late = await typed([
    'prices',
    'claude-opus-4-6',
    '--input',
    '250000',
    '--output',
    '1000',
    '--at',
    '2026-04-01',
  ]);
  expect(late.out).toContain('total $1.275000');
  expect(late.out).toContain('valid  from 2026-03-13');
});

test('G12: a model that is only called like another has no price: names are suggested, exit code 1', async () => {
  const { code, out } = await typed(['prices', 'claude-sonnet-4-5-turbo', '--input', '10']);
  expect(code).toBe(1);
  expect(out).toContain('The price of claude-sonnet-4-5-turbo is unknown: no table has a row for it.');
  expect(out).toContain('Written much alike, and other models: anthropic/claude-sonnet-4-5');
  expect(out).not.toContain('$');
  expect((await typed(['prices', 'house'])).code).toBe(1);
  const byDefault = await typed(['prices', 'stranger', '--price-table', 'default.yaml']);
  expect(byDefault.code).toBe(0);
  expect(byDefault.out).toContain(
    'default.yaml of 2026-04-01: default (the default: no table has a row for this model)',
  );
});

test('a row that lacks a price for what was used says so', async () => {
  await writeFile(join(folder, 'half.yaml'), 'models: {m: {input_per_1m: 1}}\n');
  const { code, out } = await typed([
    'prices',
    'm',
    '--price-table',
    'half.yaml',
    '--input',
    '1',
    '--output',
    '1',
  ]);
  expect(code).toBe(1);
  expect(out).toContain('The cost is unknown: the row has no price for output.');
  const assumed = await typed(['prices', 'm', '--price-table', 'half.yaml', '--cache-read', '1000000']);
  expect(assumed.out).toContain('the row has no price of their own: as uncached input');
  expect((await typed(['prices', 'm', '--at', 'someday'])).code).toBe(2);
  expect((await typed(['prices', '--input', '5'])).code).toBe(2);
});
