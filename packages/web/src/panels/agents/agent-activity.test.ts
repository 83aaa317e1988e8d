import { judge } from '@tacho/trace/analysis/ledger';
import { treeOf } from '@tacho/trace/analysis/tree';
import { columnsOf } from '@tacho/trace/model/columns';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import { expect, it } from 'vitest';
import { agentActivity } from './agent-activity.ts';

const span = (
  span_id: string,
  kind: string,
  parent: string,
  from: number,
  to: number,
  tokens = 0,
): TraceRecord => ({
  event: 'span',
  span_id,
  kind,
  ...(parent !== '' && { parent }),
  ts: 1_700_000_000 + from,
  duration_ms: (to - from) * 1000,
  ...(tokens > 0 && { tokens }),
});

it('gives each agent the tokens of its own work, spread over the slices the calls touch', () => {
  const columns = columnsOf(
    foldRun([
      span('lead', 'agent', '', 0, 10),
      span('lead-call', 'llm', 'lead', 0, 1.9, 100),
      span('worker', 'agent', 'lead', 2, 10),
      span('worker-call', 'llm', 'worker', 4, 9.9, 300),
    ]),
  );
  const tree = treeOf(columns);
  const activity = agentActivity(columns, tree, judge(columns, tree), 1_700_000_010e6, 5);
  expect([...activity.get(0)!]).toEqual([100, 0, 0, 0, 0]);
  expect([...activity.get(2)!]).toEqual([0, 75, 75, 75, 75]);
});

it('measures an open agent up to now', () => {
  const open: TraceRecord = { event: 'span_start', span_id: 'a', kind: 'agent', ts: 1_700_000_000 };
  const columns = columnsOf(foldRun([open, span('call', 'llm', 'a', 0, 1, 10)]));
  const tree = treeOf(columns);
  const activity = agentActivity(columns, tree, judge(columns, tree), 1_700_000_004e6, 2);
  expect([...activity.get(0)!]).toEqual([10, 0]);
});
