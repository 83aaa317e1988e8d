import { expect, test } from 'vitest';
import { columnsOf } from '../model/columns.ts';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import { treeOf } from './tree.ts';
import { openWork } from './watch.ts';

const T = 1_775_000_000;

function work(records: readonly object[], seconds: number) {
  const run = foldRun(
    records.map((record) => ({ run_id: 'r', ts: T, event: 'span_start', ...record }) as TraceRecord),
    'r',
  );
  const columns = columnsOf(run);
  return openWork(run, columns, treeOf(columns), (T + seconds) * 1e6);
}

test('the innermost open work, the worst first, with its agent', () => {
  const open = [
    { span_id: 'agent', kind: 'agent', name: 'reader' },
    { span_id: 'call', parent: 'agent', kind: 'llm', name: 'chat' },
    { span_id: 'quick', kind: 'llm', name: 'other', ts: T + 299 },
  ];
  const found = work(open, 300);
  expect(found.map(({ spanId, state, agent, silentUs }) => [spanId, state, agent, silentUs / 1e6])).toEqual([
    ['call', 'stalled', 'reader', 300],
    ['quick', 'working', '', 1],
  ]);
});

test('of a run whose process is gone what is open is dead; of one that ended nothing is open', () => {
  const open = { span_id: 'call', kind: 'llm' };
  const over = (status: string) => [open, { event: 'run_end', status, ts: T + 1 }];
  expect(work(over('interrupted'), 2).map(({ state }) => state)).toEqual(['dead']);
  expect(work(over('ok'), 2)).toEqual([]);
});
