import { quantile } from '../quantile.ts';
import { generatorFor } from './generator.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** A figure of the units with these numbers; a number may come several times. NaN where it has none. */
export type Statistic = (units: Int32Array) => number;

/** A figure of units of two independent groups. */
export type GroupStatistic = (first: Int32Array, second: Int32Array) => number;

export type BootstrapOptions = { rounds?: number; seed?: number; confidence?: number };

export type BootstrapInterval = Interval & {
  /** `percentile` where BCa cannot be computed: few rounds, all of them alike, or all on one side of the estimate. */
  method: 'BCa' | 'percentile';
  /** Rounds in which the figure had a value. */
  rounds: number;
};

/** BCa needs its ends far out in the tails: with fewer rounds the percentiles themselves are used. */
const BCA_FROM = 10_000;

/**
 * A bootstrap interval (Efron and Tibshirani 1993, chapters 13 and 14) for a figure of `units` units: tasks, each with all of
 * its trials on both sides. Units are drawn with xoshiro128** from a fixed seed, so the same data give the same
 * interval. It is too narrow below some twenty units. Undefined where the figure has no value.
 */
export function bootstrap(
  units: number,
  statistic: Statistic,
  options: BootstrapOptions = {},
): BootstrapInterval | undefined {
  if (units === 0) return undefined;
  return intervalOf([units], ([first]) => statistic(first!), options);
}

/** The same for two independent groups: each is drawn anew for itself. */
export function bootstrapGroups(
  first: number,
  second: number,
  statistic: GroupStatistic,
  options: BootstrapOptions = {},
): BootstrapInterval | undefined {
  if (first === 0 || second === 0) return undefined;
  return intervalOf([first, second], ([one, other]) => statistic(one!, other!), options);
}

type Figure = (groups: readonly Int32Array[]) => number;

function intervalOf(
  sizes: readonly number[],
  figure: Figure,
  { rounds = 10_000, seed = 1, confidence = CONFIDENCE }: BootstrapOptions,
): BootstrapInterval | undefined {
  const estimate = figure(sizes.map((size) => Int32Array.from({ length: size }, (_, at) => at)));
  if (!Number.isFinite(estimate)) return undefined;
  const replicates = draw(sizes, figure, rounds, seed);
  if (replicates.length === 0) return undefined;
  const levels =
    rounds < BCA_FROM
      ? undefined
      : bcaLevels(replicates, estimate, jackknifeGroups(sizes, figure), confidence);
  const [lower, upper] = levels ?? [(1 - confidence) / 2, (1 + confidence) / 2];
  return {
    lower: quantile(replicates, lower),
    upper: quantile(replicates, upper),
    method: levels ? 'BCa' : 'percentile',
    rounds: replicates.length,
  };
}

/** In ascending order; rounds without a value are left out. */
function draw(sizes: readonly number[], figure: Figure, rounds: number, seed: number): Float64Array {
  const random = generatorFor(seed);
  const drawn = sizes.map((size) => new Int32Array(size));
  const values = new Float64Array(rounds);
  let kept = 0;
  for (let round = 0; round < rounds; round++) {
    for (const group of drawn) random.drawBelow(group.length, group);
    const value = figure(drawn);
    if (Number.isFinite(value)) values[kept++] = value;
  }
  return values.subarray(0, kept).sort();
}

/** The figure without each of the units. */
export function jackknife(units: number, statistic: Statistic): Float64Array {
  return jackknifeGroups([units], ([first]) => statistic(first!))[0]!;
}

/** The figure without each of the units, group by group. */
function jackknifeGroups(sizes: readonly number[], figure: Figure): Float64Array[] {
  const whole = sizes.map((size) => Int32Array.from({ length: size }, (_, at) => at));
  return sizes.map((size, group) => {
    const rest = Int32Array.from({ length: size - 1 }, (_, at) => at + 1);
    const groups = whole.map((units, at) => (at === group ? rest : units));
    return Float64Array.from({ length: size }, (_, without) => {
      const value = figure(groups);
      // The next one is left out instead of this one.
      if (without < rest.length) rest[without] = without;
      return value;
    });
  });
}

/** Bias: how far the estimate lies from the middle of the rounds, in standard deviations; ties count half. */
export function biasOf(replicates: Float64Array, estimate: number): number {
  let [under, equal] = [0, 0];
  for (const value of replicates) {
    if (value < estimate) under++;
    else if (value === estimate) equal++;
  }
  return normalQuantile((under + equal / 2) / replicates.length);
}

/** Acceleration: the skewness of the jackknife's values, over all groups. NaN where all are alike. */
export function accelerationOf(jackknifed: readonly Float64Array[]): number {
  let [squares, cubes] = [0, 0];
  for (const values of jackknifed) {
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    const weight = (values.length - 1) / values.length;
    for (const value of values) {
      squares += ((middle - value) * weight) ** 2;
      cubes += ((middle - value) * weight) ** 3;
    }
  }
  return cubes / (6 * squares ** 1.5);
}

/** The quantiles of the rounds at which a BCa interval ends; undefined where bias or acceleration have no value. */
export function bcaLevels(
  replicates: Float64Array,
  estimate: number,
  jackknifed: readonly Float64Array[],
  confidence = CONFIDENCE,
): [lower: number, upper: number] | undefined {
  const bias = biasOf(replicates, estimate);
  const acceleration = accelerationOf(jackknifed);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return undefined;
  const level = (z: number): number => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile((1 + confidence) / 2);
  return [level(-z), level(z)];
}
