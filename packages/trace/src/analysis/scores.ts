import type { DimensionJudgement, FinalScore } from '../model/judged-facts.ts';
import type { Score } from '../model/score.ts';

/** One round of judging: its overall value and what it says about each dimension of quality. */
export type RoundInfo = {
  round: string;
  /** Null when the round has dimensions only: an average would be our invention. */
  value: number | null;
  max?: number;
  /** `PASS`, `FAIL` … */
  label?: string;
  dimensions: { name: string; value: number | null; max?: number }[];
};

export type CriteriaInfo = {
  results: { id: string; passed: boolean }[];
  passed: number;
  total: number;
  /** passed / total; null without criteria. */
  rate: number | null;
};

/** Judgements of the whole run that are no overall score of a round, though they may carry one. */
const NO_OVERALL = /^(criteria|criterion)$|^criterion:|^novelty/;
/** Names of overall scores, the most explicit first. */
const OVERALL = ['final_score', 'overall', 'score', 'reward'];
/** Names that a run's score can have when it was not judged in rounds. */
const FINAL = ['final_score', 'overall', 'score', 'reward'];

/** The rounds in which the run was judged, in order: by their number where they have one (`r2` before `r10`). */
export function roundsOf(scores: readonly Score[]): RoundInfo[] {
  const rounds = new Map<string, Score[]>();
  for (const score of scores) {
    if (score.round === undefined || NO_OVERALL.test(score.name)) continue;
    const known = rounds.get(score.round);
    if (known) known.push(score);
    else rounds.set(score.round, [score]);
  }
  const order = [...rounds.keys()].sort((a, b) => numberIn(a) - numberIn(b));
  return order.map((round) => roundOf(round, rounds.get(round)!));
}

function roundOf(round: string, scores: readonly Score[]): RoundInfo {
  const overall = preferred(
    scores.filter((score) => score.dimension === undefined),
    OVERALL,
  );
  return {
    round,
    value: overall?.value ?? null,
    ...(overall?.max !== undefined && { max: overall.max }),
    ...(overall?.label !== undefined && { label: overall.label }),
    dimensions: scores.filter((score) => score.dimension !== undefined).map(dimensionIn),
  };
}

/** The dimensions of a run's quality. Rounds without any say nothing about them. */
export function dimensionsOf(scores: readonly Score[]): DimensionJudgement[] {
  if (!scores.some(({ dimension }) => dimension !== undefined)) return [];
  const rounds = roundsOf(scores).filter(({ dimensions }) => dimensions.length > 0);
  const [first, last] = [rounds[0]?.dimensions ?? dimensionsBesideRounds(scores), rounds.at(-1)?.dimensions];
  const found = new Map<string, DimensionJudgement>();
  for (const { name, value, max } of first)
    found.set(name, { name, ...(max !== undefined && { max }), first: value, last: last ? null : value });
  for (const { name, value, max } of last ?? []) {
    const known = found.get(name);
    if (known) known.last = value;
    else found.set(name, { name, ...(max !== undefined && { max }), first: null, last: value });
  }
  return [...found.values()];
}

function dimensionsBesideRounds(scores: readonly Score[]): RoundInfo['dimensions'] {
  return scores
    .filter((score) => score.round === undefined && isOfDimension(score) && !NO_OVERALL.test(score.name))
    .map(dimensionIn);
}

function isOfDimension({ dimension, spanId }: Score): boolean {
  return dimension !== undefined && spanId === undefined;
}

function dimensionIn({ dimension, value, max }: Score): RoundInfo['dimensions'][number] {
  return { name: dimension!, value, ...(max !== undefined && { max }) };
}

/** The first digits of a round's name; rounds without any keep their place behind the numbered ones. */
function numberIn(round: string): number {
  const digits = /\d+/.exec(round);
  return digits ? Number(digits[0]) : Number.MAX_SAFE_INTEGER;
}

/** The score that speaks for the run: the last round's overall value, else its `final_score`, `overall`, `score` or `reward`. */
export function finalScoreOf(scores: readonly Score[]): FinalScore | undefined {
  const round = roundsOf(scores).findLast(({ value }) => value !== null);
  const found = round ?? preferred(scores.filter(isOfRun), FINAL, true);
  if (found === undefined || found.value === null) return undefined;
  const { value, max, label } = found;
  return { value, ...(max !== undefined && { max }), ...(label !== undefined && { label }) };
}

function isOfRun(score: Score): boolean {
  return score.value !== null && score.dimension === undefined && score.spanId === undefined;
}

/** The score with the earliest name in the list; else, unless only names of the list will do, the first. */
function preferred(scores: readonly Score[], names: readonly string[], strict = false): Score | undefined {
  for (const name of names) {
    const found = scores.findLast((score) => score.name === name);
    if (found) return found;
  }
  return strict ? undefined : scores[0];
}

/**
 * Criteria: scores of value 0 or 1, named `criteria` (or `criterion`) with the criterion as dimension, or named
 * `criterion:<id>`. A criterion that was judged several times has its last answer.
 */
export function criteriaOf(scores: readonly Score[]): CriteriaInfo {
  const results = new Map<string, boolean>();
  for (const { name, dimension, value } of scores) {
    if (value !== 0 && value !== 1) continue;
    const id = name.startsWith('criterion:')
      ? name.slice('criterion:'.length)
      : name === 'criteria' || name === 'criterion'
        ? dimension
        : undefined;
    if (id !== undefined && id !== '') results.set(id, value === 1);
  }
  const passed = [...results.values()].filter(Boolean).length;
  return {
    results: [...results].map(([id, ok]) => ({ id, passed: ok })),
    passed,
    total: results.size,
    rate: results.size === 0 ? null : passed / results.size,
  };
}
