import type { RunSummary } from '../../model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { measureAmount } from './amounts.ts';
import { type ChangedTask, changedTasks } from './changed-tasks.ts';
import { comparedRuns, type JudgedBy, type JudgeOptions } from './compared-run.ts';
import { type CostOfSuccess, costOfSuccess } from './cost-of-success.ts';
import { INFRASTRUCTURE_ERRORS } from './infrastructure.ts';
import type { Drawing, Measured } from './measured.ts';
import { METRIC_NAMES, METRICS, type MetricKind } from './metrics.ts';
import { notesOn } from './notes.ts';
import { type PairBy, type Pairing, pairRuns } from './pairing.ts';
import { type Repeats, repeatsOf } from './repeats.ts';
import { type Judged, sentenceOf } from './sentences.ts';
import { type SideFigures, sideFigures } from './sides.ts';
import { measureSuccess } from './success.ts';
import { compareTasks, type TaskComparison } from './task-comparison.ts';
import { type ThresholdReport, thresholdReport } from './threshold-report.ts';
import { ALPHA, verdictOf } from './verdict.ts';

export type CompareOptions = JudgeOptions & {
  /** Default `task`. */
  pairBy?: PairBy;
  /** Percent beyond which the threshold report tells of a change; default 10. */
  thresholdPercent?: number;
  /** Rounds of bootstrap and permutation; default 10 000. */
  rounds?: number;
  /** Whole number from 0 to 2^32 - 1; default 1. The same runs and seed give the same comparison. */
  seed?: number;
};

export type MetricComparison = Judged & MetricKind & { sentence: string };

/** Two sets of runs compared. Times in µs, money in USD, shares from 0 to 1; null is unknown. */
export type Comparison = {
  baseline: SideFigures;
  treatment: SideFigures;
  pairing: Omit<Pairing, 'tasks' | 'alone'> & { tasks: number };
  judgedBy: JudgedBy;
  /** Runs are still at work: the verdicts may change. */
  provisional: boolean;
  /** Success first; the others are corrected for being several. */
  metrics: MetricComparison[];
  costOfSuccess: CostOfSuccess;
  repeats: Repeats;
  changed: ChangedTask[];
  /** Every task with its runs, those of one side only too. */
  tasks: TaskComparison[];
  threshold: ThresholdReport;
  /** What was left out, and what to think of when reading the verdicts: sentences. */
  notes: string[];
  method: {
    alpha: number;
    confidence: number;
    rounds: number;
    seed: number;
    generator: string;
    /** Words in error types that make an error one of the infrastructure. */
    infrastructure: readonly string[];
    missingAsFailure: boolean;
    successAt: number | null;
  };
};

/**
 * Compares two sets of runs: does the treatment do better than the baseline? Runs are paired by task, repeats of a task are
 * taken together, and every metric gets a verdict with a sentence. Pure: the same runs in the same order give the same
 * answer, to the last digit.
 */
export function compareRuns(
  baselineRuns: readonly RunSummary[],
  treatmentRuns: readonly RunSummary[],
  options: CompareOptions = {},
): Comparison {
  const { pairBy = 'task', thresholdPercent = 10, rounds = 10_000, seed = 1 } = options;
  const drawing = { rounds, seed };
  const { baseline, treatment, judgedBy } = comparedRuns(baselineRuns, treatmentRuns, options);
  const pairing = pairRuns(baseline, treatment, pairBy);
  const metrics = judgeAll(measureAll(pairing, drawing));
  const sides = {
    baseline: sideFigures(baseline, pairing.by),
    treatment: sideFigures(treatment, pairing.by),
  };
  const { tasks, alone: _, ...paired } = pairing;
  const provisional = sides.baseline.outcomes.running + sides.treatment.outcomes.running > 0;
  return {
    ...sides,
    pairing: { ...paired, tasks: tasks.length },
    judgedBy,
    provisional,
    metrics,
    costOfSuccess: costOfSuccess(pairing, drawing),
    repeats: repeatsOf(pairing),
    changed: changedTasks(pairing),
    tasks: compareTasks(pairing, metrics),
    threshold: thresholdReport(baseline, treatment, thresholdPercent),
    notes: notesOn({
      ...sides,
      pairing,
      judgedBy,
      missingAsFailure: missingAsFailure(baselineRuns, treatmentRuns, options, metrics[0]!),
    }),
    method: {
      alpha: ALPHA,
      confidence: 0.95,
      rounds,
      seed,
      generator: 'xoshiro128** 1.1, seeded by SplitMix32',
      infrastructure: options.infrastructure ?? INFRASTRUCTURE_ERRORS,
      missingAsFailure: options.missingAsFailure ?? false,
      successAt: options.successAt ?? null,
    },
  };
}

function measureAll(pairing: Pairing, drawing: Drawing): Measured[] {
  return METRIC_NAMES.map((metric) =>
    metric === 'success' ? measureSuccess(pairing, drawing) : measureAmount(metric, pairing, drawing),
  );
}

/** Success is the question that was asked beforehand; of the others any would do for a claim, so they share their chance of a false one. */
function judgeAll(measured: readonly Measured[]): MetricComparison[] {
  const secondary = measured.filter(({ metric, tests }) => metric !== 'success' && tests.length > 0);
  const adjusted = holm(secondary.map(({ tests }) => tests[0]!.p));
  return measured.map((one) => {
    const at = secondary.indexOf(one);
    const adjustedP = at >= 0 ? adjusted[at]! : (one.tests[0]?.p ?? null);
    const corrected = at >= 0 ? secondary.length : 1;
    // A claim needs the second opinion too: ranks find a lopsided spread as well, where nothing grew or shrank.
    const opinions = one.tests.slice(1).map(({ p }) => p);
    const verdict = verdictOf({
      p: adjustedP === null ? undefined : Math.max(adjustedP, ...opinions),
      attainable: one.attainable * corrected,
      direction: one.direction,
      alike: one.alike,
    });
    const judged = { ...one, adjustedP, corrected, verdict };
    return { ...METRICS[one.metric], ...judged, sentence: sentenceOf(judged) };
  });
}

/** What the verdict on success would be if all that is missing had failed: told where it is another one. */
function missingAsFailure(
  baseline: readonly RunSummary[],
  treatment: readonly RunSummary[],
  options: CompareOptions,
  success: MetricComparison,
): string | undefined {
  if (options.missingAsFailure) return undefined;
  const runs = comparedRuns(baseline, treatment, { ...options, missingAsFailure: true });
  const { rounds = 10_000, seed = 1 } = options;
  const pairing = pairRuns(runs.baseline, runs.treatment, options.pairBy);
  const [other] = judgeAll([measureSuccess(pairing, { rounds, seed })]);
  return other!.verdict === success.verdict ? undefined : other!.sentence;
}
