import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestDot, stripLayout } from './strip-layout.ts';

it('every dot has a place of its own, on the strip and within its width of its value', () => {
  const place = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1));
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 400 }),
      fc.integer({ min: 60, max: 1200 }),
      (places, widthPx) => {
        const { dots, heightPx } = stripLayout(places, widthPx, 9);
        expect(new Set(dots.map(({ xPx, yPx }) => `${xPx} ${yPx}`)).size).toBe(places.length);
        dots.forEach(({ xPx, yPx }, at) => {
          expect(Math.abs(xPx - places[at]! * widthPx)).toBeLessThanOrEqual(9);
          expect(Math.abs(yPx) + 4.5).toBeLessThanOrEqual(heightPx / 2);
        });
      },
    ),
  );
});

it('no change lies on the line, to the pixel', () => {
  for (const widthPx of [300, 307, 1000])
    expect(stripLayout([0.5], widthPx, 9).dots[0]!.xPx).toBeCloseTo(widthPx / 2, 9);
});

it('few dots of one value stand apart, many are pressed together', () => {
  expect(stripLayout([0.5, 0.5, 0.5], 900, 9).dots.map(({ yPx }) => yPx)).toEqual([0, -9, 9]);
  expect(stripLayout(Array(2_000).fill(0.5), 900, 9).heightPx).toBeLessThan(170);
});

it('the dot under the pointer is the nearest one', () => {
  const { dots } = stripLayout([0.1, 0.5, 0.5, 0.9], 900, 9);
  expect(nearestDot(dots, 0, 0)).toBe(0);
  expect(nearestDot(dots, 450, -20)).toBe(2);
  expect(nearestDot([], 0, 0)).toBeUndefined();
});
