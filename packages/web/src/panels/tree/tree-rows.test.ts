import { treeOf } from '@tacho/trace/analysis/tree';
import { ColumnBuilder } from '@tacho/trace/model/columns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsOf, matchesOf, matchingRows, revealed, toggled, visibleRows } from './tree-rows.ts';

function columnsFrom(parents: readonly number[], name = (no: number): string => `span ${no}`) {
  const builder = new ColumnBuilder();
  parents.forEach((parent, no) => {
    builder.set({
      no,
      parent,
      name: name(no),
      kind: 'task',
      status: 'ok',
      startUs: no + 1,
      endUs: no + 2,
      tokens: 0,
      flags: 0,
    });
  });
  return builder.columns;
}
//   0 ─ 1 ─ 2
//     └ 3
//   4
const small = treeOf(columnsFrom([-1, 0, 1, 0, -1]));
const all = { level: Number.POSITIVE_INFINITY, turned: new Set<number>() };
const none = { level: 0, turned: new Set<number>() };

describe('visibleRows', () => {
  it('shows roots only, levels, everything', () => {
    expect([...visibleRows(small, none)]).toEqual([0, 4]);
    expect([...visibleRows(small, { ...none, level: 1 })]).toEqual([0, 1, 3, 4]);
    expect([...visibleRows(small, all)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('turns single spans', () => {
    expect([...visibleRows(small, toggled(none, 0))]).toEqual([0, 1, 3, 4]);
    expect([...visibleRows(small, toggled(all, 1))]).toEqual([0, 1, 3, 4]);
    expect(toggled(toggled(all, 1), 1).turned.size).toBe(0);
  });

  it('reveals a span by opening what is above it, and nothing else', () => {
    expect([...visibleRows(small, revealed(none, small, 2))]).toEqual([0, 1, 2, 3, 4]);
    expect([...visibleRows(small, revealed(none, small, 3))]).toEqual([0, 1, 3, 4]);
  });

  it('shows a span exactly when everything above it is open', () => {
    const parents = fc
      .integer({ min: 1, max: 40 })
      .chain((count) =>
        fc.tuple(
          fc.tuple(...Array.from({ length: count }, (_, no) => fc.integer({ min: -1, max: no - 1 }))),
          fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })),
          fc.integer({ min: 0, max: 5 }),
        ),
      );
    fc.assert(
      fc.property(parents, ([list, turned, level]) => {
        const tree = treeOf(columnsFrom(list));
        const expansion = { level, turned: new Set(turned) };
        const seen = new Set(visibleRows(tree, expansion));
        list.forEach((_, no) => {
          let open = true;
          for (let up = list[no]!; up >= 0; up = list[up]!)
            open &&= tree.depth[up]! < level !== expansion.turned.has(up);
          expect(seen.has(no)).toBe(open);
        });
      }),
    );
  });

  it('survives a chain of 20 000', () => {
    const chain = treeOf(columnsFrom(Array.from({ length: 20_000 }, (_, no) => no - 1)));
    expect(levelsOf(chain)).toBe(20_000);
    expect(visibleRows(chain, all).length).toBe(20_000);
    expect(visibleRows(chain, revealed(none, chain, 19_999)).length).toBe(20_000);
  });
});

describe('search', () => {
  const columns = columnsFrom(
    [-1, 0, 1, 0, -1],
    (no) => ['Root', 'Read file', 'grep', 'READER', 'other'][no]!,
  );
  const tree = treeOf(columns);

  it('finds text whatever its case', () => {
    expect([...matchesOf(columns, ' read ')]).toEqual([0, 1, 0, 1, 0]);
    expect([...matchesOf(columns, '')]).toEqual([0, 0, 0, 0, 0]);
  });

  it('keeps matches and what is above them', () => {
    expect([...matchingRows(tree, matchesOf(columns, 'grep'))]).toEqual([0, 1, 2]);
    expect([...matchingRows(tree, matchesOf(columns, 'reader'))]).toEqual([0, 3]);
    expect([...matchingRows(tree, matchesOf(columns, 'nothing'))]).toEqual([]);
  });
});
