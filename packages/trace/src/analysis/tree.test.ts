import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom } from '../../../../tests/random-columns.ts';
import { MISSING_PARENT, NO_PARENT } from '../model/columns.ts';
import { selfTimes } from './self-time.ts';
import { numbered, sortByStart } from './start-order.ts';
import { ancestorsOf, isWithin, treeOf } from './tree.ts';

test('parents stand before their children, siblings by start, a subtree in one piece', () => {
  const tree = treeOf(
    columnsFrom([
      { startUs: 0, endUs: 9 },
      { parent: 0, startUs: 5, endUs: 6 },
      { parent: 0, startUs: 1, endUs: 2 },
      { parent: 2, startUs: 1, endUs: 2 },
      { parent: MISSING_PARENT, startUs: 3, endUs: 4 },
    ]),
  );
  expect([...tree.order]).toEqual([0, 2, 3, 1, 4]);
  expect([...tree.depth]).toEqual([0, 1, 1, 2, 0]);
  expect(tree.parent[4]).toBe(MISSING_PARENT);
  expect(ancestorsOf(tree, 3)).toEqual([2, 0]);
});

test('any run: every span is there once, circles are cut, subtrees are ranges of the order', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const tree = treeOf(columns);
      expect([...tree.order].sort((a, b) => a - b)).toEqual([...numbered(columns.count)]);
      for (let no = 0; no < columns.count; no++) {
        const up = tree.parent[no]!;
        if (up >= 0) {
          expect(tree.position[up]!).toBeLessThan(tree.position[no]!);
          expect(tree.depth[no]).toBe(tree.depth[up]! + 1);
        }
        const above = new Set([no, ...ancestorsOf(tree, no)]);
        for (let other = 0; other < columns.count; other++)
          expect(isWithin(tree, other, no)).toBe(above.has(other));
        if (tree.cut.includes(no)) expect(up).toBe(NO_PARENT);
        else if (columns.parent[no] !== no) expect(up).toBe(columns.parent[no]);
      }
    }),
  );
});

test('a chain of 10 000 spans has a tree and self times', () => {
  const depth = 10_000;
  const chain = columnsFrom(
    Array.from({ length: depth }, (_, no) => ({ parent: no - 1, startUs: no, endUs: 3 * depth - no })),
  );
  const tree = treeOf(chain);
  expect(tree.depth[depth - 1]).toBe(depth - 1);
  expect(ancestorsOf(tree, depth - 1)).toHaveLength(depth - 1);
  const self = selfTimes(chain, tree, 0);
  expect(self[0]).toBe(2);
  expect(self[depth - 1]).toBe(3 * depth - 2 * (depth - 1));
});

test('sorting by digits gives the order that comparing gives', () => {
  const starts = fc.oneof(fc.nat(1e6), fc.integer({ min: 1.6e15, max: 1.9e15 }), fc.constant(1.7e15));
  fc.assert(
    fc.property(
      fc.array(starts, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 5000, max: 9000 }),
      (some, n) => {
        // Repeated until the digits' way is taken.
        const startUs = Float64Array.from({ length: n }, (_, no) => some[(no * 7919) % some.length]!);
        const numbers = numbered(n);
        sortByStart(numbers, startUs);
        const expected = Array.from(numbered(n)).sort((a, b) => startUs[a]! - startUs[b]! || a - b);
        expect(Array.from(numbers)).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});
