import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom } from '../../../../../tests/random-columns.ts';
import { lanesOf } from '../../analysis/lanes.ts';
import { isLeaf, treeOf } from '../../analysis/tree.ts';
import type { SpanColumns } from '../../model/columns.ts';
import { chooseLanes } from './lane-choice.ts';
import { slicesOf } from './slices.ts';

const MOST = 1800;

function drawn(columns: SpanColumns, range: { fromUs: number; toUs: number }, most = MOST) {
  const tree = treeOf(columns);
  const layout = lanesOf(columns, tree, range.toUs);
  const rows = chooseLanes(layout);
  return { tree, layout, rows, slices: slicesOf(columns, tree, layout, rows, range, most) };
}

test('every span is in one bar, but for frames that have no room', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const { tree, layout, rows, slices } = drawn(columns, { fromUs: 0, toUs: 100 });
      let expected = 0;
      for (let no = 0; no < columns.count; no++) {
        const row = rows.rowOf(layout.lane[no]!, layout.row[no]!);
        if (isLeaf(tree, no) || (layout.level[no]! < 3 && !rows.isRest(row))) expected++;
      }
      expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(expected);
      for (const { row, fromUs, toUs } of slices) {
        expect(rows.heads[row]).toBeDefined();
        expect(toUs).toBeGreaterThanOrEqual(fromUs);
      }
    }),
  );
});

test('neighbours too narrow to be told apart share a bar; what failed stands by itself', () => {
  const columns = columnsFrom(
    Array.from({ length: 30 }, (_, no) => ({
      startUs: no * 1000,
      endUs: no * 1000 + 900,
      kind: no === 4 ? ('llm' as const) : ('tool' as const),
      status: no === 7 ? ('error' as const) : ('ok' as const),
    })),
  );
  const wide = drawn(columns, { fromUs: 0, toUs: 30_000 }).slices;
  expect(wide).toHaveLength(30);
  const narrow = drawn(columns, { fromUs: 0, toUs: 1e9 }).slices;
  expect(narrow.map(({ count, error }) => [count, error])).toEqual([
    [29, false],
    [1, true],
  ]);
});

test('there are never more bars than allowed, however many spans', () => {
  const columns = columnsFrom(
    Array.from({ length: 5000 }, (_, no) => ({ startUs: no * 1e6, endUs: no * 1e6 + 9e5 })),
  );
  const { slices } = drawn(columns, { fromUs: 0, toUs: 5e9 }, 300);
  expect(slices.length).toBeLessThanOrEqual(300);
  expect(slices.length).toBeGreaterThan(100);
  expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
});

test('of many agents each stage shows some, and the others share a row', () => {
  const columns = columnsFrom([
    ...['one', 'two'].map((name, at) => ({
      name,
      kind: 'stage' as const,
      startUs: at * 100,
      endUs: at * 100 + 100,
    })),
    ...Array.from({ length: 200 }, (_, no) => ({
      kind: 'agent' as const,
      parent: no < 190 ? 0 : 1,
      startUs: no < 190 ? 0 : 100,
      endUs: no < 190 ? 100 : 200,
    })),
  ]);
  const { rows } = drawn(columns, { fromUs: 0, toUs: 200 });
  expect(rows.lanes).toHaveLength(48);
  expect(rows.left).toBe(202 - 48);
  expect(rows.lanes.filter(({ lane }) => lane.stage === 1)).toHaveLength(11);
});
