import { expect, test } from 'vitest';
import { timeScale } from './time-scale.ts';

test('powers of ten share the line, from the shortest median to the longest percentile', () => {
  const scale = timeScale([
    { medianUs: 2_000, p95Us: 40_000 },
    { medianUs: null, p95Us: null },
    { medianUs: 1e6, p95Us: 9e6 },
  ])!;
  expect(scale).toMatchObject({ fromUs: 1_000, toUs: 10_000_000, marks: [0.25, 0.5, 0.75] });
  expect([1_000, 1e5, 1e7].map(scale.shareOf)).toEqual([0, 0.5, 1]);
});

test('calls without a length have a place, and no call no scale', () => {
  expect(timeScale([{ medianUs: 0, p95Us: 0 }])).toMatchObject({ fromUs: 1, toUs: 10, marks: [] });
  expect(timeScale([{ medianUs: 0, p95Us: 0 }])!.shareOf(0)).toBe(0);
  expect(timeScale([])).toBeUndefined();
});
