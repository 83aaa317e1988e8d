import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectScale } from './effect-scale.ts';

const cost = { metric: 'cost', scale: 'ratio', better: 'lower' } as const;
const success = { metric: 'success', scale: 'difference', better: 'higher' } as const;

describe('a scale of changes', () => {
  it('has no change in the middle and what is better to the right, whatever the metric', () => {
    for (const [metric, better, none] of [
      [cost, 0.8, 1],
      [success, 0.1, 0],
    ] as const) {
      const scale = effectScale(metric, [better]);
      expect(scale.at(none)).toBe(0.5);
      expect(scale.at(better)).toBeGreaterThan(0.5);
    }
  });
  it('measures ratios by their logarithm: half as much and twice as much are as far away', () => {
    const scale = effectScale(cost, [0.4]);
    expect(scale.at(0.5) - 0.5).toBeCloseTo(0.5 - scale.at(2), 12);
    expect(scale.ends).toEqual({ worse: '3.00×', none: '1×', better: '0.333×' });
  });
  it('ends at round figures', () => {
    expect(effectScale(success, [0.13]).ends).toEqual({
      worse: '-20.0 points',
      none: '0',
      better: '+20.0 points',
    });
    expect(effectScale({ ...success, metric: 'score' }, [1.3]).ends.better).toBe('+2');
    expect(effectScale(success, []).ends.better).toBe('+5.0 points');
  });
  it('has room for all of them, and for what has no end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), { minLength: 1 }),
        (changes) => {
          const scale = effectScale(cost, changes);
          for (const change of [...changes, Number.POSITIVE_INFINITY, 0]) {
            expect(scale.at(change)).toBeGreaterThanOrEqual(0);
            expect(scale.at(change)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});
