import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Repricing } from '@tacho/trace/model/repricing';
import type { RunSummary } from '@tacho/trace/wire/runs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTable } from '../prices/read-table.ts';
import { openTacho, type Tacho } from './open.ts';

let home: string;
let tacho: Tacho;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-reprice-'));
  const priceTable = readTable('models:\n  house: {input_per_1m: 1}\n', 'house.yaml');
  tacho = await openTacho({ home, priceTable });
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  await tacho.fetch(new Request('http://localhost/v1/telemetry', { method: 'POST', body, headers }));
});
afterEach(async () => {
  await tacho.close();
  await rm(home, { recursive: true, force: true });
});

const usage = { input_tokens: 1_000_000 };
const records: TraceRecord[] = [
  { event: 'run_start', run_id: 'r', ts: 1_700_000_000, project: 'alpha' },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'a',
    ts: 1_700_000_000,
    duration_ms: 1,
    kind: 'llm',
    model: 'house',
    usage,
  },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'b',
    ts: 1_700_000_000,
    duration_ms: 1,
    kind: 'llm',
    model: 'mine',
    usage,
  },
  { event: 'run_end', run_id: 'r', ts: 1_700_000_005 },
];

async function reprice(body: unknown, init: RequestInit = {}, runId = 'r'): Promise<Response> {
  return tacho.fetch(
    new Request(`http://localhost/api/runs/${runId}/reprice`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...init,
    }),
  );
}
const answer = async (body: unknown): Promise<Repricing & { problems?: string[] }> =>
  (await (await reprice(body)).json()) as Repricing & { problems?: string[] };
const summary = async (): Promise<RunSummary> =>
  (await (await tacho.fetch(new Request('http://localhost/api/runs/r'))).json()) as RunSummary;

test('what comes in is priced by the table that Tacho was opened with', async () => {
  expect(await summary()).toMatchObject({ costUsd: 1, unpricedCalls: 1 });
});

test('a table that is sent along prices the run, by its project; without one the prices in force do', async () => {
  const text =
    'models:\n  mine: {input_per_1m: 2}\n  bad: {input_per_1m: x}\nprojects:\n  alpha: {models: {house: {input_per_1m: 5}}}\n';
  const priceTable = { name: 'new.yaml', text };
  const wanted = {
    runId: 'r',
    project: 'alpha',
    before: { costUsd: 1, unpricedCalls: 1 },
    after: { costUsd: 7, unpricedCalls: 0 },
    calls: 2,
    changed: 2,
    newlyPriced: 1,
    newlyUnpriced: 0,
    problems: [expect.stringMatching(/^new\.yaml:3:\d+: models\.bad\.input_per_1m: expected a number/)],
  };
  expect(await answer({ dryRun: true, priceTable })).toEqual(wanted);
  expect(await summary()).toMatchObject({ costUsd: 1 });
  expect(await answer({ priceTable })).toEqual(wanted);
  expect(await summary()).toMatchObject({ costUsd: 7, unpricedCalls: 0 });
  expect(await answer({ priceTable })).toMatchObject({ changed: 0 });
  expect(await answer({})).toMatchObject({ before: wanted.after, after: wanted.before, newlyUnpriced: 1 });
});

test('the name of the table counts too: a row says whose it is', async () => {
  const text = 'models: {mine: {input_per_1m: 2}}';
  await answer({ priceTable: { name: 'one.yaml', text } });
  expect(await answer({ priceTable: { name: 'two.yaml', text } })).toMatchObject({ changed: 1 });
});

test('what makes no sense is refused with a sentence', async () => {
  const refused = async (response: Response): Promise<unknown> => {
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toMatch(/^[A-Z].*\.$/s);
    return response.status;
  };
  expect(await refused(await reprice({}, {}, 'none'))).toBe(404);
  expect(await refused(await reprice([]))).toBe(400);
  expect(await refused(await reprice({ dryRun: 'no' }))).toBe(400);
  expect(await refused(await reprice({ priceTable: 'models: {}' }))).toBe(400);
  expect(await refused(await reprice({ priceTable: { name: 'a.yaml', text: 'models: {}' } }))).toBe(400);
  expect(await refused(await reprice({}, { headers: { 'content-type': 'text/plain' } }))).toBe(415);
  const foreign = { 'content-type': 'application/json', origin: 'http://evil.example' };
  expect(await refused(await reprice({}, { headers: foreign }))).toBe(403);
  expect(await summary()).toMatchObject({ costUsd: 1 });
});
