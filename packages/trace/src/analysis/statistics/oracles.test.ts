/**
 * Numbers from published tables and from SciPy 1.17 and statsmodels 0.15, by the name of their procedure. What R's and SciPy's
 * documents print is among them.
 */
import { describe, expect, test } from 'vitest';
import { quantile } from '../quantile.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { binomialAtLeast, clopperPearson } from './binomial.ts';
import { accelerationOf, bcaLevels, biasOf, bootstrap, jackknife } from './bootstrap.ts';
import { clusteredError } from './clustered-error.ts';
import { detectablePaired, detectableShares, pairsNeeded } from './detectable.ts';
import { type FourCells, fisherExact } from './fisher.ts';
import { hodgesLehmann, hodgesLehmannInterval, hodgesLehmannShift } from './hodges-lehmann.ts';
import { bonferroni, holm } from './holm.ts';
import { mannWhitney } from './mann-whitney.ts';
import { mcnemar } from './mcnemar.ts';
import { deviation, mean } from './moments.ts';
import { newcombePaired, newcombeUnpaired } from './newcombe.ts';
import { normalCdf, normalQuantile, normalTail } from './normal.ts';
import { passAtK, passHatK } from './pass-at-k.ts';
import { ratiosOf, ratioT } from './ratios.ts';
import { signFlip } from './sign-flip.ts';
import { pairedT, welchT } from './t-test.ts';
import { cohensH, pooledZ } from './two-proportions.ts';
import { wilcoxon } from './wilcoxon.ts';
import { wilsonInterval } from './wilson.ts';

/** To the digits that the source prints, and to nine places where it prints all. */
function near(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  expect(actual).toBeTypeOf('number');
  const away = Math.abs(actual! - expected);
  expect(away, `${actual} is ${away} away from ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(expected)),
  );
}

/** Small p by their own size too: 3.7e-5 to nine places would be nearly anything. */
function nearRelative(actual: number | undefined, expected: number): void {
  near(actual! / expected, 1);
}

describe('normal distribution', () => {
  test('quantiles and tails', () => {
    near(normalQuantile(0.975), 1.959963984540054, 1e-14);
    near(normalQuantile(0.8) + normalQuantile(0.975), 2.8015852, 1e-7);
    nearRelative(normalTail(10), 7.61985302416053e-24);
    near(normalCdf(1.96), 0.9750021048517795, 1e-14);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0]);
  });
});

describe('binomial and McNemar', () => {
  test('binomtest(3, 15, 0.1, greater) of the SciPy documentation', () => {
    near(binomialAtLeast(3, 15, 0.1), 0.18406106910639114);
  });
  test.each([
    [1, 8, 0.0390625, 0.021484375, 5.4444444444, 0.019630657257, 4.0, 0.045500263896],
    [2, 12, 0.012939453125, 0.00738525390625, 7.142857143, 0.007526315166, 5.785714286, 0.016156931261],
    [5, 0, 0.0625, 0.03125, 5.0, 0.025347318677, 3.2, 0.07363827012],
    [
      86, 150, 3.7159361395713866e-5, 2.893389517615428e-5, 17.355932203, 3.099293441e-5, 16.81779661,
      4.114562281e-5,
    ],
    [
      121, 59, 4.4344492637551645e-6, 3.2666467957745733e-6, 21.35555556, 3.815135865e-6, 20.67222222,
      5.450094825e-6,
    ],
  ])('McNemar %i against %i', (b, c, p, midP, plain, plainP, corrected, correctedP) => {
    for (const found of [mcnemar(b, c), mcnemar(c, b)]) {
      nearRelative(found.p, p);
      nearRelative(found.midP, midP);
      near(found.chiSquared?.plain, plain);
      near(found.chiSquared?.plainP, plainP);
      near(found.chiSquared?.corrected, corrected);
      near(found.chiSquared?.correctedP, correctedP);
    }
  });
  test('McNemar 0 against 6 is the smallest that reaches 0.05', () => {
    expect(mcnemar(0, 6).p).toBeCloseTo(0.03125, 12);
    expect(mcnemar(0, 5).p).toBeGreaterThan(0.05);
  });
  test('as many in both directions, and none: 1', () => {
    expect([mcnemar(4, 4).p, mcnemar(4, 4).midP, mcnemar(0, 0).p, mcnemar(0, 0).midP]).toEqual([1, 1, 1, 1]);
  });
});

describe('one proportion', () => {
  test.each([
    [81, 263, 0.2552885198782742, 0.36620957698280004, 0.2527367, 0.3676219],
    [15, 148, 0.06238639953, 0.16048724172, 0.057844, 0.1616505],
    [0, 20, 0, 0.16112515805, 0, 0.1684335],
    [1, 29, 0.00611321429, 0.17175521879, 0.0008726, 0.1776443],
    [10, 10, 0.72246720014, 1, 0.6915029, 1],
  ])('Wilson and Clopper-Pearson %i of %i', (k, n, wilsonLower, wilsonUpper, exactLower, exactUpper) => {
    near(wilsonInterval(k, n).lower, wilsonLower);
    near(wilsonInterval(k, n).upper, wilsonUpper);
    near(clopperPearson(k, n).lower, exactLower, 5e-8);
    near(clopperPearson(k, n).upper, exactUpper, 5e-8);
  });
});

describe('difference of proportions', () => {
  test.each([
    [56, 70, 48, 80, 0.05243147240236498, 0.33387265403690614],
    [9, 10, 3, 10, 0.1705227239345029, 0.809017973535488],
    [10, 10, 0, 20, 0.6790860371419145, 1],
    [5, 56, 0, 29, -0.038137147903536936, 0.19256001385511165],
    [0, 10, 0, 10, -0.27753279986288926, 0.27753279986288926],
    [29, 40, 22, 40, -0.03464233693588886, 0.3647192002562319],
  ])('Newcombe, unpaired: %i/%i against %i/%i', (k1, n1, k2, n2, lower, upper) => {
    const found = newcombeUnpaired({ successes: k1, total: n1 }, { successes: k2, total: n2 });
    near(found.lower, lower);
    near(found.upper, upper);
  });
  test('pooled z of 56/70 and 48/80', () => {
    const { z, p } = pooledZ({ successes: 56, total: 70 }, { successes: 48, total: 80 });
    near(z, 2.6501719512585336);
    near(p, 0.00804508136819656);
  });
  test.each([
    [14, 5, 0, 22, 0.01148324138303325, 0.2264926843512112],
    [36, 12, 2, 0, 0.05692958400323869, 0.3404276029749407],
    [20, 1, 8, 11, -0.30903600683485455, -0.028534068991944272],
    [30, 2, 12, 6, -0.33694577506130097, -0.05546820350055659],
    [54, 0, 0, 0, -0.06641358809089626, 0.06641358809089626],
    [53, 0, 1, 0, -0.0977143748878192, 0.04962166188940388],
  ])('Newcombe, paired: %i %i %i %i', (both, onlyFirst, onlySecond, neither, lower, upper) => {
    const found = newcombePaired({ both, onlyFirst, onlySecond, neither });
    near(found.lower, lower);
    near(found.upper, upper);
  });
});

describe('Fisher exact', () => {
  test.each<[string, FourCells, number, number, number?, number?]>([
    [
      'SciPy documentation',
      [
        [8, 2],
        [1, 5],
      ],
      20,
      0.034965034965034975,
      0.999125874,
      0.024475524,
    ],
    [
      'tea',
      [
        [3, 1],
        [1, 3],
      ],
      9,
      0.48571428571428565,
      0.985714286,
      0.242857143,
    ],
    [
      'twins',
      [
        [10, 2],
        [3, 15],
      ],
      25,
      0.0005367241191434357,
      0.99998452,
      0.000465181,
    ],
    [
      '56 of 70, 48 of 80',
      [
        [56, 14],
        [48, 32],
      ],
      8 / 3,
      0.012521129749209154,
      0.997875268,
      0.006324711,
    ],
    [
      '12 of 17, 9 of 16',
      [
        [12, 5],
        [9, 7],
      ],
      28 / 15,
      0.4812658187035515,
    ],
  ])('%s', (_, table, oddsRatio, p, less, greater) => {
    const found = fisherExact(table);
    near(found.oddsRatio, oddsRatio);
    near(found.p, p);
    if (less !== undefined) near(found.less, less, 1e-8);
    if (greater !== undefined) near(found.greater, greater, 1e-8);
  });
  test('nobody succeeds', () => {
    const found = fisherExact([
      [0, 10],
      [0, 10],
    ]);
    expect(found.p).toBe(1);
    expect(found.oddsRatio).toBeNaN();
  });
});

const darwin = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
const depressionX = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const depressionY = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
/** To the digits that were recorded: differences of doubles would not tie. */
const depression = depressionX.map((x, at) => Math.round((x - depressionY[at]!) * 1000) / 1000);
const sleep1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const sleep2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const sleep = sleep1.map((value, at) => Math.round((value - sleep2[at]!) * 10) / 10);

describe('Wilcoxon signed rank', () => {
  test("Darwin's plants", () => {
    const exact = wilcoxon(darwin);
    expect([exact.minus, exact.plus, exact.method]).toEqual([24, 96, 'exact']);
    near(exact.p, 0.041259765625);
    near(exact.greater, 0.0206298828125);
    near(exact.effect, 0.6);
    near(wilcoxon(darwin, { method: 'normal', continuity: false }).p, 0.04088813291185591);
    near(wilcoxon(darwin, { method: 'normal' }).p, 0.043772323763041174);
    near(hodgesLehmann(darwin), 25);
  });
  test("R's depression scores", () => {
    const { minus, plus, greater, p } = wilcoxon(depression);
    expect([minus, plus]).toEqual([5, 40]);
    near(greater, 0.01953125);
    near(p, 0.0390625);
    near(hodgesLehmann(depression), 0.46);
    const { lower, upper, confidence } = hodgesLehmannInterval(depression);
    near(lower, 0.01);
    near(upper, 0.786);
    near(confidence, 0.9609375);
  });
  test('zeros: dropped, kept as Pratt does, and split', () => {
    const zeros = [0, 0, 1, 2, -3, 4, 5, -6, 7, 8, 9, 10];
    const smaller = ({ plus, minus }: { plus: number; minus: number }): number => Math.min(plus, minus);
    const cases = [
      ['drop', 9, 0.05933611988090862, 0.06654572134],
      ['pratt', 13, 0.05368455874274253, 0.05875820693],
      ['split', 14.5, 0.054520531824333585, 0.05964084015],
    ] as const;
    for (const [kind, sum, plain, corrected] of cases) {
      const without = wilcoxon(zeros, { zeros: kind, method: 'normal', continuity: false });
      expect(smaller(without)).toBe(sum);
      near(without.p, plain);
      near(wilcoxon(zeros, { zeros: kind, method: 'normal' }).p, corrected);
    }
    near(wilcoxon(zeros).p, 0.064453125);
  });
  test('ties', () => {
    const ties = [1, 1, 2, -2, 3, 3, 3, -4, 5, 6];
    const exact = wilcoxon(ties);
    expect([exact.minus, exact.plus]).toEqual([11.5, 43.5]);
    near(exact.p, 0.11328125);
    near(wilcoxon(ties, { method: 'normal', continuity: false }).p, 0.10157564696621983);
    near(wilcoxon(ties, { method: 'normal' }).p, 0.11271708474094375);
  });
  test('six differences with a tie: all sign vectors, not the untied distribution', () => {
    const { plus, p } = wilcoxon([-6, -5, 6, -30, -90, -20]);
    near(plus, 2.5);
    near(p, 0.125);
  });
  test("R's sleep data, one difference of zero", () => {
    const { plus, p } = wilcoxon(sleep, { method: 'normal' });
    expect(plus).toBe(0);
    near(p, 0.009090698015925044);
  });
});

describe('Mann-Whitney', () => {
  test('the SciPy documentation', () => {
    const [males, females] = [
      [19, 22, 16, 29, 24],
      [20, 11, 17, 12],
    ] as const;
    const exact = mannWhitney(males, females);
    expect([exact.u, exact.method]).toEqual([17, 'exact']);
    near(exact.p, 0.1111111111111111);
    near(exact.delta, 0.7);
    near(mannWhitney(males, females, { method: 'normal' }).p, 0.11134688653314041);
    near(mannWhitney(males, females, { method: 'normal', continuity: false }).p, 0.0864107329737);
    near(hodgesLehmannShift(males, females), 7);
  });
  test("R's permeability", () => {
    const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const y = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, greater, p, delta } = mannWhitney(x, y);
    expect(u).toBe(35);
    near(greater, 0.1272061272061272);
    near(p, 0.2544122544122544);
    near(delta, 0.4);
    near(hodgesLehmannShift(x, y), 0.305);
  });
  test('ties', () => {
    const [x, y] = [
      [1, 2, 2, 3, 4, 4, 5],
      [2, 3, 3, 4, 5, 6, 6, 7],
    ] as const;
    const exact = mannWhitney(x, y);
    expect(exact.u).toBe(14.5);
    near(exact.p, 0.13084693084693086);
    near(exact.delta, -0.48214285714);
    near(mannWhitney(x, y, { method: 'normal' }).p, 0.12760278918146736);
    near(mannWhitney(x, y, { method: 'normal', continuity: false }).p, 0.11359835105535993);
  });
});

describe('t', () => {
  test('paired and unpaired, of the same data', () => {
    const paired = pairedT(sleep1.map((value, at) => value - sleep2[at]!));
    near(paired.t, -4.062127683382037);
    near(paired.p, 0.002832890197384273);
    near(paired.interval.lower, -2.459885763276983);
    near(paired.interval.upper, -0.7001142367230175);
    const welch = welchT(sleep1, sleep2);
    near(welch.t, -1.8608134674868526);
    near(welch.degrees, 17.776473516178488);
    near(welch.p, 0.0793941401873583);
    near(welch.interval.lower, -3.3654832307117104);
    near(welch.interval.upper, 0.20548323071171137);
  });
});

describe('multiple testing', () => {
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  const all = (actual: number[], expected: number[]): void => {
    expect(actual).toHaveLength(expected.length);
    for (const [at, value] of expected.entries()) near(actual[at], value);
  };
  const rejected = (adjusted: number[]): number => adjusted.filter((p) => p <= 0.05).length;
  test('Benjamini and Hochberg 1995: four of fifteen, where Holm and Bonferroni reject three', () => {
    expect([
      rejected(benjaminiHochberg(published)),
      rejected(holm(published)),
      rejected(bonferroni(published)),
    ]).toEqual([4, 3, 3]);
    all(
      benjaminiHochberg(published),
      [
        0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857142857, 0.063857142857, 0.0645, 0.0765, 0.486,
        0.581181818182, 0.714875, 0.753230769231, 0.813214285714, 1,
      ],
    );
    all(
      holm(published),
      [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1],
    );
  });
  test('the order is that of the values', () => {
    all(holm([0.04, 0.001, 0.03, 0.2, 0.03]), [0.12, 0.005, 0.12, 0.2, 0.12]);
    all(benjaminiHochberg([0.04, 0.001, 0.03, 0.2, 0.03]), [0.05, 0.005, 0.05, 0.2, 0.05]);
  });
  test('adjusted values never fall', () => {
    all(holm([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.08, 0.09, 0.09, 0.09]);
    all(benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.05, 0.05, 0.05, 0.05]);
  });
});

describe('pass@k and pass^k', () => {
  test.each([
    [10, 3, 2, 0.5333333333333333, 0.06666666666666667],
    [10, 3, 5, 0.9166666666666666, 0],
    [10, 3, 8, 1, 0],
    [8, 6, 4, 1, 0.21428571428571427],
    [200, 17, 10, 0.5974489015799118, undefined],
    [200, 17, 100, 0.99999636769084, undefined],
  ])('n %i, c %i, k %i', (trials, successes, k, any, every) => {
    near(passAtK({ trials, successes }, k), any);
    if (every !== undefined) near(passHatK({ trials, successes }, k), every);
  });
  test('mean over four tasks', () => {
    const tasks = [5, 3, 1, 0].map((successes) => ({ trials: 5, successes }));
    near(mean(tasks.map((task) => passAtK(task, 2))), 0.575);
    near(mean(tasks.map((task) => passHatK(task, 2))), 0.325);
  });
});

describe('clustered standard error', () => {
  test('six tasks of unequal size', () => {
    const tasks = ['1111', '1101', '0000', '010', '10000', '111'].map((word) => [...word].map(Number));
    const found = clusteredError(tasks);
    expect([found.scores, found.tasks]).toEqual([23, 6]);
    near(found.mean, 0.5217391304347826);
    near(found.naiveError, 0.10649955403405122);
    near(found.naiveError * Math.sqrt(22 / 23), 0.10415861863104657);
    near(found.error, 0.16160083382353504);
    near(found.correctedError, 0.17702484399358792);
    near(found.intraclass, 0.5361794961622982);
    near(found.designEffect, 2.5059650196558465);
    const means = tasks.map((scores) => mean(scores));
    near(mean(means), 0.5472222222222223);
    near(deviation(means) / Math.sqrt(6), 0.1748235441951063);
  });
});

describe('sign flip', () => {
  test('seven differences: ten of 128 sign vectors', () => {
    const differences = [12, -3, 5, 8, -1, 7, 4];
    expect(signFlip(differences)).toEqual({ p: 0.078125, method: 'exact', rounds: 128 });
    near(pairedT(differences).p, 0.0586637811);
  });
});

describe('bootstrap', () => {
  test('all 3125 resamples of five values: no chance in it', () => {
    const values = [-1, 0.5, 1.5, 2, 6];
    const replicates = new Float64Array(3125);
    for (let at = 0; at < 3125; at++) {
      const digits = at.toString(5).padStart(5, '0');
      replicates[at] = [...digits].reduce((sum, digit) => sum + values[Number(digit)]!, 0) / 5;
    }
    replicates.sort();
    const estimate = mean(values);
    near(estimate, 1.8);
    const spread = Math.sqrt(mean(replicates.map((value) => (value - mean(replicates)) ** 2)));
    near(spread, 1.0449880382090506);
    near(quantile(replicates, 0.025), 0);
    near(quantile(replicates, 0.975), 4.1);
    // Sums of doubles in another order: ties are ties to twelve digits.
    const rounded = replicates.map((value) => Math.round(value * 1e12) / 1e12);
    near(biasOf(rounded, 1.8), 0.05256312289189847);
    const strictlyUnder = rounded.filter((value) => value < 1.8).length / 3125;
    near(normalQuantile(strictlyUnder), -0.011631017430737557);
    const without = jackknife(5, (units) => mean(Array.from(units, (unit) => values[unit]!)));
    near(accelerationOf([without]), 0.058328304941025);
    const levels = bcaLevels(rounded, 1.8, [without])!;
    near(levels[0], 0.04806873949323582);
    near(levels[1], 0.9901695195396297);
    near(quantile(rounded, levels[0]), 0.2);
    near(quantile(rounded, levels[1]), 4.3289579, 1e-7);
  });
  test("Efron's law schools", () => {
    const lsat = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594];
    const gpa = [3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96];
    const correlation = (units: Int32Array): number => {
      const [x, y] = [Array.from(units, (unit) => lsat[unit]!), Array.from(units, (unit) => gpa[unit]!)];
      const products = x.map((value, at) => (value - mean(x)) * (y[at]! - mean(y)));
      return products.reduce((sum, value) => sum + value, 0) / (x.length - 1) / deviation(x) / deviation(y);
    };
    near(correlation(Int32Array.from(lsat, (_, at) => at)), 0.776374491289407);
    const without = jackknife(15, correlation);
    near(accelerationOf([without]), -0.07567156493787919);
    near(Math.sqrt(14 * mean(without.map((value) => (value - mean(without)) ** 2))), 0.14251861860227247);
    const { lower, upper, method } = bootstrap(15, correlation, { rounds: 20_000 })!;
    expect(method).toBe('BCa');
    expect(Math.abs(lower - 0.325)).toBeLessThan(0.02);
    expect(Math.abs(upper - 0.943)).toBeLessThan(0.02);
  });
});

describe('ratios and power', () => {
  const before = [30, 45, 60, 120, 300, 15, 80];
  const after = [24, 40, 66, 90, 210, 15, 60];
  test('seven durations', () => {
    const { geometricMean, ofTotals, meanRatio } = ratiosOf(before, after);
    near(geometricMean, 0.8451539326240746);
    near(ofTotals, 0.7769230769230769);
    near(meanRatio, 0.8555555555555555);
    const { ratio, p, interval } = ratioT(before, after);
    near(ratio, 0.8451539326240746);
    near(p, 0.03726943859819913);
    near(interval.lower, 0.7241913, 1e-7);
    near(interval.upper, 0.98632112, 1e-8);
    near(wilcoxon(after.map((value, at) => value - before[at]!)).p, 0.125);
  });
  test('smallest detectable difference', () => {
    near(detectableShares(0.5, 100), 0.19810199057996727);
    near(detectableShares(0.5, 50), 0.2801585218);
    near(detectableShares(0.7, 500), 0.0811976538);
    near(detectablePaired(89, 0.2)!, 0.131056287878012);
    near(detectablePaired(100, 0.2)!, 0.1238193314844138);
    near(detectablePaired(500, 0.2)!, 0.05589969282208476);
    near(pairsNeeded(0.1, 0.2), 154.5986, 1e-6);
    near(pairsNeeded(0.05, 0.25), 782.53, 1e-5);
    expect([Math.ceil(pairsNeeded(0.1, 0.2)), Math.ceil(pairsNeeded(0.05, 0.25))]).toEqual([155, 783]);
    near(cohensH(0.8, 0.6), 0.4421431880029534);
  });
});
