import { quantile } from '../quantile.ts';
import { below, generatorFor } from './generator.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** A figure of the units with these numbers; a number may come several times. NaN where it has none. */
export type Statistic = (units: Int32Array) => number;

export type BootstrapOptions = { rounds?: number; seed?: number; confidence?: number };

export type BootstrapInterval = Interval & {
  /** `percentile` where BCa cannot be computed: all rounds alike, or all on one side of the estimate. */
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
  { rounds = 10_000, seed = 1, confidence = CONFIDENCE }: BootstrapOptions = {},
): BootstrapInterval | undefined {
  const estimate = statistic(Int32Array.from({ length: units }, (_, at) => at));
  if (units === 0 || !Number.isFinite(estimate)) return undefined;
  const replicates = draw(units, statistic, rounds, seed);
  if (replicates.length === 0) return undefined;
  const levels =
    rounds < BCA_FROM ? undefined : bcaLevels(replicates, estimate, jackknife(units, statistic), confidence);
  const [lower, upper] = levels ?? [(1 - confidence) / 2, (1 + confidence) / 2];
  return {
    lower: quantile(replicates, lower),
    upper: quantile(replicates, upper),
    method: levels ? 'BCa' : 'percentile',
    rounds: replicates.length,
  };
}

/** In ascending order; rounds without a value are left out. */
function draw(units: number, statistic: Statistic, rounds: number, seed: number): Float64Array {
  const random = generatorFor(seed);
  const drawn = new Int32Array(units);
  const values = new Float64Array(rounds);
  let kept = 0;
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < units; at++) drawn[at] = below(units, random);
    const value = statistic(drawn);
    if (Number.isFinite(value)) values[kept++] = value;
  }
  return values.subarray(0, kept).sort();
}

/** The figure without each of the units. */
export function jackknife(units: number, statistic: Statistic): Float64Array {
  const rest = Int32Array.from({ length: Math.max(0, units - 1) }, (_, at) => at + 1);
  const values = new Float64Array(units);
  for (let without = 0; without < units; without++) {
    values[without] = statistic(rest);
    // The next one is left out instead of this one.
    if (without < rest.length) rest[without] = without;
  }
  return values;
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

/** Acceleration: the skewness of the jackknife's values. NaN where all are alike. */
export function accelerationOf(jackknifed: Float64Array): number {
  const middle = jackknifed.reduce((sum, value) => sum + value, 0) / jackknifed.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknifed) {
    squares += (middle - value) ** 2;
    cubes += (middle - value) ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}

/** The quantiles of the rounds at which a BCa interval ends; undefined where bias or acceleration have no value. */
export function bcaLevels(
  replicates: Float64Array,
  estimate: number,
  jackknifed: Float64Array,
  confidence = CONFIDENCE,
): [lower: number, upper: number] | undefined {
  const bias = biasOf(replicates, estimate);
  const acceleration = accelerationOf(jackknifed);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return undefined;
  const level = (z: number): number => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile((1 + confidence) / 2);
  return [level(-z), level(z)];
}
