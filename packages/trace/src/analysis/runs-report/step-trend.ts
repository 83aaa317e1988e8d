import type { Leverage } from '../../model/summary.ts';
import { rounded } from '../compare/summary-stats.ts';
import { quantile } from '../quantile.ts';
import { exactUsd, undecidedAs } from './group-tally.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';
import { type LeverageFigures, leverageFigures } from './session-trend.ts';
import type { Settlement } from './task-outcomes.ts';
import { isoTime, stepOf, stepStartUs, type TimeStep } from './time-steps.ts';

/** What the runs that started in one step of time came to. Each figure means what it means of a group. */
export type StepFigures = {
  from: string | null;
  /** Runs that came to an end. */
  runs: number;
  successful: number;
  /** Runs that succeeded or failed: the others say nothing about the rate. */
  judged: number;
  judged_success_rate: number | null;
  /** Runs that ended in an error. */
  errors: number;
  median_duration_sec: number | null;
  total_tokens: number | null;
  runs_without_tokens: number;
  /** A lower bound where the cost of some runs is not known. */
  total_cost_usd: number | null;
  runs_without_cost: number;
  avg_reward: number | null;
  leverage: Record<Leverage['kind'], LeverageFigures | null>;
};

/** What became of a run, in two bits, and what else is yes or no of it, in one each. */
const OUTCOME = { other: 0, success: 1, failure: 2, undecided: 3 } as const;
const [OUTCOMES, ERROR, WHOLE_COST, PROXY] = [3, 4, 8, 16] as const;

/** Places of a run's numbers. */
const [START_US, BITS, SECONDS, TOKENS, COST_USD, SCORE, LEVERAGE, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/**
 * Gathers runs by when they started: the width of a step is known when all runs are. Their numbers stand in one row of
 * numbers, which took a fifth of the time of an array for each. NaN is unknown.
 */
export class StepTrends {
  #numbers = new Float64Array(256 * WIDTH);
  #end = 0;

  /** Runs without a start have no place in time. */
  add(entry: JudgedEntry): void {
    const { facts, run, undecided } = entry;
    if (facts.startUs <= 0 || !hasEnded(entry)) return;
    const outcome = undecided
      ? OUTCOME.undecided
      : run.outcome === 'success' || run.outcome === 'failure'
        ? OUTCOME[run.outcome]
        : OUTCOME.other;
    const { leverage } = facts;
    const at = this.#end;
    this.#end += WIDTH;
    if (this.#end > this.#numbers.length) {
      const more = new Float64Array(this.#numbers.length * 2);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    const numbers = this.#numbers;
    numbers[at + START_US] = facts.startUs;
    numbers[at + BITS] =
      outcome |
      (run.errorType === undefined ? 0 : ERROR) |
      (run.costUsd === null ? 0 : WHOLE_COST) |
      (leverage?.kind === 'proxy' ? PROXY : 0);
    numbers[at + SECONDS] = run.durationUs === null ? Number.NaN : run.durationUs / 1e6;
    numbers[at + TOKENS] = run.tokens ?? Number.NaN;
    numbers[at + COST_USD] = facts.costUsd ?? Number.NaN;
    numbers[at + SCORE] = run.score ?? Number.NaN;
    numbers[at + LEVERAGE] = leverage?.value ?? Number.NaN;
  }

  /** The steps in which runs started, the earliest first. */
  steps(step: TimeStep, settlement: Settlement): StepFigures[] {
    const tallies = new Map<number, StepTally>();
    const numbers = this.#numbers;
    for (let at = 0; at < this.#end; at += WIDTH) {
      const no = stepOf(numbers[at + START_US]!, step);
      let tally = tallies.get(no);
      if (!tally) {
        tally = new StepTally();
        tallies.set(no, tally);
      }
      const bits = numbers[at + BITS]!;
      tally.runs++;
      tally.outcomes[bits & OUTCOMES]!++;
      if (bits & ERROR) tally.errors++;
      if (bits & WHOLE_COST) tally.wholeCosts++;
      const seconds = numbers[at + SECONDS]!;
      if (!Number.isNaN(seconds)) tally.seconds.push(seconds);
      tally.tokens.add(numbers[at + TOKENS]!);
      tally.costUsd.add(numbers[at + COST_USD]!);
      tally.score.add(numbers[at + SCORE]!);
      const leverage = numbers[at + LEVERAGE]!;
      if (!Number.isNaN(leverage)) (bits & PROXY ? tally.proxy : tally.tac).push(leverage);
    }
    return [...tallies]
      .sort(([a], [b]) => a - b)
      .map(([no, tally]) => ({ from: isoTime(stepStartUs(no, step)), ...tally.figures(settlement) }));
  }
}

/** What is known of one figure. */
class Sum {
  sum = 0;
  count = 0;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.sum += value;
    this.count++;
  }
}

class StepTally {
  runs = 0;
  errors = 0;
  wholeCosts = 0;
  /** By `OUTCOME`. */
  readonly outcomes: number[] = [0, 0, 0, 0];
  readonly seconds: number[] = [];
  readonly tokens = new Sum();
  readonly costUsd = new Sum();
  readonly score = new Sum();
  readonly tac: number[] = [];
  readonly proxy: number[] = [];

  figures(settlement: Settlement): Omit<StepFigures, 'from'> {
    const { runs, tokens, costUsd, score, seconds } = this;
    const counts = { success: this.outcomes[OUTCOME.success]!, failure: this.outcomes[OUTCOME.failure]! };
    const as = undecidedAs(settlement);
    if (as !== 'unjudged') counts[as] += this.outcomes[OUTCOME.undecided]!;
    const judged = counts.success + counts.failure;
    return {
      runs,
      successful: counts.success,
      judged,
      judged_success_rate: judged === 0 ? null : rounded((counts.success / judged) * 100),
      errors: this.errors,
      median_duration_sec:
        seconds.length === 0 ? null : rounded(quantile(Float64Array.from(seconds).sort(), 0.5)),
      total_tokens: tokens.count === 0 ? null : tokens.sum,
      runs_without_tokens: runs - tokens.count,
      total_cost_usd: costUsd.count === 0 ? null : exactUsd(costUsd.sum),
      runs_without_cost: runs - this.wholeCosts,
      avg_reward: score.count === 0 ? null : rounded(score.sum / score.count),
      leverage: { tac: leverageFigures(this.tac), proxy: leverageFigures(this.proxy) },
    };
  }
}
