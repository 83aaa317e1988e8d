import { bootstrap, bootstrapGroups } from '../statistics/bootstrap.ts';
import { sum } from '../statistics/moments.ts';
import type { ComparedRun } from './compared-run.ts';
import { BOOTSTRAP_FROM, type Drawing, drawnInterval, type FoundInterval } from './measured.ts';
import type { Pairing } from './pairing.ts';

/** What a success costs on one side: failures are paid for too. */
export type SuccessCost = {
  /** Total cost over successes, USD; null without a success or without a known cost. */
  costUsd: number | null;
  totalUsd: number;
  successes: number;
  /** Judged runs whose cost is known: the others are in neither sum. */
  runs: number;
  withoutCost: number;
};

export type CostOfSuccess = {
  baseline: SuccessCost;
  treatment: SuccessCost;
  /** Treatment over baseline. */
  ratio: number | null;
  /** Null below 20 tasks. */
  interval: FoundInterval | null;
};

/** Ratios of sums over the runs that were judged and whose cost is known. Never a mean over successes only: that hides what failures cost. */
export function costOfSuccess({ design, tasks }: Pairing, drawing: Drawing): CostOfSuccess {
  const before = tasks.map((task) => sumsOf(task.baseline));
  const after = tasks.map((task) => sumsOf(task.treatment));
  const [baseline, treatment] = [
    successCost(tasks.flatMap((task) => task.baseline)),
    successCost(tasks.flatMap((task) => task.treatment)),
  ];
  const { costUsd: was } = baseline;
  const { costUsd: is } = treatment;
  const ratio = was !== null && is !== null && was > 0 ? is / was : null;
  return {
    baseline,
    treatment,
    ratio,
    interval: ratio === null ? null : intervalOf(design, before, after, drawing),
  };
}

function successCost(runs: readonly ComparedRun[]): SuccessCost {
  return successCostOf(sumsOf(runs), runs.filter(isJudged).length);
}

/** All that was paid for judged runs over their successes; of those, the sums are of the runs whose cost is known. */
export function successCostOf({ cost, successes, runs }: CostSums, judged: number): SuccessCost {
  return {
    costUsd: successes > 0 ? cost / successes : null,
    totalUsd: cost,
    successes,
    runs,
    withoutCost: judged - runs,
  };
}

/** Of judged runs whose cost is known. */
export type CostSums = { cost: number; successes: number; runs: number };

function sumsOf(runs: readonly ComparedRun[]): CostSums {
  const known = runs.filter((run) => isJudged(run) && run.costUsd !== null);
  return {
    cost: sum(known.map(({ costUsd }) => costUsd!)),
    successes: known.filter(({ outcome }) => outcome === 'success').length,
    runs: known.length,
  };
}

function isJudged({ outcome }: ComparedRun): boolean {
  return outcome === 'success' || outcome === 'failure';
}

function intervalOf(
  design: Pairing['design'],
  before: readonly CostSums[],
  after: readonly CostSums[],
  drawing: Drawing,
): FoundInterval | null {
  const [first, second] = [before.filter(({ runs }) => runs > 0), after.filter(({ runs }) => runs > 0)];
  if (Math.min(first.length, second.length) < BOOTSTRAP_FROM) return null;
  const paired = design === 'paired';
  const [was, is] = paired ? [costOver(before), costOver(after)] : [costOver(first), costOver(second)];
  const found = paired
    ? bootstrap(before.length, (units) => is(units) / was(units), drawing)
    : bootstrapGroups(first.length, second.length, (one, other) => is(other) / was(one), drawing);
  return drawnInterval(found);
}

/** The cost of a success over drawn tasks; NaN where none of them succeeded. */
function costOver(sums: readonly CostSums[]): (units: Int32Array) => number {
  const costs = Float64Array.from(sums, ({ cost }) => cost);
  const counts = Float64Array.from(sums, ({ successes }) => successes);
  return (units) => {
    let [total, successes] = [0, 0];
    for (let at = 0; at < units.length; at++) {
      total += costs[units[at]!]!;
      successes += counts[units[at]!]!;
    }
    return successes === 0 ? Number.NaN : total / successes;
  };
}
