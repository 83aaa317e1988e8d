import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../store/duckdb-store.ts';
import { type Store, StoreTroubleError, type StoreWriter } from '../store/store.ts';
import { Ingest } from './ingest.ts';

let inner: Store;
let ingest: Ingest;
/** What the next writes fail with, by the run they are about. */
let failing: (runId: string | undefined) => Error | undefined;
let told: (string | undefined)[];

beforeEach(async () => {
  inner = await memoryStore();
  failing = () => undefined;
  told = [];
  const broken = (writer: StoreWriter): StoreWriter => ({
    putRun: (...run) => writer.putRun(...run),
    putSpans: async (runId, spans) => {
      const error = failing(runId);
      if (error) throw error;
      await writer.putSpans(runId, spans);
    },
    claimCalls: (runId, keys) => writer.claimCalls(runId, keys),
    putPosition: (position) => writer.putPosition(position),
    putQuarantine: (lines) => writer.putQuarantine(lines),
    deleteRun: (runId) => writer.deleteRun(runId),
    prove: async () => {
      const error = failing(undefined);
      if (error) throw error;
      await writer.prove();
    },
  });
  const store: Store = {
    path: inner.path,
    read: (use) => inner.read(use),
    write: (use) => inner.write((writer) => use(broken(writer))),
    close: () => inner.close(),
  };
  ingest = new Ingest(store, {
    price: () => undefined,
    calmMs: 0,
    onProblem: (problem) => told.push(problem),
  });
});
afterEach(async () => {
  await ingest.close();
  await inner.close();
});

const span = (runId: string, spanId = 'a'): TraceRecord => ({
  event: 'span',
  run_id: runId,
  span_id: spanId,
  ts: 1.7e9,
  duration_ms: 5,
});
const spansOf = async (runId: string): Promise<number | undefined> =>
  (await inner.read((reader) => reader.run(runId)))?.spans.length;

test('an outage is told once, and is over when the store can be written, even if nobody writes', async () => {
  const full = new StoreTroubleError('store', 'No space left on device');
  failing = () => full;
  for (let i = 0; i < 3; i++)
    await expect(ingest.accept({ records: [span('r', `s${i}`)] })).rejects.toBe(full);
  expect(ingest.problem).toMatch(/No space left/);
  await expect(ingest.settle()).rejects.toBe(full);
  expect(told).toEqual([full.message]);
  expect(await spansOf('r')).toBeUndefined();

  failing = () => undefined;
  await ingest.settle();
  expect(ingest.problem).toBeUndefined();
  expect(told).toEqual([full.message, undefined]);
  // Sent again, everything is there, and what was refused has left nothing behind.
  await ingest.accept({ records: [span('r', 's0'), span('r', 's1')] });
  expect(await spansOf('r')).toBe(2);
});

test('records that nothing can be done with do not take down those that came with them', async () => {
  const defect = new Error('this cannot be stored');
  failing = (runId) => (runId === 'poison' ? defect : undefined);
  const results = await Promise.allSettled(
    ['one', 'poison', 'two'].map((runId) => ingest.accept({ records: [span(runId)] })),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await Promise.all(['one', 'poison', 'two'].map(spansOf))).toEqual([1, undefined, 1]);
  expect(told).toEqual([]);
});

test('what was too costly to count is counted at the end', async () => {
  for (let i = 0; i < 20; i++) await ingest.accept({ records: [span('r', `s${i}`)] });
  await ingest.close();
  expect((await inner.read((reader) => reader.summary('r')))?.spans).toBe(20);
});
