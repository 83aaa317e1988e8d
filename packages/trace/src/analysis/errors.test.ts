import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import { problemsOf } from './problems.ts';
import { prepare, summaryOf } from './summary.ts';

const span = (span_id: string, parent: string | undefined, error?: string, second = 0): TraceRecord => ({
  event: 'span',
  span_id,
  ...(parent !== undefined && { parent }),
  ts: 1700000000 + second,
  duration_ms: 500,
  ...(error !== undefined && { status: 'error', error }),
});

test('the list, the head and the problems count the same errors: where they arose, without those made good', () => {
  const run = foldRun(
    [
      span('root', undefined, 'rate limit'),
      span('agent', 'root', 'rate limit'),
      span('call', 'agent', 'rate limit'),
      span('other', 'root', 'no such file', 1),
      { ...span('fetch-1', 'root', 'timeout', 2), name: 'fetch' } as TraceRecord,
      { ...span('fetch-2', 'root', undefined, 3), name: 'fetch', status: 'ok' } as TraceRecord,
    ],
    'r',
  );
  const { columns, tree } = prepare(run);
  const shown = problemsOf(columns, tree, run.lastUs, run.status).filter(
    ({ severity }) => severity === 'error',
  );
  expect(shown.map(({ no }) => run.spans[no]!.spanId).sort()).toEqual(['call', 'other']);
  expect(summaryOf(run, run.lastUs).errors).toBe(2);
});
