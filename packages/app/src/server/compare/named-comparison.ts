import { type CompareOptions, type Comparison, compareRuns } from '@tacho/trace/analysis/compare/compare';
import type { Gate } from '@tacho/trace/analysis/compare/gate';
import { type ChosenSide, refuseShared } from './chosen-runs.ts';

/** A comparison with what its sides were taken to mean: what the command prints and the API answers. */
export type NamedComparison = { named: { baseline: string; treatment: string }; gate?: Gate } & Comparison;

/** Throws ChoiceError where a run is on both sides. */
export function compareSides(
  baseline: ChosenSide,
  treatment: ChosenSide,
  options: CompareOptions,
): NamedComparison {
  refuseShared(baseline, treatment);
  return {
    named: { baseline: baseline.name, treatment: treatment.name },
    ...compareRuns(baseline.runs, treatment.runs, options),
  };
}
