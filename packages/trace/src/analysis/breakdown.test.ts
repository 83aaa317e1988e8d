import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import { type Breakdown, breakdownOf } from './breakdown.ts';
import { judgeRun } from './ledger.ts';
import { prepare } from './summary.ts';

const T = 1_775_000_000;

function brokenDown(records: readonly TraceRecord[]): Breakdown {
  const run = foldRun(records, 'r');
  const prepared = prepare(run);
  return breakdownOf(run, prepared, judgeRun(run, prepared.columns, prepared.tree), run.lastUs);
}

test('tokens that an agent states for itself are a model’s, and its time is not', () => {
  const { models, tools } = brokenDown([
    { event: 'span', span_id: 'agent', kind: 'agent', model: 'm', tokens: 900, ts: T, end_ts: T + 100 },
    {
      event: 'span',
      span_id: 'one',
      parent: 'agent',
      kind: 'llm',
      model: 'm',
      tokens: 300,
      ts: T + 1,
      end_ts: T + 5,
    },
    {
      event: 'span',
      span_id: 'two',
      parent: 'agent',
      kind: 'llm',
      model: 'm',
      tokens: 200,
      ts: T + 3,
      end_ts: T + 8,
    },
    {
      event: 'span',
      span_id: 'task',
      parent: 'agent',
      kind: 'tool',
      tool: 'Task',
      ts: T + 9,
      end_ts: T + 10,
    },
    { event: 'span', span_id: 'left', parent: 'task', ts: T + 9, end_ts: T + 60 },
  ]);
  expect(models).toMatchObject([{ name: 'm', tokens: 900, calls: 2, totalUs: 9e6, wallUs: 7e6 }]);
  // What a tool left behind ran after its call.
  expect(tools).toMatchObject([{ name: 'Task', calls: 1, totalUs: 1e6, wallUs: 1e6 }]);
});

const span = fc.record({
  up: fc.nat(),
  kind: fc.constantFrom('agent', 'llm', 'tool', 'stage', 'task'),
  name: fc.constantFrom('a', 'b'),
  model: fc.constantFrom(undefined, 'm', 'n'),
  tokens: fc.constantFrom(undefined, 10, 500),
  callKey: fc.constantFrom(undefined, 'same'),
  from: fc.nat(40),
  seconds: fc.option(fc.nat(30), { nil: undefined, freq: 6 }),
});

test('any run: tools and models ran no longer than their calls took together', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 20 }), (list) => {
      const records = list.map(
        ({ up, kind, name, model, tokens, callKey, from, seconds }, at): TraceRecord => ({
          event: 'span',
          span_id: `s${at}`,
          ...(at > 0 && up % 3 > 0 && { parent: `s${up % at}` }),
          kind,
          name,
          ...(kind === 'tool' && { tool: name }),
          ...(model !== undefined && { model }),
          ...(tokens !== undefined && { tokens }),
          ...(callKey !== undefined && { call_key: callKey }),
          ts: T + from,
          ...(seconds === undefined ? { status: 'running' } : { end_ts: T + from + seconds }),
        }),
      );
      const { models, tools } = brokenDown([...records, { event: 'run_end', ts: T + 80 }]);
      for (const { wallUs, totalUs } of [...models, ...tools]) expect(wallUs).toBeLessThanOrEqual(totalUs);
    }),
  );
});
