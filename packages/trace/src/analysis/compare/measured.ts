import { type BootstrapInterval, bootstrap } from '../statistics/bootstrap.ts';
import type { Interval } from '../statistics/interval.ts';
import type { PermutationOptions } from '../statistics/sign-flip.ts';
import { pairedT } from '../statistics/t-test.ts';
import type { MetricName } from './metrics.ts';
import type { Pairing } from './pairing.ts';

export type TestResult = { name: string /** Two-sided. */; p: number };

/** The ends of an interval, and how it was found. */
export type FoundInterval = Interval & { method: string };

/** One metric, measured on both sides and tested; the verdict comes afterwards, when the number of tests is known. */
export type Measured = {
  metric: MetricName;
  design: Pairing['design'];
  /** Tasks that have the metric: pairs, or tasks of each side. */
  tasks: { baseline: number; treatment: number };
  /** Each side's value, and what it is. */
  baseline: number | null;
  treatment: number | null;
  value: 'share of tasks' | 'geometric mean' | 'median' | 'mean';
  /** `ratio`: treatment over baseline; `difference`: treatment less baseline. */
  scale: 'ratio' | 'difference';
  effect: number | null;
  /** For the effect, 95 %. */
  interval: FoundInterval | null;
  /** Of what the tasks used together: another question than that of a typical task. Null where it makes no sense. */
  ratioOfTotals: number | null;
  /** The first one decides; the others are second opinions. */
  tests: TestResult[];
  /** 1 where the treatment is better by effect and test, -1 where it is worse, 0 where they do not agree or nothing differs. */
  direction: number;
  /** Smallest p that this much data can give. */
  attainable: number;
  /** Differences that are not 0, of paired tasks. */
  differing: number | null;
  alike: boolean;
  /** Smallest effect (as a ratio above 1, or a difference above 0) that is seen four times out of five; null: none. */
  detectable: number | null;
  /** Of success on paired tasks. */
  counts?: { both: number; onlyBaseline: number; onlyTreatment: number; neither: number };
};

/** The rest of a metric that no task has on both sides, or that one of the sides has nowhere. */
export const UNMEASURED = {
  baseline: null,
  treatment: null,
  effect: null,
  interval: null,
  ratioOfTotals: null,
  tests: [],
  direction: 0,
  attainable: 1,
  differing: null,
  alike: false,
  detectable: null,
} as const satisfies Partial<Measured>;

/** Rounds and seed of whatever is drawn. */
export type Drawing = Required<PermutationOptions>;

/** Below it bootstrap intervals are too narrow: Student's are used, or none. */
export const BOOTSTRAP_FROM = 20;

/** An interval for the mean of paired differences, one a task. Null below two tasks. */
export function meanInterval(differences: readonly number[], drawing: Drawing): FoundInterval | null {
  // Where all are the same, an interval would be a point, and claim that there is no doubt.
  if (differences.length < 2 || differences.every((difference) => difference === differences[0])) return null;
  if (differences.length < BOOTSTRAP_FROM)
    return { ...pairedT(differences).interval, method: "Student's t over tasks" };
  return drawnInterval(bootstrap(differences.length, meanOver(differences), drawing));
}

export function drawnInterval(found: BootstrapInterval | undefined): FoundInterval | null {
  if (!found) return null;
  const { lower, upper, method } = found;
  return { lower, upper, method: `bootstrap over tasks, ${method}` };
}

/** The mean of the units' values, as a bootstrap draws them. */
export function meanOver(of: ArrayLike<number>): (units: Int32Array) => number {
  const values = Float64Array.from(of);
  return (units) => {
    let sum = 0;
    for (let at = 0; at < units.length; at++) sum += values[units[at]!]!;
    return sum / units.length;
  };
}

/** The median of the units' values. Of sorted values the units' numbers are counted, which is ten times as fast as sorting. */
export function medianOver(sorted: Float64Array): (units: Int32Array) => number {
  const counts = new Int32Array(sorted.length);
  return (units) => {
    counts.fill(0);
    for (let at = 0; at < units.length; at++) counts[units[at]!]!++;
    const [low, high] = [(units.length - 1) >> 1, units.length >> 1];
    let [seen, lower] = [0, Number.NaN];
    for (let at = 0; at < counts.length; at++) {
      seen += counts[at]!;
      if (Number.isNaN(lower) && seen > low) lower = sorted[at]!;
      if (seen > high) return (lower + sorted[at]!) / 2;
    }
    return lower;
  };
}

/** The mean of differences of two groups' values. */
export function meanDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): (one: Int32Array, other: Int32Array) => number {
  const [before, after] = [meanOver(first), meanOver(second)];
  return (one, other) => after(other) - before(one);
}
