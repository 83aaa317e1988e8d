import { expect, test } from 'vitest';
import { runLayout } from './run-columns.tsx';

const ids = (wide: boolean): string[] => runLayout(wide).columns.map(({ id }) => id);

test('a narrow window shows how a run went and what it cost first, and hides nothing', () => {
  expect(ids(false).slice(0, 6)).toEqual(['start', 'name', 'status', 'duration', 'tokens', 'cost']);
  expect(ids(false).toSorted()).toEqual(ids(true).toSorted());
});

test('the columns up to the cost fit on 700 px', () => {
  const columns = runLayout(false).columns.slice(0, 6);
  const edges = 24;
  expect(columns.reduce((sum, { widthPx }) => sum + widthPx + 12, edges - 12)).toBeLessThanOrEqual(700);
});
