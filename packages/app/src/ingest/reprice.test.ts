import type { PriceLookup } from '@tacho/trace/model/price';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { expect, onTestFinished, test } from 'vitest';
import { memoryStore } from '../store/duckdb-store.ts';
import type { Store } from '../store/store.ts';
import { type Change, Ingest } from './ingest.ts';

const T0 = 1_712_534_400;

/** So many USD for a million tokens of each model. */
function pricesOf(rates: Record<string, number>, row = 'row'): PriceLookup {
  return ({ model, usage, project }) => {
    const rate = rates[project === undefined ? model : `${project}/${model}`] ?? rates[model];
    if (rate === undefined) return undefined;
    return { costUsd: (rate * (usage.inputTokens + usage.outputTokens)) / 1e6, row: `${row} of ${model}` };
  };
}

async function opened(price: PriceLookup): Promise<{ store: Store; ingest: Ingest; changes: Change[] }> {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price, nowUs: () => (T0 + 3600) * 1e6 });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const changes: Change[] = [];
  ingest.onChange((change) => changes.push(change));
  return { store, ingest, changes };
}

function call(id: string, model: string, tokens: number, more: Record<string, unknown> = {}): TraceRecord {
  return {
    event: 'span',
    run_id: 'r',
    span_id: id,
    ts: T0,
    duration_ms: 10,
    kind: 'llm',
    model,
    usage: { input_tokens: tokens },
    call_key: id,
    inputs: { text: `asked by ${id}` },
    outputs: `said to ${id}`,
    ...more,
  } as TraceRecord;
}

const RECORDS: TraceRecord[] = [
  { event: 'run_start', run_id: 'r', ts: T0, name: 'first' },
  call('a', 'known', 1_000_000),
  call('b', 'unknown', 2_000_000),
  call('a2', 'known', 1_000_000, { call_key: 'a' }),
  { event: 'run_end', run_id: 'r', ts: T0 + 5, status: 'ok' },
];

const full = async (store: Store): Promise<Run> => (await store.read((reader) => reader.fullRun('r')))!;

test('other prices are written to the calls and the summary of a run, once; a repeated call counts once', async () => {
  const { store, ingest, changes } = await opened(pricesOf({ known: 1 }));
  await ingest.accept({ records: RECORDS });
  const wanted = {
    runId: 'r',
    before: { costUsd: 1, unpricedCalls: 1 },
    after: { costUsd: 9, unpricedCalls: 0 },
    calls: 2,
    changed: 2,
    newlyPriced: 1,
    newlyUnpriced: 0,
  };
  const price = pricesOf({ known: 3, unknown: 3 }, 'new');
  const before = await full(store);
  changes.length = 0;
  expect(await ingest.reprice('r', { price, dryRun: true })).toEqual(wanted);
  expect(await full(store)).toEqual(before);
  expect(changes).toEqual([]);

  expect(await ingest.reprice('r', { price })).toEqual(wanted);
  const summary = await store.read((reader) => reader.summary('r'));
  expect(summary).toMatchObject({ costUsd: 9, unpricedCalls: 0, tokens: 3_000_000, status: 'ok', spans: 3 });
  const after = await full(store);
  expect(after.spans.map(({ costUsd, priceRow }) => [costUsd, priceRow])).toEqual([
    [3, 'new of known'],
    [6, 'new of unknown'],
    [3, 'new of known'],
  ]);
  // Nothing else was touched, payloads least of all.
  const bare = ({ spans }: Run): unknown => spans.map(({ costUsd: _, priceRow: __, ...rest }) => rest);
  expect(bare(after)).toEqual(bare(before));
  expect(after.spans[1]).toMatchObject({ outputs: 'said to b' });
  expect(changes).toMatchObject([{ runs: [{ runId: 'r', costUsd: 9 }], rows: [{ runId: 'r' }], gone: [] }]);

  changes.length = 0;
  expect(await ingest.reprice('r', { price })).toMatchObject({
    before: wanted.after,
    after: wanted.after,
    changed: 0,
  });
  expect(changes).toEqual([]);
});

test('a price that is gone makes the cost unknown, and the source’s own cost is the best that is left', async () => {
  const { store, ingest } = await opened(pricesOf({ known: 1, other: 1 }));
  const reported = call('c', 'other', 1_000_000, { cost_usd: 0.25 });
  await ingest.accept({ records: [...RECORDS.slice(0, 3), reported, RECORDS.at(-1)!] });
  expect(await ingest.reprice('r', { price: pricesOf({}) })).toMatchObject({
    before: { costUsd: 2, unpricedCalls: 1 },
    after: { costUsd: 0.25, unpricedCalls: 2 },
    newlyPriced: 0,
    newlyUnpriced: 1,
    changed: 2,
  });
  expect((await full(store)).spans.map(({ priceRow }) => priceRow)).toEqual([
    undefined,
    undefined,
    'reported by the source',
  ]);
});

test('repricing takes its turn with records that come in, and a later ingest goes on from it', async () => {
  const { store, ingest } = await opened(pricesOf({ known: 1 }));
  const [first, ...rest] = RECORDS;
  const asked = [
    ingest.accept({ records: [first!] }),
    ingest.reprice('r', { price: pricesOf({ known: 2 }) }),
    ingest.accept({ records: rest }),
    ingest.reprice('r', { price: pricesOf({ known: 5 }) }),
  ];
  await Promise.all(asked);
  expect(await store.read((reader) => reader.summary('r'))).toMatchObject({ costUsd: 5, spans: 3 });
  const later = new Ingest(store, { price: pricesOf({ known: 7 }), nowUs: () => (T0 + 3600) * 1e6 });
  expect(await later.reprice('r')).toMatchObject({ before: { costUsd: 5 }, after: { costUsd: 7 } });
  expect(await later.reprice('r')).toMatchObject({ changed: 0 });
  await later.close();
  expect(await store.read((reader) => reader.summary('r'))).toMatchObject({ costUsd: 7 });
});

test('a run that nobody knows is told so, and is not made', async () => {
  const { store, ingest } = await opened(pricesOf({}));
  expect(await ingest.reprice('r')).toBeUndefined();
  expect(await ingest.reprice('r', { dryRun: true })).toBeUndefined();
  expect(await store.read((reader) => reader.summary('r'))).toBeUndefined();
});

test('the prices are those of the run’s project, also when it is told after the calls', async () => {
  const rates = { known: 1, 'alpha/known': 4 };
  const { store, ingest } = await opened(pricesOf(rates));
  await ingest.accept({ records: RECORDS.slice(0, 2) });
  expect(await store.read((reader) => reader.summary('r'))).toMatchObject({ costUsd: 1 });
  await ingest.accept({ records: [{ event: 'run_update', run_id: 'r', ts: T0 + 1, project: 'alpha' }] });
  await ingest.accept({ records: [RECORDS.at(-1)!] });
  expect(await store.read((reader) => reader.summary('r'))).toMatchObject({ costUsd: 4, project: 'alpha' });
  expect(await ingest.reprice('r')).toMatchObject({ project: 'alpha', changed: 0 });
});

test('doubts that other prices settle are gone, and those that they raise are there: for calls and for the sum above them', async () => {
  const { store, ingest } = await opened(pricesOf({}));
  const stated = {
    event: 'span',
    run_id: 'r',
    span_id: 'root',
    ts: T0,
    duration_ms: 99,
    kind: 'agent',
    cost_usd: 3,
  };
  await ingest.accept({
    records: [
      RECORDS[0]!,
      stated as TraceRecord,
      call('a', 'known', 1_000_000, { parent: 'root', cost_usd: 1 }),
      call('b', 'known', 2_000_000, { parent: 'root' }),
      RECORDS.at(-1)!,
    ],
  });
  const notes = async (): Promise<unknown> => {
    const summary = await store.read((reader) => reader.summary('r'));
    return summary?.notes.filter(({ code }) => code === 'cost-deviates' || code === 'unpriced-call');
  };
  expect(await notes()).toEqual([{ code: 'unpriced-call', count: 1, example: 'known' }]);
  for (const later of [false, true]) {
    // From the store's own copy, as after a restart, and from memory.
    const by = later ? new Ingest(store, { price: () => undefined }) : ingest;
    await by.reprice('r', { price: pricesOf({ known: 1.03 }) });
    expect(await notes()).toEqual([{ code: 'cost-deviates', count: 2, example: 'root' }]);
    await by.reprice('r', { price: pricesOf({ known: 1.015 }) });
    expect(await notes()).toEqual([]);
    if (later) await by.close();
  }
});

test('a sum that the source states for a model stays as stated, and what it adds to the calls is no call', async () => {
  const { store, ingest } = await opened(pricesOf({ known: 1 }));
  const sum = call('sum', 'known', 3_000_000, {
    kind: 'task',
    call_key: undefined,
    model_total: true,
    cost_usd: 3,
  });
  await ingest.accept({
    records: [
      RECORDS[0]!,
      call('a', 'known', 1_000_000),
      call('b', 'known', 2_000_000),
      sum,
      RECORDS.at(-1)!,
    ],
  });
  expect((await full(store)).spans[2]).toMatchObject({ modelTotal: true, reportedCostUsd: 3 });
  const stated = { costUsd: 3, unpricedCalls: 0 };
  const moved = { before: stated, after: stated, calls: 2, changed: 2, newlyPriced: 0, newlyUnpriced: 0 };
  expect(await ingest.reprice('r', { price: pricesOf({ known: 0.5 }) })).toEqual({ runId: 'r', ...moved });
  expect(await ingest.reprice('r', { price: pricesOf({ known: 1 }) })).toEqual({ runId: 'r', ...moved });
});

test('what the program of a call, or a table named for its run, says it cost goes before every price list', async () => {
  const { store, ingest } = await opened(pricesOf({ known: 1 }));
  const stated = { cost_usd: 0.25, attributes: { priced_by: 'prices.yaml' } };
  await ingest.accept({
    records: [
      RECORDS[0]!,
      call('a', 'known', 1_000_000, stated),
      call('b', 'known', 1_000_000),
      RECORDS.at(-1)!,
    ],
  });
  const costs = async (): Promise<unknown> =>
    (await full(store)).spans.map(({ costUsd, priceRow }) => [costUsd, priceRow]);
  expect(await costs()).toEqual([
    [0.25, 'priced by prices.yaml'],
    [1, 'row of known'],
  ]);
  expect(await store.read((reader) => reader.summary('r'))).toMatchObject({ costUsd: 1.25 });
  await ingest.reprice('r', { price: pricesOf({ known: 3 }) });
  expect(await costs()).toEqual([
    [0.25, 'priced by prices.yaml'],
    [3, 'row of known'],
  ]);
});
