import { expect, test } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import { type PathReport, pathReportOf } from './path-report.ts';

const T = 1_760_000_000;

function concurrencyOf(kind: string, parents: readonly string[]): PathReport['concurrency'] {
  const records = parents.map(
    (parent, at): TraceRecord => ({
      event: 'span',
      span_id: `s${at}`,
      ...(parent !== '' && { parent }),
      kind,
      ts: T,
      end_ts: T + 8,
    }),
  );
  const run = foldRun([...records, { event: 'run_end', ts: T + 10 }], 'r');
  return pathReportOf(run, run.lastUs).concurrency;
}

test('two agents for eight seconds are two in every interval, at whole microseconds', () => {
  const { counts, peakActive, active, tsUs } = concurrencyOf('agent', ['', '']);
  expect({ counts, peakActive }).toEqual({ counts: 'agents', peakActive: 2 });
  expect([...new Set(active)]).toEqual([2, 0]);
  expect(tsUs.every(Number.isInteger)).toBe(true);
});

test('an agent that waits for agents is not beside them, in the averages as in the peak', () => {
  const { peakActive, active } = concurrencyOf('agent', ['', 's0', 's0']);
  expect([peakActive, Math.max(...active)]).toEqual([2, 2]);
});

test('in a run without agents its calls are counted, in the averages as in the peak', () => {
  const { counts, peakActive, active } = concurrencyOf('tool', ['', 's0', 's0', 's0']);
  expect({ counts, peakActive }).toEqual({ counts: 'calls', peakActive: 3 });
  expect(Math.max(...active)).toBe(3);
});
