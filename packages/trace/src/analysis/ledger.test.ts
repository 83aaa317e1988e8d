import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import { ledgerOf } from './ledger.ts';

const T0 = 1_712_534_400;

/** Spans as `id`, `parent`, and whatever else they say; costs stand for our own prices. */
function runOf(...spans: ({ id: string; parent?: string; cost?: number } & Partial<TraceRecord>)[]): Run {
  const run = foldRun(
    spans.map(({ id, parent, cost: _, ...rest }) => ({
      event: 'span' as const,
      span_id: id,
      ts: T0,
      duration_ms: 1,
      ...(parent !== undefined && { parent }),
      ...rest,
    })) as TraceRecord[],
    'r',
  );
  for (const [no, { cost }] of spans.entries()) if (cost !== undefined) run.spans[no]!.costUsd = cost;
  return run;
}
const total = (run: Run): number => {
  const { requests: _, ...buckets } = ledgerOf(run).usage;
  return Object.values(buckets).reduce((sum, count) => sum + count, 0);
};

test('G8: a parent that reports what its children do counts nothing', () => {
  const run = runOf(
    { id: 'parent', tokens: { input_tokens: 113, output_tokens: 11 } },
    { id: 'a', parent: 'parent', tokens: { input_tokens: 56, output_tokens: 5 } },
    { id: 'b', parent: 'parent', tokens: { input_tokens: 57, output_tokens: 6 } },
  );
  expect(total(run)).toBe(124);
});

test('G9: sums over several levels count once', () => {
  const chats = [3031, 4421, 10709, 11738].map((tokens, at) => ({
    id: `c${at}`,
    parent: `s${at >> 1}`,
    tokens,
  }));
  const run = runOf(
    { id: 'root', tokens: 29_899 },
    { id: 's0', parent: 'root', tokens: 3031 + 4421 },
    { id: 's1', parent: 'root' },
    ...chats,
  );
  expect(total(run)).toBe(29_899);
});

test('G11: one call in two places of a run counts once, in tokens and in cost', () => {
  const tokens = { input_tokens: 10, output_tokens: 5 };
  const run = runOf(
    { id: 'a', call_key: 'm1|r1', tokens, cost: 0.25 },
    { id: 'b', call_key: 'm1|r1', tokens, cost: 0.25 },
    { id: 'c', call_key: 'm1', replay: true, tokens, cost: 0.25 },
  );
  expect([total(run), ledgerOf(run).costUsd]).toEqual([15, 0.25]);
});

test('G11: one call reported by a framework and, inside it, by its client counts once, whichever came first', () => {
  const usage = { tokens: { input_tokens: 1200, output_tokens: 90 }, call_key: 'chatcmpl-1' };
  const spans = [
    { id: 'chain', tokens: { input_tokens: 1200, output_tokens: 90 } },
    { id: 'outer', parent: 'chain', ...usage, cost: 0.01 },
    { id: 'between', parent: 'outer' },
    { id: 'inner', parent: 'between', ...usage, cost: 0.01 },
  ];
  for (const order of [spans, spans.toReversed()]) {
    const run = runOf(...order);
    expect(total(run)).toBe(1290);
    expect(ledgerOf(run).costUsd).toBe(0.01);
    const verdicts = Object.fromEntries(
      ledgerOf(run).entries.map(({ no, verdict }) => [run.spans[no]!.spanId, verdict]),
    );
    expect(verdicts).toEqual({ chain: 'roll-up', outer: 'duplicate', inner: 'counted' });
  }
});

test('a cost that sums up its children’s counts once, and what it says beyond them is added', () => {
  const calls = [
    { id: 'a', parent: 'agent', tokens: { input_tokens: 10 }, cost: 0.5 },
    { id: 'b', parent: 'agent', tokens: { input_tokens: 10 }, cost: 0.25 },
  ];
  for (const [stated, right] of [
    [0.75, 0.75],
    [0.7, 0.75],
    [1, 1],
  ] as const) {
    const run = runOf({ id: 'root', cost: stated }, { id: 'agent', parent: 'root', cost: stated }, ...calls);
    expect(ledgerOf(run).costUsd).toBeCloseTo(right, 9);
  }
});

test('a cost without tokens is a cost, wherever nothing below it explains it', () => {
  expect(ledgerOf(runOf({ id: 'agent' }, { id: 'search', parent: 'agent', cost: 0.01 })).costUsd).toBe(0.01);
});

test('a call that a recorder and a line of the call sink tell of counts once, with the recorder’s kinds of tokens', () => {
  const recorded = {
    attributes: { response_id: 'answer-1' },
    usage: { input_tokens: 60, cache_read_tokens: 40, output_tokens: 5 },
  };
  const line = { call_key: 'answer-1', usage: { input_tokens: 100, output_tokens: 5 } };
  const judged = (...spans: Parameters<typeof runOf>): [string[], number] => {
    const run = runOf(...spans);
    return [ledgerOf(run).entries.map(({ verdict }) => verdict), total(run)];
  };
  expect(judged({ id: 'a', ...recorded }, { id: 'b', ...line })).toEqual([['counted', 'duplicate'], 105]);
  expect(judged({ id: 'b', ...line }, { id: 'a', ...recorded })).toEqual([['duplicate', 'counted'], 105]);
  const paid = { ...line, cost_usd: 0.5 };
  expect(judged({ id: 'a', ...recorded }, { id: 'b', ...paid })).toEqual([['duplicate', 'counted'], 105]);
  // Another call whose id is the same, and one more line for a call that has one.
  const other = { ...line, usage: { input_tokens: 7 } };
  expect(judged({ id: 'a', ...recorded }, { id: 'b', ...other })[1]).toBe(112);
  expect(judged({ id: 'a', ...recorded }, { id: 'b', ...line, call_key: 'answer-2' })[1]).toBe(210);
});
