import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { activeAgents, busyTime, parallelismOf } from './concurrency.ts';
import { endAt } from './extent.ts';
import { treeOf } from './tree.ts';

const speedUp = (sketches: readonly SpanSketch[], nowUs = 0): number => {
  const columns = columnsFrom(sketches);
  return parallelismOf(columns, treeOf(columns), nowUs);
};
const root: SpanSketch = { startUs: 0, endUs: 100 };

test('work in sequence has a speed-up of 1, pauses of the parent included; nine agents side by side have 9', () => {
  expect(speedUp([root, { parent: 0, startUs: 10, endUs: 40 }, { parent: 0, startUs: 50, endUs: 90 }])).toBe(
    1,
  );
  expect(speedUp([root, ...Array.from({ length: 9 }, () => ({ parent: 0, startUs: 0, endUs: 100 }))])).toBe(
    9,
  );
  expect(speedUp([root, ...Array.from({ length: 3 }, () => ({ parent: 0, startUs: 0, endUs: 50 }))])).toBe(2);
});

test('a night between two turns of a session is not working time; no work has a speed-up of 1', () => {
  expect(speedUp([root, { startUs: 1e12, endUs: 1e12 + 50 }])).toBe(1);
  expect(speedUp([])).toBe(1);
  expect(speedUp([{ startUs: 5, endUs: 5 }])).toBe(1);
});

test('any run: the speed-up is the sum of what ran alone over the time anything ran', () => {
  fc.assert(
    fc.property(anyColumns, fc.nat(120), (columns, nowUs) => {
      let busy = 0;
      for (let time = 0; time < 200; time++) {
        for (let no = 0; no < columns.count; no++) {
          if (columns.startUs[no]! > time || time >= endAt(columns, no, nowUs)) continue;
          busy++;
          break;
        }
      }
      expect(busyTime(columns, nowUs)).toBe(busy);
      expect(parallelismOf(columns, treeOf(columns), nowUs)).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('the minimap shows how many agents worked on average; a lead that waits for others is not one of them', () => {
  const columns = columnsFrom([
    { kind: 'agent', startUs: 0, endUs: 40 },
    { parent: 0, kind: 'agent', startUs: 0, endUs: 20 },
    { parent: 0, kind: 'agent', startUs: 10, endUs: 25 },
    { parent: 2, kind: 'llm', startUs: 10, endUs: 25 },
  ]);
  const { tsUs, active } = activeAgents(columns, treeOf(columns), { nowUs: 40, points: 4 });
  expect([...tsUs]).toEqual([0, 10, 20, 30]);
  expect([...active]).toEqual([1, 2, 0.5, 0]);
});

test('without agents the minimap shows calls; open ones last until now', () => {
  const columns = columnsFrom([
    { startUs: 0 },
    { parent: 0, startUs: 0, endUs: 10 },
    { parent: 0, startUs: 5 },
  ]);
  const { active } = activeAgents(columns, treeOf(columns), { nowUs: 20, points: 2 });
  expect([...active]).toEqual([1.5, 1]);
});
