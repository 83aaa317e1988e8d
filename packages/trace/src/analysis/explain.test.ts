import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pricedBy } from '../model/explanation.ts';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import { totalTokens } from '../model/usage.ts';
import { explain } from './explain.ts';
import { ledgerOf } from './ledger.ts';

const T = 1_775_831_521;
const call = (span_id: string, more: object = {}): TraceRecord => ({
  event: 'span',
  span_id,
  kind: 'llm',
  ts: T,
  duration_ms: 10,
  model: 'm',
  ...more,
});

test('a roll-up, a rest, a repeated call, a placeholder and a paid tool: each with its reason', () => {
  const run = foldRun(
    [
      call('sum', { kind: 'agent', tokens: { input_tokens: 113, output_tokens: 11 } }),
      call('a', { parent: 'sum', usage: { input_tokens: 56, output_tokens: 5 }, call_key: 'msg|req' }),
      call('b', { parent: 'sum', usage: { input_tokens: 57, output_tokens: 6 }, placeholder_output: true }),
      call('copy', { usage: { input_tokens: 56, output_tokens: 5 }, call_key: 'msg|req' }),
      call('more', { kind: 'stage', tokens: 100 }),
      call('c', { parent: 'more', usage: { input_tokens: 30 } }),
      call('search', { kind: 'tool', model: undefined, cost_usd: 0.01 }),
    ],
    'r',
  );
  for (const span of run.spans) {
    if (span.spanId === 'a') Object.assign(span, { costUsd: 0.5, priceRow: 'table/m' });
    if (span.spanId === 'search') span.costUsd = 0.01;
  }
  const { spans, tokens, costUsd, unpricedCalls, unpricedRests, groups, prices } = explain(run);
  expect(Object.fromEntries(spans.map(({ spanId, verdict, why }) => [spanId, [verdict, why]]))).toEqual({
    sum: ['roll-up', 'The calls below it report these tokens themselves.'],
    a: ['counted', 'A model call: it counts in full.'],
    b: ['counted', 'A model call whose output count is a placeholder: a lower bound.'],
    copy: ['duplicate', 'The same call is counted as the span a.'],
    more: [
      'unattributed',
      'It reports 100 tokens, 70 more than the calls below it: these count, of unknown kind.',
    ],
    c: ['counted', 'A model call: it counts in full.'],
    search: ['counted', 'It states a cost and no tokens: the cost counts.'],
  });
  expect({ tokens, costUsd }).toEqual({ tokens: 124 + 100, costUsd: 0.51 });
  expect({ unpricedCalls, unpricedRests }).toEqual({ unpricedCalls: 2, unpricedRests: 1 });
  expect(groups.map(({ verdict, spans, countedTokens }) => [verdict, spans, countedTokens])).toEqual([
    ['counted', 4, 154],
    ['unattributed', 1, 70],
    ['roll-up', 1, 0],
    ['duplicate', 1, 0],
  ]);
  expect(
    prices.map((price) => [price.model, pricedBy(price), price.calls, price.rests, price.costUsd]),
  ).toEqual([
    ['m', 'table/m', 1, 0, 0.5],
    ['search', 'reported by the source', 1, 0, 0.01],
    ['m', 'no price is known', 2, 0, null],
    ['m', 'no price is known, for what no call explains', 0, 1, null],
  ]);
});

test('what a source states for a model is no call, with calls beside it or without', () => {
  const total = (cost: number): TraceRecord =>
    call('total', { kind: 'task', model_total: true, usage: { input_tokens: 100 }, cost_usd: cost });
  const made = call('made', { usage: { input_tokens: 60 }, cost_usd: 0.6 });
  const pricesOf = (records: TraceRecord[]): unknown => {
    const run = foldRun(records, 'r');
    for (const span of run.spans) span.costUsd = span.reportedCostUsd!;
    return explain(run).prices.map(({ calls, rests, usage }) => [calls, rests, totalTokens(usage)]);
  };
  expect(pricesOf([total(1), made])).toEqual([
    [1, 0, 60],
    [0, 1, 40],
  ]);
  expect(pricesOf([total(1)])).toEqual([[0, 1, 100]]);
});

test('a call that another run counted first names that run', () => {
  const run = foldRun([call('a', { usage: { input_tokens: 5 }, call_key: 'k' })], 'second');
  run.spans[0]!.duplicateOfRun = 'first';
  expect(explain(run).spans).toMatchObject([
    { verdict: 'duplicate', countedInRun: 'first', why: 'The same call is counted in the run first.' },
  ]);
});

test('whatever is counted, spans, groups and prices add up to the run', () => {
  const usage = fc.record({ input_tokens: fc.nat(1000), output_tokens: fc.nat(1000) });
  const span = fc.record({
    parent: fc.option(fc.nat(9), { nil: undefined }),
    usage: fc.option(usage, { nil: undefined }),
    key: fc.option(fc.nat(4), { nil: undefined }),
    cost: fc.option(fc.nat(1000), { nil: undefined }),
    total: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 10 }), (list) => {
      const run = foldRun(
        list.map(({ parent, usage, key, total }, at) =>
          call(`s${at}`, {
            ...(parent !== undefined && { parent: `s${parent}` }),
            ...(usage && { usage }),
            ...(key !== undefined && { call_key: `k${key}` }),
            ...(total && { model_total: true }),
          }),
        ),
        'r',
      );
      for (const [at, { cost }] of list.entries())
        if (cost !== undefined) Object.assign(run.spans[at]!, { costUsd: cost / 1000, priceRow: 'row' });
      const { spans, groups, prices, tokens, costUsd, unpricedCalls, unpricedRests } = explain(run);
      expect(unpricedCalls + unpricedRests).toBe(ledgerOf(run).unpricedCalls);
      const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
      expect(sum(spans.map(({ counted }) => totalTokens(counted)))).toBe(tokens);
      expect(sum(groups.map(({ countedTokens }) => countedTokens))).toBe(tokens);
      expect(sum(prices.map(({ usage }) => totalTokens(usage)))).toBe(tokens);
      for (const costs of [spans, groups, prices])
        expect(sum(costs.map((one) => one.costUsd ?? 0))).toBeCloseTo(costUsd ?? 0, 9);
    }),
  );
});
