import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord, UsageFields } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import { addUsage, emptyUsage, TOKEN_BUCKETS, totalTokens, type Usage } from '../model/usage.ts';
import { judgeRun, ledgerOf } from './ledger.ts';
import { modelProfiles } from './profiles.ts';
import { comparableModel, unexplained } from './stated-totals.ts';
import { prepare, summaryOf } from './summary.ts';

const T0 = 1_774_992_000;

type Stated = { tokens: UsageFields; model?: string; parent?: string; cost?: number; ours?: number };

const root: TraceRecord = { event: 'span', span_id: 'root', kind: 'agent', ts: T0, duration_ms: 100 };
const call = (id: string, { tokens, model = 'm', parent = 'root' }: Stated): TraceRecord => ({
  event: 'span',
  span_id: id,
  parent,
  kind: 'llm',
  ts: T0,
  duration_ms: 1,
  model,
  usage: tokens,
  placeholder_output: true,
});
const total = (id: string, { cost, ...stated }: Stated): TraceRecord => ({
  ...call(id, stated),
  kind: 'task',
  placeholder_output: false,
  model_total: true,
  usage: { requests: 0, ...stated.tokens },
  ...(cost !== undefined && { cost_usd: cost }),
});

function runOf(records: readonly TraceRecord[], ours: Record<string, number> = {}): Run {
  const run = foldRun(records, 'r');
  for (const span of run.spans) if (ours[span.spanId] !== undefined) span.costUsd = ours[span.spanId]!;
  return run;
}
const byModel = (run: Run): unknown =>
  Object.fromEntries(
    modelProfiles(run, ledgerOf(run)).map(({ model, usage, costUsd, unpriced }) => [
      model,
      { tokens: totalTokens(usage), input: usage.inputTokens, output: usage.outputTokens, costUsd, unpriced },
    ]),
  );

test('a sum adds what its calls do not explain, by kind of token, at the cost that it states', () => {
  const run = runOf(
    [
      root,
      call('a', { tokens: { input_tokens: 100, output_tokens: 1 } }),
      call('b', { tokens: { input_tokens: 50, output_tokens: 1 } }),
      total('sum', { tokens: { input_tokens: 150, output_tokens: 90 }, cost: 3 }),
    ],
    { a: 1, b: 0.5, sum: 2 },
  );
  expect(byModel(run)).toEqual({ m: { tokens: 240, input: 150, output: 90, costUsd: 3, unpriced: 0 } });
  expect(ledgerOf(run).costUsd).toBe(3);
  expect(ledgerOf(run).usage.requests).toBe(2);
});

test('the order in which calls and sum become known changes nothing', () => {
  const records = [
    root,
    call('a', { tokens: { input_tokens: 100, output_tokens: 1 } }),
    { ...root, span_id: 'agent', parent: 'root' },
    call('b', { tokens: { input_tokens: 50, output_tokens: 1 }, parent: 'agent' }),
    total('sum', { tokens: { input_tokens: 200, output_tokens: 90 }, cost: 3 }),
  ];
  const figures = [records, [...records].reverse()].map((list) => byModel(runOf(list)));
  expect(figures[0]).toEqual(figures[1]);
  // Fewer calls known: a larger rest, the same sum.
  expect(byModel(runOf([root, records.at(-1)!]))).toEqual(figures[0]);
});

test('a sum of a model that no call names counts in full; calls of a model without a sum count as ever', () => {
  const run = runOf([
    root,
    call('a', { tokens: { input_tokens: 7 }, model: 'other' }),
    total('sum', { tokens: { input_tokens: 980, output_tokens: 16 }, model: 'haiku', cost: 0.00106 }),
  ]);
  expect(byModel(run)).toEqual({
    haiku: { tokens: 996, input: 980, output: 16, costUsd: 0.00106, unpriced: 0 },
    other: { tokens: 7, input: 7, output: 0, costUsd: null, unpriced: 1 },
  });
});

test('a stated cost prices calls that have no price', () => {
  const run = runOf([
    root,
    call('a', { tokens: { input_tokens: 100 } }),
    total('sum', { tokens: { input_tokens: 100 }, cost: 2 }),
  ]);
  expect([ledgerOf(run).costUsd, ledgerOf(run).unpricedCalls]).toEqual([2, 0]);
});

test('where our prices are higher the stated cost holds, and the difference is noted', () => {
  const run = runOf(
    [
      root,
      call('a', { tokens: { input_tokens: 100, cache_write_1h_tokens: 40 } }),
      total('sum', { tokens: { input_tokens: 100, cache_write_tokens: 40 }, cost: 2 }),
    ],
    { a: 2.5, sum: 2.2 },
  );
  const ledger = ledgerOf(run);
  expect([ledger.costUsd, totalTokens(ledger.usage), ledger.usage.cacheWrite1hTokens]).toEqual([2, 140, 40]);
  expect(summaryOf(run, 0, prepare(run)).notes).toEqual([
    { code: 'cost-deviates', count: 1, example: 'sum' },
  ]);
});

test('a sum that is smaller than its calls is not of all of them: it changes nothing', () => {
  const run = runOf(
    [
      root,
      call('a', { tokens: { input_tokens: 100 } }),
      call('b', { tokens: { input_tokens: 100 } }),
      total('sum', { tokens: { input_tokens: 150 }, cost: 0.1 }),
    ],
    { a: 1, b: 1 },
  );
  expect([ledgerOf(run).costUsd, ledgerOf(run).usage.inputTokens]).toEqual([2, 200]);
});

test('sums of several processes add up; a parent that reports all of it counts nothing', () => {
  const records: TraceRecord[] = [
    { ...root, span_id: 'trial', usage: { input_tokens: 330 } },
    { ...root, parent: 'trial' },
    call('a', { tokens: { input_tokens: 100 } }),
    call('b', { tokens: { input_tokens: 200 } }),
    total('first', { tokens: { input_tokens: 110 }, cost: 1 }),
    total('second', { tokens: { input_tokens: 220 }, cost: 2 }),
  ];
  const run = runOf(records, { a: 1, b: 1 });
  expect([ledgerOf(run).costUsd, ledgerOf(run).usage.inputTokens]).toEqual([3, 330]);
  expect(judgeRun(run).verdict).toEqual(['roll-up', 'none', 'counted', 'counted', 'roll-up', 'unattributed']);
});

test('a sum that names no model is of all calls, and of what sums of models add to them', () => {
  const whole = (id: string, tokens: number): TraceRecord => {
    const { model: _, ...record } = total(id, { tokens: { input_tokens: tokens } }) as { model?: string };
    return record as TraceRecord;
  };
  const calls = [
    call('a', { tokens: { input_tokens: 100 } }),
    call('b', { tokens: { output_tokens: 50 }, model: 'other' }),
  ];
  const tokensOf = (records: readonly TraceRecord[]) => totalTokens(ledgerOf(runOf(records)).usage);
  expect(tokensOf([root, whole('stage 1', 100), whole('stage 2', 50)])).toBe(150);
  expect(tokensOf([root, whole('stage 1', 100), whole('stage 2', 50), ...calls])).toBe(150);
  expect(tokensOf([...calls, root, whole('stage 1', 100), whole('stage 2', 70)])).toBe(170);
  expect(tokensOf([root, ...calls, whole('all', 60)])).toBe(150);
  const ofModel = total('m', { tokens: { input_tokens: 130 } });
  expect(tokensOf([root, ...calls, ofModel])).toBe(180);
  expect(tokensOf([root, ...calls, ofModel, whole('all', 180)])).toBe(180);
  expect(tokensOf([root, ...calls, whole('all', 200), ofModel])).toBe(200);
  expect(tokensOf([root, ofModel, whole('all', 200)])).toBe(200);
});

test('placeholders that a sum sets right are no doubt about the data', () => {
  const calls = [root, call('a', { tokens: { input_tokens: 100, output_tokens: 1 } })];
  const notes = (records: TraceRecord[]): string[] =>
    summaryOf(runOf(records), 0, prepare(runOf(records))).notes.map(({ code }) => code);
  expect(notes(calls)).toContain('placeholder-output');
  const sum = total('sum', { tokens: { input_tokens: 100, output_tokens: 9 }, cost: 1 });
  expect(notes([...calls, sum])).not.toContain('placeholder-output');
});

describe('properties', () => {
  const tokens = fc.record(
    Object.fromEntries(TOKEN_BUCKETS.map((name) => [name, fc.nat(1e6)])),
  ) as fc.Arbitrary<unknown> as fc.Arbitrary<Usage>;

  test('what is unexplained and what is explained are the sum, kinds apart where they can be', () => {
    fc.assert(
      fc.property(tokens, tokens, (stated, explained) => {
        fc.pre(totalTokens(explained) <= totalTokens(stated));
        const rest = unexplained({ ...emptyUsage(), ...stated }, { ...emptyUsage(), ...explained });
        expect(totalTokens(rest)).toBe(totalTokens(stated) - totalTokens(explained));
        for (const bucket of TOKEN_BUCKETS) expect(rest[bucket]).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('a sum that covers its calls is what its model comes to, whatever the calls', () => {
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 8 }), tokens, (calls, more) => {
        const whole = { ...emptyUsage(), ...more };
        for (const usage of calls) addUsage(whole, { ...usage, requests: 0 });
        const fields = ({ inputTokens, outputTokens, cacheReadTokens }: Usage): UsageFields => ({
          input_tokens: inputTokens,
          output_tokens: outputTokens,
          cache_read_tokens: cacheReadTokens,
        });
        fc.pre(whole.inputTokens + whole.outputTokens + whole.cacheReadTokens > 0);
        const run = runOf([
          root,
          ...calls.map((usage, at) => call(`c${at}`, { tokens: fields(usage) })),
          total('sum', { tokens: fields(whole), cost: 1.25 }),
        ]);
        const { usage, costUsd } = ledgerOf(run);
        expect([usage.inputTokens, usage.outputTokens, usage.cacheReadTokens]).toEqual([
          whole.inputTokens,
          whole.outputTokens,
          whole.cacheReadTokens,
        ]);
        expect(costUsd).toBeCloseTo(1.25, 9);
      }),
    );
  });
});

test.each([
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic/claude-sonnet-4-5',
  'claude-sonnet-4-5@20250929',
  'claude-sonnet-4-5-20250929[1m]',
])('%s is claude-sonnet-4-5', (name) => {
  expect(comparableModel(name)).toBe('claude-sonnet-4-5');
});
