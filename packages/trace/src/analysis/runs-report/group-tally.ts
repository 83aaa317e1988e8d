import type { JudgedFacts } from '../../model/judged-facts.ts';
import type { JudgedRun, Outcome } from '../compare/compared-run.ts';
import { type CostSums, successCostOf } from '../compare/cost-of-success.ts';
import { rounded, type SummaryStats, SummaryTally } from '../compare/summary-stats.ts';
import type { JudgedEntry } from './judged-entry.ts';
import { OutcomesByTask, type Settlement } from './task-outcomes.ts';

/**
 * The second seed's figures of a set of runs, and what they leave out. Figures are of runs that came to an end; null is
 * unknown, never 0.
 */
export type GroupFigures = SummaryStats & {
  outcomes: Record<Outcome, number>;
  /** Percent of the judged runs: infrastructure errors and runs that nobody judged are missing, not failed. */
  judged_success_rate: number | null;
  /** 95 %, in percent; the wider for tasks that were repeated. */
  judged_success_interval: { lower: number; upper: number; method: string } | null;
  p95_duration_sec: number | null;
  /** Runs that were stopped by a limit of time: their durations are too short. */
  timed_out: number;
  total_tokens: number | null;
  runs_without_tokens: number;
  /** A lower bound where the cost of some runs is not known. */
  total_cost_usd: number | null;
  runs_without_cost: number;
  unpriced_calls: number;
  /** All that was paid for judged runs over their successes, failures included; of the runs whose cost is known. */
  cost_per_success_usd: number | null;
  judged_without_cost: number;
};

type CountedOutcome = Outcome | 'undecided';

/** Counts a set of runs that come one after the other and are not kept: objects in memory cost more time than all sums. */
export class GroupTally {
  readonly #stats = new SummaryTally();
  readonly #outcomes: Record<CountedOutcome, number> = {
    success: 0,
    failure: 0,
    unjudged: 0,
    infrastructure: 0,
    running: 0,
    undecided: 0,
  };
  readonly #tasks = new OutcomesByTask();
  /** What the runs of each outcome cost, where that is known. */
  readonly #paid: Record<'success' | 'failure' | 'undecided', { usd: number; runs: number }> = {
    success: { usd: 0, runs: 0 },
    failure: { usd: 0, runs: 0 },
    undecided: { usd: 0, runs: 0 },
  };
  #timedOut = 0;
  #tokens = { sum: 0, runs: 0 };
  #cost = { sum: 0, runs: 0, whole: 0 };
  #unpricedCalls = 0;

  /** Runs that came to an end. */
  get ended(): number {
    return this.#stats.total;
  }

  add(entry: JudgedEntry): void {
    const { run, undecided } = entry;
    const outcome = undecided ? 'undecided' : run.outcome;
    this.#outcomes[outcome]++;
    if (outcome === 'running') return;
    this.#stats.add(run);
    this.#tasks.add(entry.task, entry);
    if (run.timedOut) this.#timedOut++;
    this.#addSums(entry.facts, run);
    if (outcome !== 'success' && outcome !== 'failure' && outcome !== 'undecided') return;
    if (run.costUsd === null) return;
    this.#paid[outcome].usd += run.costUsd;
    this.#paid[outcome].runs++;
  }

  #addSums({ costUsd: knownCostUsd, unpricedCalls }: JudgedFacts, { tokens, costUsd }: JudgedRun): void {
    if (tokens !== null) {
      this.#tokens.sum += tokens;
      this.#tokens.runs++;
    }
    if (knownCostUsd !== null) {
      this.#cost.sum += knownCostUsd;
      this.#cost.runs++;
    }
    if (costUsd !== null) this.#cost.whole++;
    this.#unpricedCalls += unpricedCalls;
  }

  /** The figures, once it is known how runs without a judgement count. */
  figures(settlement: Settlement): GroupFigures {
    const outcomes = this.#settledOutcomes(settlement);
    const judged = outcomes.success + outcomes.failure;
    const { costUsd, withoutCost } = successCostOf(this.#judgedCosts(settlement), judged);
    const { successInterval } = this.#tasks.uncertainty(settlement);
    const total = this.ended;
    return {
      ...this.#stats.stats(outcomes.success),
      outcomes,
      judged_success_rate: judged === 0 ? null : rounded((outcomes.success / judged) * 100),
      judged_success_interval: successInterval && {
        lower: rounded(successInterval.lower * 100),
        upper: rounded(successInterval.upper * 100),
        method: successInterval.method,
      },
      p95_duration_sec: this.#stats.durationSec(0.95),
      timed_out: this.#timedOut,
      total_tokens: this.#tokens.runs === 0 ? null : this.#tokens.sum,
      runs_without_tokens: total - this.#tokens.runs,
      total_cost_usd: this.#cost.runs === 0 ? null : exactUsd(this.#cost.sum),
      runs_without_cost: total - this.#cost.whole,
      unpriced_calls: this.#unpricedCalls,
      cost_per_success_usd: costUsd === null ? null : exactUsd(costUsd),
      judged_without_cost: withoutCost,
    };
  }

  #settledOutcomes(settlement: Settlement): Record<Outcome, number> {
    const { undecided, ...outcomes } = this.#outcomes;
    outcomes[undecidedAs(settlement)] += undecided;
    return outcomes;
  }

  #judgedCosts(settlement: Settlement): CostSums {
    const { success, failure, undecided } = this.#paid;
    const as = undecidedAs(settlement);
    const counted = as === 'unjudged' ? { usd: 0, runs: 0 } : undecided;
    return {
      cost: success.usd + failure.usd + counted.usd,
      successes: success.runs + (as === 'success' ? counted.runs : 0),
      runs: success.runs + failure.runs + counted.runs,
    };
  }
}

/** What a run that ended well without a judgement is. */
export function undecidedAs({ judgedBy, missingAsFailure }: Settlement): 'success' | 'failure' | 'unjudged' {
  if (judgedBy === 'completion') return 'success';
  return missingAsFailure ? 'failure' : 'unjudged';
}

/** To a billionth of a dollar: what is beyond it is noise of the arithmetic. */
export function exactUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
