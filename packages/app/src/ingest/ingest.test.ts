import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { decodeStructure, encodeStructure } from '@tacho/trace/wire/structure';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { defaultPrices } from '../prices/lookup.ts';
import { memoryStore } from '../store/duckdb-store.ts';
import type { Store } from '../store/store.ts';
import { type Change, Ingest, type IngestOptions } from './ingest.ts';

const T0 = 1_712_534_400;
const NOW_US = (T0 + 3600) * 1e6;

async function opened(options: Partial<IngestOptions> = {}): Promise<{ store: Store; ingest: Ingest }> {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US, ...options });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  return { store, ingest };
}

/** What records say of a run, without what the ingest works out by itself. */
function told(run: Run | undefined): unknown {
  if (!run) return undefined;
  const {
    endUs: _,
    status: __,
    settled: ___,
    usage: ____,
    costUsd: _____,
    unpricedCalls: ______,
    notes,
    ...rest
  } = run;
  // Who receives records knows that they came twice, who reads them does not.
  return { ...rest, notes: notes.filter(({ code }) => code !== 'duplicate-record') };
}

const spanId = fc.constantFrom('a', 'b', 'c', 'd');
const second = fc.integer({ min: 1, max: 60 });
const record: fc.Arbitrary<TraceRecord> = fc.oneof(
  fc.record({ event: fc.constant('span_start' as const), span_id: spanId, ts: second, inputs: fc.nat(9) }),
  fc.record({ event: fc.constant('span_end' as const), span_id: spanId, ts: second, outputs: fc.nat(9) }),
  fc.record({ event: fc.constant('span_update' as const), span_id: spanId, ts: second, note: fc.nat(9) }),
  fc.record({
    event: fc.constant('span_event' as const),
    span_id: spanId,
    ts: second,
    name: fc.constant('e'),
  }),
  fc.record({
    event: fc.constant('span' as const),
    span_id: spanId,
    parent: spanId,
    ts: second,
    duration_ms: fc.nat(5000),
    outputs: fc.string({ maxLength: 3 }),
  }),
  fc.record({ event: fc.constant('usage' as const), ts: second, input_tokens: fc.nat(99), stage: spanId }),
);

type Step =
  | { do: 'accept'; run: string; records: TraceRecord[] }
  | { do: 'settle' }
  | { do: 'wait' }
  | { do: 'turn' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      run: fc.constantFrom('one', 'two'),
      records: fc.array(record, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'wait' as const, 'turn' as const) }),
  },
);

test('whatever is asked for between and during writes, what is stored is what the records say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const store = await memoryStore();
      const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US, idleSpans: 0 });
      const all = new Map<string, TraceRecord[]>();
      const asked: Promise<unknown>[] = [];
      for (const each of steps) {
        if (each.do === 'wait') await Promise.all(asked);
        else if (each.do === 'turn') await new Promise((wake) => setImmediate(wake));
        else if (each.do === 'settle') asked.push(ingest.settle());
        else {
          const records = each.records.map((one) => ({ ...one, ts: T0 + (one.ts ?? 0), run_id: each.run }));
          all.set(each.run, [...(all.get(each.run) ?? []), ...records]);
          asked.push(ingest.accept({ records }));
        }
      }
      await Promise.all(asked);
      await ingest.close();
      for (const [runId, records] of all) {
        const stored = await store.read((reader) => reader.fullRun(runId));
        expect(told(stored)).toEqual(told(JSON.parse(JSON.stringify(foldRun(records, runId)))));
      }
      await store.close();
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('a client that sends spans twice is told of, a file that is read again is not', async () => {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US });
  const record: TraceRecord = { event: 'span', span_id: 'a', ts: T0, duration_ms: 5, run_id: 'r' };
  const source = { format: 'telemetry', uri: 'file.jsonl' };
  const notes = async (): Promise<unknown> => (await store.read((reader) => reader.summary('r')))?.notes;
  await ingest.accept({ records: [record], source });
  expect(await ingest.accept({ records: [record], source })).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(await notes()).toEqual([]);
  await ingest.accept({ records: [record] });
  await ingest.accept({ records: [record], source: { format: 'otlp', uri: 'OTLP' } });
  await ingest.close();
  expect(await notes()).toEqual([{ code: 'duplicate-record', count: 2, example: 'a' }]);
  await store.close();
});

test('writes and actions never overlap, however they are asked for', async () => {
  const memory = await memoryStore();
  let inside = 0;
  let most = 0;
  const store: Store = {
    path: memory.path,
    read: (use) => memory.read(use),
    async write(use) {
      most = Math.max(most, ++inside);
      try {
        return await memory.write(use);
      } finally {
        inside--;
      }
    },
    close: () => memory.close(),
  };
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const asked: Promise<unknown>[] = [];
  for (let i = 0; i < 20; i++) {
    const records: TraceRecord[] = [{ event: 'span_start', span_id: `s${i}`, ts: T0 + i, run_id: 'r' }];
    asked.push(ingest.settle(['r']), ingest.deleteRun('x'), ingest.accept({ records }), ingest.settle(['r']));
    if (i % 3 === 0) await asked[i];
  }
  await Promise.all(asked);
  expect(most).toBe(1);
});

test('batches that come during a write share the next one, and none is answered before it is durable', async () => {
  const memory = await memoryStore();
  let writes = 0;
  let durable = 0;
  const store: Store = {
    path: memory.path,
    read: (use) => memory.read(use),
    async write(use) {
      const result = await memory.write(use);
      // A slow disk: the transaction has ended, and nobody may be told yet.
      await new Promise((wake) => setTimeout(wake, 20));
      durable = ++writes;
      return result;
    },
    close: () => memory.close(),
  };
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const send = async (no: number): Promise<number> => {
    await ingest.accept({ records: [{ event: 'span_start', span_id: `s${no}`, ts: T0, run_id: `r${no}` }] });
    return durable;
  };
  const first = send(0);
  await new Promise((wake) => setTimeout(wake, 5));
  const later = Array.from({ length: 30 }, (_, no) => send(no + 1));
  expect(await first).toBe(1);
  expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
  expect(writes).toBe(2);
});

test('a run that was deleted while its source was read does not come back empty', async () => {
  const { store, ingest } = await opened();
  const source = { format: 'telemetry', uri: 'file' };
  await ingest.accept({ source, records: [{ event: 'span_start', span_id: 's', ts: T0, run_id: 'r' }] });
  const ids = await store.read((reader) => reader.running());
  await ingest.deleteRun('r');
  await ingest.accept({ source, records: [], ended: true });
  await ingest.settle(ids);
  expect((await store.read((reader) => reader.runs({}))).total).toBe(0);
});

test('calls that a deleted run counted are counted by those that have them too: as if it had never been', async () => {
  const keys = fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4'), { minLength: 1 });
  const calls = fc.array(keys, { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(3), fc.boolean(), async (runs, gone, small) => {
      const deleted = `r${gone % runs.length}`;
      const recordsOf = (runId: string, at: number, of: string[]): TraceRecord[] => [
        { event: 'run_start', run_id: runId, ts: T0 + at },
        // The second span repeats the first call of its own run.
        ...[...of, of[0]!].map(
          (key, no): TraceRecord => ({
            event: 'span',
            run_id: runId,
            span_id: `s${no}`,
            kind: 'llm',
            ts: T0 + at,
            duration_ms: 1,
            usage: { input_tokens: 10 ** at },
            call_key: key,
          }),
        ),
        { event: 'run_end', run_id: runId, ts: T0 + at + 1 },
      ];
      const all = runs.map((of, at) => recordsOf(`r${at}`, at, of));
      // What is held in memory and what must be read back from the store is given to the heirs alike.
      const { store, ingest } = await opened(small ? { idleSpans: 0 } : {});
      for (const records of all) await ingest.accept({ records });
      const changes: Change[] = [];
      ingest.onChange((change) => changes.push(change));
      await ingest.deleteRun(deleted);
      const { store: never, ingest: other } = await opened();
      for (const records of all) if (records[0]!.run_id !== deleted) await other.accept({ records });
      const list = await store.read((reader) => reader.runs({}));
      const wanted = await never.read((reader) => reader.runs({}));
      expect(list.runs).toEqual(wanted.runs);
      for (const { runId } of wanted.runs)
        expect(await store.read((reader) => reader.run(runId))).toEqual(
          await never.read((reader) => reader.run(runId)),
        );
      expect(changes.flatMap((change) => change.gone)).toEqual([deleted]);
    }),
    { numRuns: 25 },
  );
});

test('runs of a source that ends are over, although the batch that says so has to be taken twice', async () => {
  const memory = await memoryStore();
  let failures = 0;
  const store: Store = {
    path: memory.path,
    read: (use) => memory.read(use),
    write: (use) =>
      memory.write(async (writer) => {
        const result = await use(writer);
        if (failures-- > 0) throw new Error('no');
        return result;
      }),
    close: () => memory.close(),
  };
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const source = { format: 'telemetry', uri: 'file' };
  await ingest.accept({ source, records: [{ event: 'span_start', span_id: 's', ts: T0, run_id: 'r' }] });
  failures = 1;
  await Promise.all([
    ingest.accept({ source, records: [], ended: true }),
    ingest.accept({ records: [{ event: 'run_start', ts: T0, run_id: 'other' }] }),
  ]);
  expect((await store.read((reader) => reader.summary('r')))?.status).toBe('interrupted');
});

test('runs of a source that ends are over although memory let them go, and come back a few at a time', async () => {
  const memory = await memoryStore();
  let most = 0;
  const store: Store = {
    path: memory.path,
    read: (use) => memory.read(use),
    write: (use) =>
      memory.write(async (writer) => {
        let runs = 0;
        const counting = Object.create(writer) as typeof writer;
        counting.putRun = (header, summary) => {
          most = Math.max(most, ++runs);
          return writer.putRun(header, summary);
        };
        for (const name of ['putSpans', 'claimCalls', 'putPosition', 'putQuarantine'] as const)
          Object.assign(counting, { [name]: writer[name].bind(writer) });
        return use(counting);
      }),
    close: () => memory.close(),
  };
  // Room for one run and a bit.
  const ingest = new Ingest(store, { price: () => undefined, nowUs: () => NOW_US, idleSpans: 150 });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const source = { format: 'telemetry', uri: 'file' };
  const ids = Array.from({ length: 40 }, (_, no) => `r${no}`);
  for (const runId of ids)
    await ingest.accept({
      source,
      records: [
        { event: 'span_start', span_id: 'open', ts: T0, run_id: runId },
        { event: 'span', span_id: 'done', ts: T0, duration_ms: 5, run_id: runId },
      ],
    });
  await ingest.accept({ source, records: [], ended: true });
  const { runs } = await store.read((reader) => reader.runs({ limit: 100 }));
  expect(runs.map(({ status, spans }) => [status, spans])).toEqual(ids.map(() => ['interrupted', 2]));
  // What was written to a moment ago stays in memory for longer; of the others there are no more than fit.
  expect(most).toBeLessThan(20);
});

test('numbers that cannot be do not stop the store, nor the page', async () => {
  const { store, ingest } = await opened();
  const bad: TraceRecord[] = [
    { event: 'span', span_id: 'tokens', ts: T0, tokens: { input_tokens: 1e308, output_tokens: 1e308 } },
    { event: 'span', span_id: 'total', ts: T0, tokens: 1e300 },
    { event: 'span', span_id: 'long', ts: T0, duration_ms: 1e300 },
    { event: 'span_end', span_id: 'ended', ts: T0, duration_ms: 1e300 },
    { event: 'span', span_id: 'cost', ts: T0, cost_usd: 1e300 },
    { event: 'span', span_id: 'uses', ts: T0, tool_uses: 1e300 },
    { event: 'usage', ts: T0, span_id: 'call', input_tokens: 5, request_ms: 1e300 },
    { event: 'phase', name: 'phase', span_id: 'phase', ts: T0, wall_ms: 1e300 },
  ];
  for (const record of bad) {
    await ingest.accept({ records: [{ ...record, run_id: `${record.span_id}` }] });
    const columns = await store.read((reader) => reader.columns(`${record.span_id}`));
    const again = decodeStructure(encodeStructure(columns!)).columns;
    expect(again.count).toBe(1);
    expect(Number.isSafeInteger(again.tokens[0]!)).toBe(true);
    expect(Number.isNaN(again.endUs[0]!) || Number.isSafeInteger(again.endUs[0]!)).toBe(true);
  }
});

test('figures that come later are counted, although the times stay as they are', async () => {
  const { store, ingest } = await opened();
  const call = { event: 'span', span_id: 's', kind: 'llm', ts: T0, duration_ms: 5, run_id: 'r' } as const;
  const counted = async (more: object): Promise<[number, number | null | undefined]> => {
    await ingest.accept({
      records: [
        { ...call, ...more },
        { event: 'run_end', ts: T0 + 9, run_id: 'r' },
      ],
    });
    const summary = await store.read((reader) => reader.summary('r'));
    return [summary!.tokens, summary!.costUsd];
  };
  expect(await counted({ tokens: { output_tokens: 1 } })).toEqual([1, null]);
  expect(await counted({ tokens: { output_tokens: 70 } })).toEqual([70, null]);
  expect(await counted({ cost_usd: 0.5 })).toEqual([70, 0.5]);
});

test('a cost that grows is the one that was told last', async () => {
  const { store, ingest } = await opened();
  const search = { event: 'span_update', span_id: 'search', ts: T0, run_id: 'r' } as const;
  await ingest.accept({ records: [{ ...search, cost_usd: 0.1 }] });
  await ingest.accept({ records: [{ ...search, cost_usd: 0.4 }] });
  await ingest.settle();
  expect((await store.read((reader) => reader.span('r', 0)))?.costUsd).toBe(0.4);
});

test('tokens and cost are the same however often the server went away in the middle', async () => {
  const store = await memoryStore();
  onTestFinished(() => store.close());
  const model = { model: 'claude-sonnet-4-5', provider: 'anthropic' };
  const records: TraceRecord[] = [
    { event: 'run_start', ts: T0 },
    ...Array.from({ length: 12 }, (_, at): TraceRecord[] => [
      { event: 'span_start', span_id: `s${at}`, ts: T0 + at, kind: 'llm', ...model },
      {
        event: 'span_end',
        span_id: `s${at}`,
        ts: T0 + at + 0.5,
        tokens: { input_tokens: 1000, output_tokens: 9 },
      },
    ]).flat(),
    { event: 'usage', ts: T0 + 20, input_tokens: 500, output_tokens: 5, ...model },
  ];
  const options = { price: defaultPrices(), nowUs: () => (T0 + 30) * 1e6 };
  for (const pieces of [1, 5, records.length]) {
    const size = Math.ceil(records.length / pieces);
    for (let from = 0; from < records.length; from += size) {
      // Nothing is closed: a server that is killed does not say goodbye.
      const ingest = new Ingest(store, options);
      const some = records.slice(from, from + size).map((one) => ({ ...one, run_id: `in ${pieces}` }));
      await ingest.accept({ records: some });
    }
    await new Ingest(store, options).settle();
  }
  const { runs } = await store.read((reader) => reader.runs({}));
  expect(new Set(runs.map(({ tokens }) => tokens))).toEqual(new Set([12 * 1009 + 505]));
  const costs = runs.map(({ costUsd }) => costUsd?.toFixed(9));
  expect(new Set(costs)).toEqual(new Set([((12 * (1000 * 3 + 9 * 15) + 500 * 3 + 5 * 15) / 1e6).toFixed(9)]));
});

test('what a followed session says late is part of how it went', async () => {
  const { store, ingest } = await opened({ nowUs: () => (T0 + 9e6) * 1e6 });
  const of = (record: TraceRecord): TraceRecord => ({ ...record, run_id: 'r' });
  await ingest.accept({
    records: [
      of({ event: 'span_start', span_id: 'task', ts: T0 }),
      of({ event: 'run_update', ts: T0 + 60, name: 'n' }),
    ],
  });
  await ingest.settle();
  expect((await store.read((reader) => reader.summary('r')))?.status).toBe('interrupted');
  // Another of its files is read a moment later, and its lines are older than the newest one known.
  await ingest.accept({ records: [of({ event: 'span_end', span_id: 'task', ts: T0 + 30 })] });
  await ingest.settle();
  expect((await store.read((reader) => reader.summary('r')))?.status).toBe('ok');
});
