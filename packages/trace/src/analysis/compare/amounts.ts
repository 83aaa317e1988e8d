import { quantile } from '../quantile.ts';
import { bootstrapGroups } from '../statistics/bootstrap.ts';
import { detectableMean, detectableMeans } from '../statistics/detectable.ts';
import { mannWhitney } from '../statistics/mann-whitney.ts';
import { deviation, mean, sum } from '../statistics/moments.ts';
import { permuteGroups } from '../statistics/permutation.ts';
import { signFlip } from '../statistics/sign-flip.ts';
import { wilcoxon } from '../statistics/wilcoxon.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import {
  BOOTSTRAP_FROM,
  type Drawing,
  drawnInterval,
  type FoundInterval,
  type Measured,
  meanDifference,
  meanInterval,
  medianOver,
  UNMEASURED,
} from './measured.ts';
import { type Amount, METRICS, valuesOf } from './metrics.ts';
import type { Pairing, Task } from './pairing.ts';
import { ALIKE_SHARE, attainableGroups, attainablePaired, LEAST_SPREAD } from './verdict.ts';

/**
 * Duration, tokens, cost or score on both sides, by tasks. Repeats of a task count as their median; a score's as their
 * mean. What is used is compared by ratios, on a logarithmic scale; where a value is 0 it has none, and a score has no
 * zero to measure from: those are compared by differences.
 */
export function measureAmount(metric: Amount, pairing: Pairing, drawing: Drawing): Measured {
  return pairing.design === 'paired'
    ? paired(metric, pairing.tasks, drawing)
    : independent(metric, pairing.tasks, drawing);
}

function paired(metric: Amount, tasks: readonly Task[], drawing: Drawing): Measured {
  const pairs = tasks
    .map((task) => ({ before: valuesOf(metric, task.baseline), after: valuesOf(metric, task.treatment) }))
    .filter(({ before, after }) => before.length > 0 && after.length > 0);
  const first = pairs.map(({ before }) => collapsed(metric, before));
  const second = pairs.map(({ after }) => collapsed(metric, after));
  const n = pairs.length;
  const ratio = usesRatio(metric, [...first, ...second]);
  const known = {
    metric,
    design: 'paired',
    tasks: { baseline: n, treatment: n },
    value: ratio ? 'geometric mean' : 'mean',
    scale: ratio ? 'ratio' : 'difference',
  } as const;
  if (n === 0) return { ...known, ...UNMEASURED };
  const differences = first.map((value, at) =>
    settled(ratio ? Math.log(second[at]! / value) : second[at]! - value),
  );
  const differing = differences.filter((difference) => difference !== 0).length;
  const effect = mean(differences);
  const ranks = wilcoxon(differences);
  const flips = { name: 'sign-flip permutation', p: signFlip(differences, drawing).p };
  const ofRatio = ratio ? Math.exp : (value: number): number => value;
  const typical = ratio ? geometricMean : mean;
  const detectable = n > 1 && differing > 0 ? detectableMean(deviation(differences), n) : null;
  return {
    ...known,
    baseline: typical(first),
    treatment: typical(second),
    effect: ofRatio(effect),
    interval: mapped(meanInterval(differences, drawing), ofRatio),
    ratioOfTotals:
      metric === 'score'
        ? null
        : ratioOf(sum(pairs.map(({ after }) => mean(after))), sum(pairs.map(({ before }) => mean(before)))),
    // Scores tie too often for ranks.
    tests: metric === 'score' ? [flips] : [{ name: 'Wilcoxon signed rank', p: ranks.p }, flips],
    direction: betterBy(metric, effect, metric === 'score' ? effect : ranks.effect),
    attainable: attainablePaired(differing),
    differing,
    alike: wilsonInterval(differing, n).upper <= ALIKE_SHARE,
    detectable: detectable === null ? null : ofRatio(detectable),
  };
}

function independent(metric: Amount, tasks: readonly Task[], drawing: Drawing): Measured {
  const side = (which: 'baseline' | 'treatment'): number[] =>
    tasks
      .map((task) => valuesOf(metric, task[which]))
      .filter(({ length }) => length > 0)
      .map((values) => collapsed(metric, values));
  const [first, second] = [side('baseline'), side('treatment')];
  const [n1, n2] = [first.length, second.length];
  const ratio = usesRatio(metric, [...first, ...second]);
  const typical = metric === 'score' ? mean : median;
  const known = {
    metric,
    design: 'independent',
    tasks: { baseline: n1, treatment: n2 },
    value: metric === 'score' ? 'mean' : 'median',
    scale: ratio ? 'ratio' : 'difference',
  } as const;
  const sides = { baseline: n1 > 0 ? typical(first) : null, treatment: n2 > 0 ? typical(second) : null };
  if (n1 === 0 || n2 === 0) return { ...known, ...UNMEASURED, ...sides };
  const scaled = (values: readonly number[]): number[] => (ratio ? values.map(Math.log) : [...values]);
  const [one, other] = [scaled(first), scaled(second)];
  const effect = typical(other) - typical(one);
  const ranks = mannWhitney(second, first);
  const ofRatio = ratio ? Math.exp : (value: number): number => value;
  const spread = Math.sqrt((deviation(one) ** 2 + deviation(other) ** 2) / 2);
  return {
    ...known,
    ...sides,
    effect: ofRatio(effect),
    interval: mapped(groupInterval(metric, one, other, drawing), ofRatio),
    ratioOfTotals: metric === 'score' ? null : ratioOf(sum(second), sum(first)),
    tests:
      metric === 'score'
        ? [{ name: 'permutation of tasks', p: permuteGroups(first, second, drawing).p }]
        : [{ name: 'Mann-Whitney U', p: ranks.p }],
    direction: betterBy(metric, effect, metric === 'score' ? effect : ranks.delta),
    attainable: attainableGroups(n1, n2),
    differing: null,
    alike: false,
    detectable: spread > LEAST_SPREAD ? ofRatio(detectableMeans(spread, n1, n2)) : null,
  };
}

/** What the repeats of a task count as. */
export function collapsed(metric: Amount, values: readonly number[]): number {
  return metric === 'score' ? mean(values) : median(values);
}

function usesRatio(metric: Amount, values: readonly number[]): boolean {
  return metric !== 'score' && values.every((value) => value > 0);
}

/** Equal ratios differ in the last bits of their logarithms; ranks would take that for a difference. */
export function settled(difference: number): number {
  return Math.abs(difference) < 1e-12 ? 0 : Number(difference.toPrecision(12));
}

/** 1 where the treatment is better, and test and effect agree on it. */
function betterBy(metric: Amount, effect: number, tested: number): number {
  if (Math.sign(effect) !== Math.sign(tested)) return 0;
  const direction = Math.sign(effect);
  // 0 less it, for there is a -0 too.
  return METRICS[metric].better === 'higher' ? direction : 0 - direction;
}

function groupInterval(
  metric: Amount,
  first: readonly number[],
  second: readonly number[],
  drawing: Drawing,
): FoundInterval | null {
  if (Math.min(first.length, second.length) < BOOTSTRAP_FROM) return null;
  const [before, after] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  const [medianBefore, medianAfter] = [medianOver(before), medianOver(after)];
  const found = bootstrapGroups(
    first.length,
    second.length,
    metric === 'score'
      ? meanDifference(before, after)
      : (one, other) => medianAfter(other) - medianBefore(one),
    drawing,
  );
  return drawnInterval(found);
}

function mapped(interval: FoundInterval | null, by: (value: number) => number): FoundInterval | null {
  return interval && { ...interval, lower: by(interval.lower), upper: by(interval.upper) };
}

function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

function ratioOf(above: number, under: number): number | null {
  return under > 0 ? above / under : null;
}
