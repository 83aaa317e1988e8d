import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

const ramp = fc.record({
  fromUs: fc.integer({ min: -50, max: 150 }),
  lengthUs: fc.nat(80),
  amount: fc.nat(1000),
});

test('what has arrived at each time is the sum over all ramps', () => {
  fc.assert(
    fc.property(
      fc.array(ramp, { maxLength: 20 }),
      fc.nat(100),
      fc.nat(100),
      fc.integer({ min: 1, max: 30 }),
      (ramps, first, length, points) => {
        const base = 1.7e15;
        const arrivals = new Arrivals(base + first, base + first + length, points);
        for (const { fromUs, lengthUs, amount } of ramps)
          arrivals.add(base + fromUs, base + fromUs + lengthUs, amount);
        const totals = arrivals.totals();
        arrivals.timesUs.forEach((time, at) => {
          const expected = ramps.reduce((sum, { fromUs, lengthUs, amount }) => {
            const past = time - base - fromUs;
            const share = past >= lengthUs ? (past >= 0 ? 1 : 0) : Math.max(0, past / lengthUs);
            return sum + amount * share;
          }, 0);
          expect(totals[at]).toBeCloseTo(expected, 6);
        });
      },
    ),
    { numRuns: 300 },
  );
});
