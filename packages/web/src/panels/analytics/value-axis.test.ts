import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisOf, shareOf } from './value-axis.ts';

test('amounts begin at nothing and end at a round number', () => {
  expect(axisOf([3, null, 17], 'zero')).toEqual({ from: 0, to: 20 });
  expect(axisOf([0.0031], 'zero')).toEqual({ from: 0, to: 0.004 });
  expect(axisOf([0, 0], 'zero')).toMatchObject({ from: 0 });
});

test('scores are looked at from near', () => {
  expect(axisOf([7.1, 8.4, null], 'near')).toEqual({ from: 7, to: 8.5 });
  expect(axisOf([8], 'near')).toEqual({ from: 7.6, to: 8.4 });
  expect(axisOf([2.57, 2.58], 'near')).toEqual({ from: 2.4, to: 2.8 });
  expect(axisOf([0], 'near')).toEqual({ from: -0.5, to: 0.5 });
});

test('a scale is a scale, and nothing has none', () => {
  expect(axisOf([50], { from: 0, to: 100 })).toEqual({ from: 0, to: 100 });
  expect(axisOf([null], 'zero')).toBeUndefined();
});

test('any values lie on their axis', () => {
  const value = fc.integer({ min: -1e9, max: 1e9 }).map((whole) => whole / 1000);
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.constantFrom('zero' as const, 'near' as const),
      (values, kind) => {
        const axis = axisOf(values, kind)!;
        const noise = 1e-9 * (axis.to - axis.from);
        expect(axis.to).toBeGreaterThan(axis.from);
        for (const one of values) {
          expect(one).toBeGreaterThanOrEqual(axis.from - noise);
          expect(one).toBeLessThanOrEqual(axis.to + noise);
          expect(shareOf(one, axis)).toBeGreaterThanOrEqual(0);
        }
      },
    ),
  );
});
