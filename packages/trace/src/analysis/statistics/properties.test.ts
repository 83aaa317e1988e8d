import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { bootstrap, bootstrapGroups } from './bootstrap.ts';
import { clusteredCounts, clusteredError } from './clustered-error.ts';
import { detectablePaired, pairsNeeded } from './detectable.ts';
import { fisherExact } from './fisher.ts';
import { flakinessOf } from './flakiness.ts';
import { Generator, generatorFor } from './generator.ts';
import { holm } from './holm.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { mannWhitney } from './mann-whitney.ts';
import { mcnemar } from './mcnemar.ts';
import { deviation, mean } from './moments.ts';
import { newcombePaired } from './newcombe.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { passAtK, passHatK } from './pass-at-k.ts';
import { permuteGroups } from './permutation.ts';
import { averageRanks } from './ranks.ts';
import { signFlip } from './sign-flip.ts';
import { studentQuantile, studentTail } from './student-t.ts';
import { wilcoxon } from './wilcoxon.ts';
import { wilsonInterval } from './wilson.ts';

const whole = fc.integer({ min: -9, max: 9 });
const few = fc.array(whole, { maxLength: 9 });
const isShare = (p: number): boolean => p > 0 && p <= 1;

describe('generator', () => {
  test('gives what the reference implementation gives', () => {
    // Seed and values from the verification data of a port, made with the authors' C code.
    const random = new Generator([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0]);
    expect([random.next(), ...random.words(new Uint32Array(3))]).toEqual([
      0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70,
    ]);
  });
  test('the same seed gives the same numbers, another one others, and no state is all zeros', () => {
    const of = (seed: number): number[] => [...generatorFor(seed).words(new Uint32Array(4))];
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(new Set(of(0)).size).toBe(4);
    expect(() => new Generator([0, 0, 0, 0])).toThrow(RangeError);
  });
  test('numbers below a limit are below it, and each comes about as often', () => {
    const random = generatorFor(7);
    const counts = new Array<number>(6).fill(0);
    for (let at = 0; at < 60_000; at++) counts[random.below(6)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('distributions', () => {
  test('quantiles undo their distributions', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, n) => {
          expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
          expect((1 - studentTail(studentQuantile(p, n), n)) / p).toBeCloseTo(1, 5);
        },
      ),
    );
  });
  test('the incomplete beta function of the other side is the rest', () => {
    const side = fc.double({ min: 0.1, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), side, side, (x, a, b) => {
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 10);
      }),
    );
  });
});

/** By trying all sign vectors: slow, and beyond doubt. */
function bySigns(values: readonly number[], figure: (signed: number[]) => number): number {
  const observed = Math.abs(figure([...values]));
  let extreme = 0;
  for (let vector = 0; vector < 2 ** values.length; vector++) {
    const signed = values.map((value, at) => ((vector >> at) & 1 ? -value : value));
    if (Math.abs(figure(signed)) >= observed - 1e-9) extreme++;
  }
  return extreme / 2 ** values.length;
}

describe('tests of pairs', () => {
  test('sign flip and Wilcoxon are what trying all sign vectors gives', () => {
    fc.assert(
      fc.property(few, (differences) => {
        expect(signFlip(differences).p).toBeCloseTo(bySigns(differences, mean0), 10);
        const kept = differences.filter((difference) => difference !== 0);
        const { ranks } = averageRanks(kept.map(Math.abs));
        const signedRanks = (signed: number[]): number =>
          signed.reduce((sum, value, at) => sum + Math.sign(value) * ranks[at]!, 0);
        expect(wilcoxon(differences).p).toBeCloseTo(bySigns(kept, signedRanks), 10);
      }),
    );
  });
  test('the other direction has the same p', () => {
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 60 }), (differences) => {
        const turned = differences.map((difference) => -difference);
        const [one, other] = [wilcoxon(differences), wilcoxon(turned)];
        expect(one.p).toBeCloseTo(other.p, 10);
        expect(one.effect).toBeCloseTo(-other.effect, 10);
        expect(isShare(one.p)).toBe(true);
        expect(isShare(signFlip(differences, { rounds: 200 }).p)).toBe(true);
      }),
    );
  });
  test('drawn sign vectors come close to all of them', () => {
    const differences = Array.from({ length: 24 }, (_, at) => ((at * 7) % 11) - 3.4);
    const exact = wilcoxon(differences).p;
    const drawn = signFlip(differences);
    expect(drawn.method).toBe('sampled');
    expect(Math.abs(drawn.p - signFlip(differences, { rounds: 100_000, seed: 5 }).p)).toBeLessThan(0.01);
    expect(Math.abs(drawn.p - exact)).toBeLessThan(0.1);
    expect(signFlip(differences)).toEqual(drawn);
  });
  test('no number of draws makes something impossible', () => {
    expect(signFlip(new Array<number>(60).fill(1), { rounds: 1_000 }).p).toBe(1 / 1_001);
    const [low, high] = [0, 100].map((from) => Array.from({ length: 40 }, (_, at) => from + at));
    expect(permuteGroups(low!, high!, { rounds: 1_000 }).p).toBe(1 / 1_001);
  });
  test('McNemar is the sign flip of what only one side solved', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), (b, c) => {
        const differences = [...new Array<number>(b).fill(1), ...new Array<number>(c).fill(-1)];
        expect(mcnemar(b, c).p).toBeCloseTo(signFlip(differences).p, 10);
        expect(mcnemar(b, c).midP).toBeLessThanOrEqual(mcnemar(b, c).p);
      }),
    );
  });
});

function mean0(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe('tests of groups', () => {
  const groups = [
    fc.array(whole, { minLength: 1, maxLength: 12 }),
    fc.array(whole, { minLength: 1, maxLength: 12 }),
  ] as const;
  test('the other way round everything is the other way round', () => {
    fc.assert(
      fc.property(...groups, (first, second) => {
        const [one, other] = [mannWhitney(first, second), mannWhitney(second, first)];
        expect(one.p).toBeCloseTo(other.p, 10);
        expect(one.delta).toBeCloseTo(-other.delta, 10);
        expect(isShare(one.p)).toBe(true);
        expect(isShare(permuteGroups(first, second, { rounds: 100 }).p)).toBe(true);
      }),
    );
  });
  test('Mann-Whitney exact is close to its approximation in larger groups', () => {
    const first = Array.from({ length: 20 }, (_, at) => (at * 13) % 29);
    const second = Array.from({ length: 20 }, (_, at) => ((at * 11) % 31) + 4);
    const [exact, normal] = [mannWhitney(first, second), mannWhitney(first, second, { method: 'normal' })];
    expect(Math.abs(exact.p - normal.p)).toBeLessThan(0.01);
  });
  test('permuted groups of yes and no are what Fisher gives where both are as large', () => {
    const group = (yes: number): number[] => Array.from({ length: 12 }, (_, at) => (at < yes ? 1 : 0));
    const drawn = permuteGroups(group(10), group(4), { rounds: 50_000 });
    expect(
      Math.abs(
        drawn.p -
          fisherExact([
            [10, 2],
            [4, 8],
          ]).p,
      ),
    ).toBeLessThan(0.005);
  });
  test('few are divided in all ways there are', () => {
    // Of the six ways to take two of 1, 2, 3, 9 only {1, 2} and {3, 9} are 4.5 apart.
    expect(permuteGroups([1, 2], [3, 9])).toEqual({ p: 2 / 6, method: 'exact', rounds: 6 });
  });
  test('Fisher is the same for columns as for rows', () => {
    const cell = fc.nat(20);
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        expect(
          fisherExact([
            [a, b],
            [c, d],
          ]).p,
        ).toBeCloseTo(
          fisherExact([
            [a, c],
            [b, d],
          ]).p,
          9,
        );
      }),
    );
  });
});

describe('intervals', () => {
  test('Wilson holds the share and grows with the confidence', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (k, rest) => {
        const n = k + rest;
        fc.pre(n > 0);
        const [narrow, wide] = [wilsonInterval(k, n, 0.8), wilsonInterval(k, n, 0.99)];
        expect(narrow.lower).toBeLessThanOrEqual(k / n);
        expect(narrow.upper).toBeGreaterThanOrEqual(k / n);
        expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
        expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
      }),
    );
  });
  test('Newcombe holds the difference, and turns with the sides', () => {
    const cell = fc.nat(30);
    fc.assert(
      fc.property(cell, cell, cell, cell, (both, onlyFirst, onlySecond, neither) => {
        const n = both + onlyFirst + onlySecond + neither;
        fc.pre(n > 0);
        const { lower, upper } = newcombePaired({ both, onlyFirst, onlySecond, neither });
        const turned = newcombePaired({ both, onlyFirst: onlySecond, onlySecond: onlyFirst, neither });
        const difference = (onlyFirst - onlySecond) / n;
        expect(lower).toBeLessThanOrEqual(difference + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(difference - 1e-12);
        expect(turned.lower).toBeCloseTo(-upper, 10);
      }),
    );
  });
  test('a bootstrap interval of a mean is near that of the theory, and the same every time', () => {
    const random = generatorFor(11);
    const values = Float64Array.from({ length: 300 }, () => normalQuantile((random.next() + 0.5) / 2 ** 32));
    const figure = (units: Int32Array): number => {
      let sum = 0;
      for (const unit of units) sum += values[unit]!;
      return sum / units.length;
    };
    const found = bootstrap(300, figure)!;
    const half = (1.96 * deviation(values)) / Math.sqrt(300);
    expect(Math.abs(found.lower - (mean(values) - half))).toBeLessThan(0.02);
    expect(Math.abs(found.upper - (mean(values) + half))).toBeLessThan(0.02);
    expect(bootstrap(300, figure)).toEqual(found);
    expect(bootstrap(300, figure, { seed: 2 })).not.toEqual(found);
    expect(bootstrap(300, figure, { rounds: 2000 })?.method).toBe('percentile');
  });
  test('two groups are drawn each for itself', () => {
    const values = Float64Array.from({ length: 80 }, (_, at) => (at * 37) % 80);
    const over = (units: Int32Array): number => mean(Array.from(units, (unit) => values[unit]!));
    const found = bootstrapGroups(80, 40, (first, second) => over(first) - over(second))!;
    // Of the theory: 1.96 standard errors around the difference.
    const half = 1.96 * Math.sqrt(deviation(values) ** 2 / 80 + deviation(values.subarray(0, 40)) ** 2 / 40);
    const difference = mean(values) - mean(values.subarray(0, 40));
    expect(Math.abs(found.lower - (difference - half))).toBeLessThan(0.6);
    expect(Math.abs(found.upper - (difference + half))).toBeLessThan(0.6);
    expect(found.method).toBe('BCa');
    expect(bootstrapGroups(0, 3, () => 1)).toBeUndefined();
  });
  test('where all units are alike, the interval is a point, and is no BCa', () => {
    expect(bootstrap(5, () => 3)).toEqual({ lower: 3, upper: 3, method: 'percentile', rounds: 10_000 });
    expect(bootstrap(0, () => 3)).toBeUndefined();
    expect(bootstrap(3, () => Number.NaN)).toBeUndefined();
  });
});

describe('adjusted p', () => {
  test('never smaller than it was, never above 1, in the order of the values', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(values, (ps) => {
        for (const adjust of [holm, benjaminiHochberg]) {
          const adjusted = adjust(ps);
          for (const [at, p] of ps.entries()) {
            expect(adjusted[at]).toBeGreaterThanOrEqual(p - 1e-15);
            expect(adjusted[at]).toBeLessThanOrEqual(1);
            for (const [other, q] of ps.entries())
              if (p < q) expect(adjusted[at]!).toBeLessThanOrEqual(adjusted[other]!);
          }
        }
        const cautious = holm(ps);
        for (const [at, p] of benjaminiHochberg(ps).entries())
          expect(p).toBeLessThanOrEqual(cautious[at]! + 1e-12);
      }),
    );
  });
});

describe('repeats', () => {
  const task = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.nat(12))
    .map(([trials, c]) => ({ trials, successes: Math.min(c, trials) }));
  test('pass@1 and pass^1 are the success rate; more trials help one and hurt the other', () => {
    fc.assert(
      fc.property(task, (one) => {
        expect(passAtK(one, 1)).toBeCloseTo(one.successes / one.trials, 12);
        expect(passHatK(one, 1)).toBeCloseTo(one.successes / one.trials, 12);
        for (let k = 2; k <= one.trials; k++) {
          expect(passAtK(one, k)).toBeGreaterThanOrEqual(passAtK(one, k - 1) - 1e-12);
          expect(passHatK(one, k)).toBeLessThanOrEqual(passHatK(one, k - 1) + 1e-12);
        }
        expect(passAtK(one, one.trials + 1)).toBeNaN();
      }),
    );
  });
  test('flaky is what is neither never nor always; unknown where nothing was repeated', () => {
    expect(flakinessOf([{ trials: 1, successes: 1 }])).toEqual({
      repeated: 0,
      flaky: 0,
      varianceWithin: null,
      expectedDiscordance: null,
    });
    // p = 1/2 of two: 1/4 · 2 / 1 = 1/2, and 0; the mean is 1/4.
    expect(
      flakinessOf([
        { trials: 2, successes: 1 },
        { trials: 4, successes: 4 },
        { trials: 1, successes: 0 },
      ]),
    ).toEqual({
      repeated: 2,
      flaky: 1,
      varianceWithin: 0.25,
      expectedDiscordance: 0.5,
    });
  });
  test('with as many trials a task, the clustered error is that of the task means', () => {
    const tasks = fc.array(fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(tasks, (scores) => {
        const means = scores.map((each) => mean(each));
        const { correctedError, mean: middle } = clusteredError(scores);
        expect(middle).toBeCloseTo(mean(means), 12);
        expect(correctedError).toBeCloseTo(deviation(means) / Math.sqrt(means.length), 10);
      }),
    );
  });
  test('by counts, the clustered error is that of the ones and zeros', () => {
    const counts = fc.record({ successes: fc.nat(6), failures: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 12 }), (tasks) => {
        const scores = tasks.map(({ successes, failures }) =>
          Array.from({ length: successes + failures }, (_, at) => (at < successes ? 1 : 0)),
        );
        fc.pre(scores.some(({ length }) => length > 0));
        const [expected, found] = [clusteredError(scores), clusteredCounts(tasks)];
        for (const [name, value] of Object.entries(expected))
          expect([name, found[name as keyof typeof found]]).toEqual([
            name,
            Number.isNaN(value) ? value : expect.closeTo(value, 9),
          ]);
      }),
    );
  });
  test('the smallest detectable difference needs just the pairs that there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 2000 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (n, share) => {
          const found = detectablePaired(n, share);
          if (found === null) return;
          expect(pairsNeeded(found, Math.max(share, found))).toBeCloseTo(n, 3);
        },
      ),
    );
    expect(detectablePaired(3, 0.5)).toBeNull();
  });
});
