import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom } from '../../../../tests/random-columns.ts';
import { endAt } from './extent.ts';
import { selfTimes } from './self-time.ts';
import { treeOf } from './tree.ts';

const SECOND = 1e6;

test('G13: a parent from second 0 to 10 with five children from 2 to 8 has a self time of 4 s', () => {
  const columns = columnsFrom([
    { startUs: 0, endUs: 10 * SECOND },
    ...Array.from({ length: 5 }, () => ({ parent: 0, startUs: 2 * SECOND, endUs: 8 * SECOND })),
  ]);
  const self = selfTimes(columns, treeOf(columns), 10 * SECOND);
  expect([...self]).toEqual([4, 6, 6, 6, 6, 6].map((seconds) => seconds * SECOND));
});

test('children that touch, reach out of their parent or lie beside it take away what is inside, once', () => {
  const columns = columnsFrom([
    { startUs: 10, endUs: 20 },
    { parent: 0, startUs: 5, endUs: 12 },
    { parent: 0, startUs: 11, endUs: 14 },
    { parent: 0, startUs: 18, endUs: 30 },
    { parent: 0, startUs: 40, endUs: 50 },
  ]);
  expect(selfTimes(columns, treeOf(columns), 0)[0]).toBe(4);
});

test('an open span lasts until now', () => {
  const columns = columnsFrom([
    { startUs: 0 },
    { parent: 0, startUs: 2, endUs: 5 },
    { parent: 0, startUs: 8 },
  ]);
  expect([...selfTimes(columns, treeOf(columns), 10)]).toEqual([5, 3, 2]);
});

test('any run: self time is the time in which the span ran and no child did', () => {
  fc.assert(
    fc.property(anyColumns, fc.nat(120), (columns, nowUs) => {
      const tree = treeOf(columns);
      const self = selfTimes(columns, tree, nowUs);
      for (let no = 0; no < columns.count; no++) {
        let alone = 0;
        for (let time = columns.startUs[no]!; time < endAt(columns, no, nowUs); time++) {
          const busy = [...tree.order].some(
            (child) =>
              tree.parent[child] === no &&
              columns.startUs[child]! <= time &&
              time < endAt(columns, child, nowUs),
          );
          if (!busy) alone++;
        }
        expect(self[no]).toBe(alone);
      }
    }),
  );
});
