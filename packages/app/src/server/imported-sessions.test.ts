import { join } from 'node:path';
import type { Run } from '@tacho/trace/model/run';
import { expect, onTestFinished, test } from 'vitest';
import { Ingest } from '../ingest/ingest.ts';
import { defaultPrices } from '../prices/lookup.ts';
import { importPaths } from '../sources/import.ts';
import { memoryStore } from '../store/duckdb-store.ts';
import { ingestSink } from './record-sink.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures');

/** The runs that a folder of sessions makes, with the tokens that count in each. */
async function imported(folder: string): Promise<{ runs: Map<string, Run>; tokens: Record<string, number> }> {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price: defaultPrices() });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const { runs: ids, refused } = await importPaths([join(FIXTURES, folder)], { sink: ingestSink(ingest) });
  expect(refused).toEqual([]);
  await ingest.settle();
  const runs = new Map<string, Run>();
  const tokens: Record<string, number> = {};
  for (const id of ids) {
    const run = (await store.read((reader) => reader.fullRun(id)))!;
    runs.set(id, run);
    tokens[id] = (await store.read((reader) => reader.summary(id)))!.tokens;
  }
  return { runs, tokens };
}

test('Codex: a fork counts only what it did itself, a subagent counts in its session', async () => {
  const { runs, tokens } = await imported('codex');
  const [origin, fork] = ['019c2a00-1111-7a10-8000-0000000000aa', '019c2a30-2222-7a10-8000-0000000000bb'];
  // The session's last running total, and its subagent's; the fork's one call of its own.
  expect(tokens).toEqual({
    [origin]: 58_560 + 10_136,
    [fork]: 14_090,
    '5f1c0e3a-0000-4000-8000-0000000000dd': 0,
  });
  expect(runs.get(fork)!.spans.filter((span) => span.duplicateOfRun === origin)).toHaveLength(4);
});

test('ATIF: the parts of a session are one run, whose totals they explain', async () => {
  const { runs, tokens } = await imported('atif');
  expect(tokens['bakery-1']).toBe(2300 + 1495 + 450);
  expect(runs.get('bakery-1')!.notes).toEqual([]);
  const root = runs.get('bakery-1')!.spans.find((span) => span.spanId === 'atif')!;
  expect(new Date(root.endUs! / 1000).toISOString()).toBe('2026-05-04T12:00:25.000Z');
});
