import type { DimensionJudgement } from '../../model/judged-facts.ts';
import { rounded } from '../compare/summary-stats.ts';
import { isoTime, stepOf, stepStartUs, type TimeStep } from './time-steps.ts';

/** Means of a dimension's scores in one step of time. */
export type TrendPoint = {
  from: string | null;
  /** Runs that were judged in this dimension. */
  runs: number;
  /** Of the first round: what a run achieves before anybody asks for more. */
  first: number | null;
  /** Of the last round, the first where there was only one. */
  last: number | null;
};

/** A dimension of quality over time. Scores of different scales are never averaged: each scale has a trend of its own. */
export type DimensionTrend = { dimension: string; max: number | null; runs: number; points: TrendPoint[] };

/** As columns of numbers: objects for each judgement took half of the time of a report. NaN is unknown. */
type Judgements = {
  dimension: string;
  max: number | null;
  startUs: number[];
  first: number[];
  last: number[];
};

/** Gathers how runs were judged in the dimensions of quality. */
export class DimensionTrends {
  readonly #judgements = new Map<string, Judgements>();

  /** Runs without a start have no place in time. */
  add(startUs: number, dimensions: readonly DimensionJudgement[]): void {
    if (startUs <= 0) return;
    for (const { name, max = null, first, last } of dimensions) {
      if (first === null && last === null) continue;
      const key = `${max} ${name}`;
      let known = this.#judgements.get(key);
      if (!known) {
        known = { dimension: name, max, startUs: [], first: [], last: [] };
        this.#judgements.set(key, known);
      }
      known.startUs.push(startUs);
      known.first.push(first ?? Number.NaN);
      known.last.push(last ?? Number.NaN);
    }
  }

  /** Every dimension, the most frequent first. */
  trends(step: TimeStep): DimensionTrend[] {
    return [...this.#judgements.values()]
      .map((judgements) => trendOf(judgements, step))
      .sort((a, b) => b.runs - a.runs || (`${a.dimension} ${a.max}` < `${b.dimension} ${b.max}` ? -1 : 1));
  }
}

type Sums = { runs: number; first: number; firsts: number; last: number; lasts: number };

function trendOf({ dimension, max, startUs, first, last }: Judgements, step: TimeStep): DimensionTrend {
  const steps = new Map<number, Sums>();
  for (let at = 0; at < startUs.length; at++) {
    const no = stepOf(startUs[at]!, step);
    let sums = steps.get(no);
    if (!sums) {
      sums = { runs: 0, first: 0, firsts: 0, last: 0, lasts: 0 };
      steps.set(no, sums);
    }
    sums.runs++;
    if (!Number.isNaN(first[at]!)) {
      sums.first += first[at]!;
      sums.firsts++;
    }
    if (!Number.isNaN(last[at]!)) {
      sums.last += last[at]!;
      sums.lasts++;
    }
  }
  const points = [...steps]
    .sort(([a], [b]) => a - b)
    .map(([no, sums]) => ({
      from: isoTime(stepStartUs(no, step)),
      runs: sums.runs,
      first: sums.firsts === 0 ? null : rounded(sums.first / sums.firsts),
      last: sums.lasts === 0 ? null : rounded(sums.last / sums.lasts),
    }));
  return { dimension, max, runs: startUs.length, points };
}
