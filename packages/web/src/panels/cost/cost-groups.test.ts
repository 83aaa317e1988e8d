import { judge } from '@tacho/trace/analysis/ledger';
import { treeOf } from '@tacho/trace/analysis/tree';
import { columnsOf } from '@tacho/trace/model/columns';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { COST_GROUPINGS } from '../../state/url.ts';
import { costGroups } from './cost-groups.ts';

const T = 1_775_831_521;
const span = (span_id: string, more: object): TraceRecord => ({
  event: 'span',
  span_id,
  ts: T,
  duration_ms: 10,
  ...more,
});

const run = foldRun(
  [
    span('plan', { kind: 'stage' }),
    span('work', { kind: 'stage' }),
    span('a', { kind: 'agent', parent: 'work' }),
    span('p1', { kind: 'llm', parent: 'plan', model: 'big', usage: { input_tokens: 10 } }),
    span('c1', { kind: 'llm', parent: 'a', model: 'big', usage: { input_tokens: 100 } }),
    span('t', { kind: 'tool', parent: 'a', tool: { name: 'Task' } }),
    span('c2', { kind: 'llm', parent: 't', model: 'small', usage: { input_tokens: 50 } }),
    span('c3', { kind: 'llm', usage: { input_tokens: 7 } }),
    span('paid', { kind: 'tool', name: 'search', cost_usd: 0.25 }),
  ],
  'r',
);
const prices: Record<string, number> = { p1: 0.1, c1: 1, c2: 0.5, paid: 0.25 };
for (const one of run.spans) if (prices[one.spanId] !== undefined) one.costUsd = prices[one.spanId]!;
const columns = columnsOf(run);
const tree = treeOf(columns);
const facts = { columns, tree, judgement: judge(columns, tree) };

test.each(COST_GROUPINGS)('by %s: every call is in one group, and the groups add up to the run', (by) => {
  const groups = costGroups(facts, by);
  expect(groups.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(1.85, 9);
  expect(groups.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(167);
  expect(groups.reduce((sum, { unpriced }) => sum + unpriced, 0)).toBe(1);
  expect(groups.flatMap(({ calls }) => calls).sort((a, b) => a - b)).toEqual([3, 4, 6, 7, 8]);
});

test('groups are named, the most expensive first, and so are their calls', () => {
  const names = (by: (typeof COST_GROUPINGS)[number]): [string, number][] =>
    costGroups(facts, by).map(({ name, calls }) => [name, calls[0]!]);
  expect(names('stage')).toEqual([
    ['work', 4],
    ['outside of stages', 8],
    ['plan', 3],
  ]);
  expect(names('agent')).toEqual([
    ['a', 4],
    ['outside of agents', 8],
  ]);
  expect(names('model')).toEqual([
    ['big', 4],
    ['small', 6],
    ['no model named', 8],
  ]);
  expect(names('tool')).toEqual([
    ['outside of tools', 4],
    ['Task', 6],
    ['search', 8],
  ]);
});
