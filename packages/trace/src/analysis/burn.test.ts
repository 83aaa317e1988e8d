import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom } from '../../../../tests/random-columns.ts';
import { burnNow, tokenBurn } from './burn.ts';
import { judge } from './ledger.ts';
import { treeOf } from './tree.ts';

const S = 1e6;

test('a long call burns evenly while it runs, and stops when the window has passed', () => {
  const columns = columnsFrom([{ kind: 'llm', startUs: 0, endUs: 60 * S, tokens: 6000 }]);
  const tree = treeOf(columns);
  const { tsUs, perMinute } = tokenBurn(columns, tree, { nowUs: 120 * S, points: 13 });
  expect([...tsUs].map((us) => us / S)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
  // 100 tokens a second are 6000 a minute; the window grows with the run up to 30 s, and empties in the 30 s after the call.
  expect([...perMinute].map(Math.round)).toEqual([
    0, 6000, 6000, 6000, 6000, 6000, 6000, 4000, 2000, 0, 0, 0, 0,
  ]);
  expect(burnNow(columns, tree, 60 * S)).toBeCloseTo(6000);
  expect(burnNow(columns, tree, 100 * S)).toBe(0);
});

test('a roll-up burns nothing, an open call burns what it has reported', () => {
  const columns = columnsFrom([
    { kind: 'agent', startUs: 0, tokens: 300 },
    { parent: 0, kind: 'llm', startUs: 0, endUs: 5 * S, tokens: 100 },
    { parent: 0, kind: 'llm', startUs: 5 * S, tokens: 200 },
  ]);
  expect(burnNow(columns, treeOf(columns), 10 * S)).toBeCloseTo(1800);
});

test('any run: the area under the curve is the counted tokens', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const tree = treeOf(columns);
      const counted = judge(columns, tree).tokens.reduce((sum, tokens) => sum + tokens, 0);
      // Points one window apart look at each time exactly once.
      const { perMinute } = tokenBurn(columns, tree, { nowUs: 200, fromUs: 0, windowUs: 10, points: 21 });
      const area = perMinute.reduce((sum, rate) => sum + (rate * 10) / 60e6, 0);
      // Calls of no duration at time 0 lie at the very edge, in the window that ends there.
      expect(area).toBeCloseTo(counted, 6);
    }),
  );
});
