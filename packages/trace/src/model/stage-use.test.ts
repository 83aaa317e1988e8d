import { expect, test } from 'vitest';
import { decodeStructure, encodeStructure } from '../wire/structure.ts';
import { ColumnBuilder, columnsOf, rowOf } from './columns.ts';
import { emptyRun } from './fold.ts';
import type { JsonObject } from './json.ts';
import type { Span } from './span.ts';
import { cpuOf, peakMemoryOf, stageUseOf } from './stage-use.ts';

const stage = (attributes: JsonObject, more: Partial<Span> = {}): Span => ({
  spanId: 'a',
  name: 'a',
  kind: 'stage',
  startUs: 0,
  status: 'ok',
  attributes,
  ...more,
});
const MEASURED = { cpu_user_s: 1.5, cpu_system_s: 0.25, max_rss_bytes: 4e6, peak_tree_rss_bytes: 9e6 };

test('what a stage used is what its attributes say, in µs and bytes', () => {
  expect(stageUseOf(stage({ ...MEASURED, attempts: 3, exit_code: 0 }))).toEqual({
    cpuUserUs: 1.5e6,
    cpuSystemUs: 250_000,
    maxRssBytes: 4e6,
    peakTreeRssBytes: 9e6,
    attempts: 3,
  });
});

test('0 is measured, null and nonsense are not known, and a stage that says nothing has nothing', () => {
  const nothing = { cpuUserUs: null, cpuSystemUs: null, maxRssBytes: null, peakTreeRssBytes: null };
  const use = stageUseOf(stage({ cpu_user_s: 0, cpu_system_s: null, max_rss_bytes: -1 }));
  expect(use).toEqual({ ...nothing, cpuUserUs: 0 });
  expect(cpuOf(use)).toBeNull();
  expect(cpuOf({ ...nothing, cpuUserUs: 0, cpuSystemUs: 0 })).toBe(0);
  expect(stageUseOf(stage({ cpu_user_s: null, cpu_system_s: 'much', command: 'x' }))).toBeUndefined();
  expect(stageUseOf(stage({}))).toBeUndefined();
});

test('a stage that was skipped says why, in a line of bounded length; why anything else was done is no reason', () => {
  const reason = `needs b, which failed\n${'x'.repeat(300)}`;
  expect(stageUseOf(stage({ reason }, { status: 'cancelled' }))?.reason).toBe('needs b, which failed');
  expect(stageUseOf(stage({ reason: 'y'.repeat(300) }, { status: 'cancelled' }))?.reason).toHaveLength(200);
  expect(stageUseOf(stage({ reason }))).toBeUndefined();
});

test('peak memory is that of all processes, where it was seen, else of the largest', () => {
  expect(peakMemoryOf(stageUseOf(stage(MEASURED)))).toBe(9e6);
  expect(peakMemoryOf(stageUseOf(stage({ max_rss_bytes: 4e6 })))).toBe(4e6);
  expect(peakMemoryOf(undefined)).toBeNull();
});

test('rows of stages carry it, rows of others do not, and it survives the wire', () => {
  const spans = [stage(MEASURED), stage(MEASURED, { spanId: 'b', kind: 'tool' })];
  const columns = columnsOf({ ...emptyRun('r'), spans });
  expect([...columns.stageUse.keys()]).toEqual([0]);
  expect(decodeStructure(encodeStructure(columns)).columns.stageUse).toEqual(columns.stageUse);
});

test('a row that comes again brings new figures, or takes them away', () => {
  const builder = new ColumnBuilder();
  const set = (attributes: JsonObject): void => builder.set(rowOf(stage(attributes), 0, () => undefined));
  set(MEASURED);
  set({ ...MEASURED, cpu_user_s: 2 });
  for (let no = 1; no < 200; no++)
    builder.set({ ...rowOf(stage({}), no, () => undefined), name: `grows ${no}` });
  expect(builder.columns.stageUse.get(0)?.cpuUserUs).toBe(2e6);
  set({});
  expect(builder.columns.stageUse.size).toBe(0);
});
