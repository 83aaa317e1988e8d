import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silencesOf } from '../analysis/stalls.ts';
import { treeOf } from '../analysis/tree.ts';
import { recordsOf } from '../formats/run-records.ts';
import { decodeStructure, encodeStructure } from '../wire/structure.ts';
import { ColumnBuilder, columnsOf, rowOf } from './columns.ts';
import { foldRun } from './fold.ts';
import type { TraceRecord } from './record.ts';
import type { Run } from './run.ts';

const T = 1_775_000_000;
const start: TraceRecord = { event: 'span_start', span_id: 'call', kind: 'llm', ts: T };
const progress: TraceRecord = { event: 'span_event', span_id: 'call', name: 'chunk', ts: T + 280 };
const update: TraceRecord = { event: 'span_update', span_id: 'call', note: 'half', ts: T + 250 };
const end: TraceRecord = { event: 'span_end', span_id: 'call', ts: T + 300 };

const heard = (...records: TraceRecord[]): number | undefined =>
  columnsOf(foldRun(records, 'r')).heardUs.get(0);

test('an event and an update are signs of life of what is open, in any order, and of nothing that is over', () => {
  expect(heard(start)).toBeUndefined();
  expect(heard(start, update)).toBe((T + 250) * 1e6);
  expect(heard(start, progress, update)).toBe((T + 280) * 1e6);
  expect(heard(progress, start)).toBe((T + 280) * 1e6);
  expect(heard(start, progress, end)).toBeUndefined();
  expect(heard(start, end, progress)).toBeUndefined();
  expect('updatedUs' in foldRun([start, update, end], 'r').spans[0]!).toBe(false);
  const whole: TraceRecord = {
    event: 'span',
    span_id: 'call',
    ts: T,
    events: [{ name: 'chunk', ts: T + 9 }],
  };
  expect(heard({ ...whole, status: 'running' })).toBe((T + 9) * 1e6);
  expect(heard({ ...whole, end_ts: T + 10 })).toBeUndefined();
});

test('what gave a sign of life lately is not silent, nor is what waits for it', () => {
  const open = foldRun([start, progress], 'r');
  const columns = columnsOf(open);
  const silentAt = (seconds: number) => silencesOf(columns, treeOf(columns), (T + seconds) * 1e6);
  // 180 s without anything to compare with.
  expect(silentAt(300)).toEqual([]);
  expect(silentAt(280 + 181)).toEqual([{ no: 0, silentUs: 181e6, state: 'stalled' }]);
});

test('rows, structures and written streams say it, and forget it when the span is over', () => {
  const run = foldRun([start, progress, update, { ...update, note: 'nearly', ts: T + 290 }], 'r');
  const columns = columnsOf(run);
  expect(columns.heardUs).toEqual(new Map([[0, (T + 290) * 1e6]]));
  expect(decodeStructure(encodeStructure(columns)).columns.heardUs).toEqual(columns.heardUs);
  const builder = new ColumnBuilder(columns);
  for (const parent of [1, 2, 3]) builder.set({ ...rowOf(run.spans[0]!, parent, () => undefined) });
  expect(builder.columns.heardUs.size).toBe(4);
  const over = foldRun([start, progress, end], 'r');
  builder.set(rowOf(over.spans[0]!, 0, () => undefined));
  expect([...builder.columns.heardUs.keys()]).toEqual([1, 2, 3]);
  const written = (of: Run): Run => foldRun([...recordsOf(of)] as TraceRecord[], 'r');
  expect(written(run).spans).toEqual(run.spans);
});

test('any order of the same records comes to the same', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([start, progress, update, { ...progress, name: 'late', ts: T + 295 }], {
        minLength: 4,
      }),
      (records) => {
        expect(heard(...records)).toBe((T + 295) * 1e6);
      },
    ),
  );
});
