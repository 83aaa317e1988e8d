import type { Run } from '../../model/run.ts';
import type { Score } from '../../model/score.ts';
import type { BuildTest } from './build-test.ts';

/** How good the outcome was, by those who judged it. Null: nobody did. All from 0 to 1. */
export type QualityIndicators = {
  taskCompleted: boolean | null;
  correctness: number | null;
  testPassRate: number | null;
  codeReview: number | null;
  architecture: number | null;
};

const CORRECTNESS = /^(?:reward|correctness(?:_score)?)$/;
const CODE_REVIEW = /^code_?review(?:_score)?$/;
const ARCHITECTURE = /^architecture(?:_score)?$/;

/** A benchmark's reward says whether the task was done; a run that failed did not do it. */
export function qualityIndicatorsOf(run: Run, { testPassRate }: BuildTest): QualityIndicators {
  const correctness = shareOf(run.scores, CORRECTNESS);
  const failed = run.status === 'error' ? false : null;
  return {
    taskCompleted: correctness === null ? failed : correctness > 0,
    correctness,
    testPassRate,
    codeReview: shareOf(run.scores, CODE_REVIEW),
    architecture: shareOf(run.scores, ARCHITECTURE),
  };
}

/** The last score of a name as a share of its maximum; null for one that lies outside its scale. */
function shareOf(scores: readonly Score[], name: RegExp): number | null {
  const score = scores.findLast(
    (one) => name.test((one.dimension ?? one.name).toLowerCase()) && one.value !== null,
  );
  if (score === undefined || typeof score.value !== 'number') return null;
  const share = score.max !== undefined && score.max > 0 ? score.value / score.max : score.value;
  return share >= 0 && share <= 1 ? share : null;
}
