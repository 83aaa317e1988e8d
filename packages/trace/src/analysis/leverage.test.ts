import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leverageOf } from './leverage.ts';

test('the worked example: score 8.5, 150 lines, 10 minutes', () => {
  expect(leverageOf({ scores: [8.5], outputLines: 150, runtimeS: 600 })).toEqual({
    value: 7650,
    kind: 'proxy',
  });
});

test('with an estimate of human time, money counts as seconds of a human hour', () => {
  const facts = { tacHours: 2, scores: [3, 9], runtimeS: 360 };
  expect(leverageOf(facts)).toEqual({ value: 18, kind: 'tac' });
  // $7.50 at $75 an hour are 360 s: the same work at twice the time.
  expect(leverageOf({ ...facts, energyCostUsd: 2.5, inferenceCostUsd: 5 })).toEqual({
    value: 9,
    kind: 'tac',
  });
  expect(leverageOf({ ...facts, inferenceCostUsd: 5, hourlyRateUsd: 50 })).toEqual({ value: 9, kind: 'tac' });
});

test('without a score there is none; an estimate of 0 hours is none; nothing is divided by zero', () => {
  expect(leverageOf({ tacHours: 2, scores: [], runtimeS: 10 })).toBeNull();
  expect(leverageOf({ tacHours: 0, scores: [5], runtimeS: 10 })).toBeNull();
  expect(leverageOf({ tacHours: 0, scores: [5], outputLines: 2, runtimeS: 3600 })).toEqual({
    value: 10,
    kind: 'proxy',
  });
  expect(leverageOf({ scores: [5], outputLines: 2, runtimeS: 0 })).toBeNull();
  expect(leverageOf({ tacHours: 1, scores: [10], runtimeS: 0 })).toEqual({ value: 3600, kind: 'tac' });
});

const positive = (max: number): fc.Arbitrary<number> => fc.double({ min: 0.01, max, noNaN: true });

test('any figures: the formulas to the letter', () => {
  const facts = fc.record({
    tacHours: fc.option(positive(100), { nil: undefined }),
    scores: fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 4 }),
    outputLines: fc.integer({ min: 1, max: 5000 }),
    runtimeS: positive(1e5),
    energyCostUsd: fc.double({ min: 0, max: 50, noNaN: true }),
    inferenceCostUsd: fc.double({ min: 0, max: 50, noNaN: true }),
    hourlyRateUsd: fc.option(positive(500), { nil: undefined }),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const last = given.scores[given.scores.length - 1]!;
      const costS = ((given.energyCostUsd + given.inferenceCostUsd) / (given.hourlyRateUsd ?? 75)) * 3600;
      const expected =
        given.tacHours === undefined
          ? (last * given.outputLines) / Math.max(given.runtimeS / 3600, 1e-6)
          : (given.tacHours * 3600 * (last / 10)) / Math.max(given.runtimeS + costS, 1);
      const leverage = leverageOf(given)!;
      expect(leverage.kind).toBe(given.tacHours === undefined ? 'proxy' : 'tac');
      expect(Math.abs(leverage.value - expected)).toBeLessThanOrEqual(0.005 + expected * 1e-12);
      expect(Number(leverage.value.toFixed(2))).toBeCloseTo(leverage.value, 9);
    }),
  );
});

test('better work or less time never has less leverage', () => {
  fc.assert(
    fc.property(positive(8), positive(9), positive(1000), positive(1), (tacHours, score, runtimeS, more) => {
      const value = leverageOf({ tacHours, scores: [score], runtimeS })!.value;
      expect(leverageOf({ tacHours, scores: [score + more], runtimeS })!.value).toBeGreaterThanOrEqual(value);
      expect(leverageOf({ tacHours, scores: [score], runtimeS: runtimeS + more })!.value).toBeLessThanOrEqual(
        value,
      );
    }),
  );
});
