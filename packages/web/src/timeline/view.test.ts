import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, fitted, followed, panned, usAt, wholeView, xOf, zoomed } from './view.ts';

const START = 1.7e15;
const ranges = fc
  .tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 20, max: 1e10 }))
  .map(([from, width]) => ({ fromUs: START + from, toUs: START + from + width }));
const runs = fc
  .tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e10 }))
  .map(([from, width]) => ({ fromUs: START + from, toUs: START + from + width }));

describe('pixels and time', () => {
  it('are each other’s inverse', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 4000 }), (view, x) => {
        // At 1.7e15 µs a double has a quarter of a microsecond left.
        const usPerPx = (view.toUs - view.fromUs) / 4000;
        expect(Math.abs(xOf(view, 4000, usAt(view, 4000, x)) - x)).toBeLessThanOrEqual(0.5 / usPerPx + 1e-6);
      }),
    );
  });
});

describe('zooming', () => {
  const run = { fromUs: START, toUs: START + 100e6 };

  it('keeps the time under the pointer where it is', () => {
    const view = { fromUs: START + 10e6, toUs: START + 30e6 };
    const at = START + 15e6;
    const closer = zoomed(view, 0.5, at, run);
    expect(xOf(closer, 1000, at)).toBeCloseTo(xOf(view, 1000, at), 3);
    expect(closer.toUs - closer.fromUs).toBeCloseTo(10e6);
  });

  it('ends at twenty microseconds and at three times the run', () => {
    fc.assert(
      fc.property(ranges, runs, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (view, of, factor) => {
        const { fromUs, toUs } = zoomed(view, factor, (view.fromUs + view.toUs) / 2, of);
        expect(toUs - fromUs).toBeGreaterThanOrEqual(19.5);
        expect(toUs - fromUs).toBeLessThanOrEqual(Math.max((of.toUs - of.fromUs) * 3, 30e6) + 1);
      }),
    );
  });

  it('switches follow off', () => {
    expect(zoomed(wholeView(run, true), 0.5, run.fromUs, run).follow).toBe(false);
    expect(panned(wholeView(run, true), 1e6, run).follow).toBe(false);
  });
});

describe('panning', () => {
  it('never loses the run out of sight', () => {
    fc.assert(
      fc.property(ranges, runs, fc.integer({ min: -1e13, max: 1e13 }), (view, run, by) => {
        const { fromUs, toUs } = panned(view, by, run);
        expect(fromUs).toBeLessThanOrEqual(run.toUs);
        expect(toUs).toBeGreaterThanOrEqual(run.fromUs);
        expect(toUs - fromUs).toBeCloseTo(view.toUs - view.fromUs, 0);
      }),
    );
  });
});

describe('following', () => {
  it('shows a young run in ten seconds, then leaves 8 % free right of now', () => {
    const young = wholeView({ fromUs: START, toUs: START + 1e6 }, true);
    expect(young.toUs - young.fromUs).toBe(10e6);
    const older = wholeView({ fromUs: START, toUs: START + 92e6 }, true);
    expect(xOf(older, 100, START + 92e6)).toBeCloseTo(92);
  });

  it('keeps the width of a closer window and slides it', () => {
    const view = { fromUs: START + 5e6, toUs: START + 10e6, follow: true };
    const later = followed(view, { fromUs: START, toUs: START + 60e6 });
    expect(later.toUs - later.fromUs).toBeCloseTo(5e6);
    expect(xOf(later, 100, START + 60e6)).toBeCloseTo(92);
    expect(later.follow).toBe(true);
  });
});

it('a finished run fits with a little air at its right', () => {
  const view = wholeView({ fromUs: START, toUs: START + 100e6 }, false);
  expect(view).toEqual({ fromUs: START, toUs: START + 103e6, follow: false });
});

it('a run without duration still has a width', () => {
  const view = wholeView({ fromUs: START, toUs: START }, false);
  expect(view.toUs).toBeGreaterThan(view.fromUs);
});

it('fits a stretch with a margin on both sides', () => {
  const run = { fromUs: START, toUs: START + 100e6 };
  const view = fitted({ fromUs: START + 40e6, toUs: START + 60e6 }, run);
  expect([view.fromUs - START, view.toUs - START]).toEqual([39e6, 61e6]);
});

it('a glide begins and ends where it should, and holds the pointer’s time on the way', () => {
  const run = { fromUs: START, toUs: START + 100e6 };
  const from = { fromUs: START, toUs: START + 100e6 };
  const to = zoomed(from, 0.1, START + 70e6, run);
  expect(between(from, to, 1)).toBe(to);
  const middle = between(from, to, 0.5);
  expect(xOf(middle, 1000, START + 70e6)).toBeCloseTo(700, 0);
  const panning = between(from, { fromUs: START + 10e6, toUs: START + 110e6, follow: false }, 0.5);
  expect(panning.fromUs - START).toBeCloseTo(5e6);
});
