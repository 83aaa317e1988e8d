import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickLabel, tickStep, ticksOf } from './ruler.ts';

describe('ticks', () => {
  it('stand on round times since the start, far enough apart, none missing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 1e13 }),
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 200, max: 4000 }),
        (width, offset, widthPx) => {
          const origin = 1.7e15;
          const view = { fromUs: origin + offset, toUs: origin + offset + width };
          const ticks = ticksOf(view, widthPx, origin);
          const step = tickStep(width / widthPx, 72);
          for (const [index, tick] of ticks.entries()) {
            expect((tick.us - origin) % step).toBeCloseTo(0, 0);
            expect(tick.x).toBeGreaterThanOrEqual(-1);
            expect(tick.x).toBeLessThanOrEqual(widthPx + 1);
            const before = ticks[index - 1];
            // One pixel of slack: the narrowest views are at the limit of a double's precision.
            if (before) expect(tick.x - before.x).toBeGreaterThanOrEqual(71);
          }
          expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(width / step) - 1);
        },
      ),
    );
  });

  it('have no labels twice', () => {
    const view = { fromUs: 1.7e15, toUs: 1.7e15 + 40_000 };
    const labels = ticksOf(view, 1200, 1.7e15).map((tick) => tick.label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toContain('0:00.010');
  });

  it('there are none without a width', () => {
    expect(ticksOf({ fromUs: 0, toUs: 1 }, 0, 0)).toEqual([]);
  });
});

it.each([
  [0, 1e6, '0:00'],
  [200e6, 1e6, '3:20'],
  [3_725e6, 1e6, '1:02:05'],
  [1.25e6, 1e4, '0:01.25'],
  [1.25e6, 1e3, '0:01.250'],
  [-5e6, 1e6, '-0:05'],
  [-0.2e6, 1e6, '0:00'],
  [59.9996e6, 1e3, '1:00.000'],
])('%d µs at a precision of %d reads %s', (us, precision, text) => {
  expect(tickLabel(us, precision)).toBe(text);
});
