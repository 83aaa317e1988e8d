import { asString } from '../../model/json.ts';
import type { RunSummary } from '../../model/summary.ts';
import { finalScoreOf } from '../scores.ts';
import { INFRASTRUCTURE_ERRORS, isInfrastructure, isTimeLimit } from './infrastructure.ts';

/**
 * What became of a run. `infrastructure`: it ended in an error of the machinery and is missing, not failed. `unjudged`: it
 * ended well, and nobody said whether it did what it should. `running`: nothing can be said yet.
 */
export type Outcome = 'success' | 'failure' | 'unjudged' | 'infrastructure' | 'running';

/** A run as a comparison needs it. Null: unknown; a lower bound is not known. */
export type ComparedRun = {
  runId: string;
  outcome: Outcome;
  errorType?: string;
  timedOut: boolean;
  durationUs: number | null;
  tokens: number | null;
  costUsd: number | null;
  score: number | null;
  patchBytes: number | null;
  filesChanged: number | null;
  labels: Readonly<Record<string, string>>;
  /** The task in the run's own words: its label `task_id` or `task_name`, else the text. */
  task?: string;
  name: string;
  /** What tells two editions of a task apart. */
  taskVersion?: string;
};

/** What of a run's summary is looked at. */
export type JudgedRun = Pick<
  RunSummary,
  | 'runId'
  | 'name'
  | 'task'
  | 'labels'
  | 'status'
  | 'error'
  | 'scores'
  | 'output'
  | 'attributes'
  | 'startUs'
  | 'endUs'
  | 'durationUs'
  | 'tokens'
  | 'usage'
  | 'costUsd'
  | 'unpricedCalls'
>;

export type JudgeOptions = {
  /** Success is a final score of at least this. Default: the score's label (`PASS`), else a reward above 0. */
  successAt?: number;
  /** Words in the types of errors that are none of the agent's. Default: `INFRASTRUCTURE_ERRORS`. */
  infrastructure?: readonly string[];
  /** Errors of the infrastructure and missing judgements count as failures, as Harbor counts them. */
  missingAsFailure?: boolean;
};

/** How success was told: by scores, or, where no run has one, by whether runs ended without an error. */
export type JudgedBy = 'score' | 'completion';

type FinalScore = ReturnType<typeof finalScoreOf>;

const PASSED = /^(pass(ed)?|success(ful)?|succeeded|solved|resolved|correct|ok|yes|true)$/i;
const FAILED = /^(fail(ed|ure)?|error|unsolved|unresolved|incorrect|wrong|no|false)$/i;

/** Reduces runs to what is compared. Whether runs are judged by scores is decided over all of them: both sides by the same. */
export function comparedRuns(
  baseline: readonly JudgedRun[],
  treatment: readonly JudgedRun[],
  options: JudgeOptions = {},
): { baseline: ComparedRun[]; treatment: ComparedRun[]; judgedBy: JudgedBy } {
  const judged = [baseline, treatment].some((runs) =>
    runs.some((run) => judgementOf(run, finalScoreOf(run.scores), options) !== undefined),
  );
  const judgedBy = judged ? 'score' : 'completion';
  const reduce = (run: JudgedRun): ComparedRun => comparedRun(run, judgedBy, options);
  return { baseline: baseline.map(reduce), treatment: treatment.map(reduce), judgedBy };
}

function comparedRun(run: JudgedRun, judgedBy: JudgedBy, options: JudgeOptions): ComparedRun {
  const errorType = run.error?.type ?? (run.status === 'error' ? 'error' : undefined);
  const { labels } = run;
  const task = labels.task_id ?? labels.task_name ?? run.task;
  const version = labels.task_checksum ?? labels.task_version ?? asString(run.attributes.task_checksum);
  const final = finalScoreOf(run.scores);
  const counted = run.tokens > 0 || (run.usage?.requests ?? 0) > 0;
  return {
    runId: run.runId,
    outcome: outcomeOf(run, final, judgedBy, options),
    ...(errorType !== undefined && { errorType }),
    timedOut: isTimeLimit(run.error?.type),
    durationUs: run.endUs === undefined || run.startUs <= 0 ? null : run.durationUs,
    tokens: counted ? run.tokens : null,
    costUsd: counted && (run.unpricedCalls ?? 0) === 0 ? (run.costUsd ?? null) : null,
    score: final?.value ?? null,
    patchBytes: run.output?.patchBytes ?? null,
    filesChanged: run.output?.filesChanged ?? null,
    labels,
    ...(task !== undefined && { task }),
    name: run.name,
    ...(version !== undefined && { taskVersion: version }),
  };
}

function outcomeOf(run: JudgedRun, final: FinalScore, judgedBy: JudgedBy, options: JudgeOptions): Outcome {
  if (run.status === 'running') return 'running';
  if (isInfrastructure(run.error?.type, options.infrastructure ?? INFRASTRUCTURE_ERRORS))
    return options.missingAsFailure ? 'failure' : 'infrastructure';
  const judgement = judgementOf(run, final, options);
  if (judgement !== undefined) return judgement ? 'success' : 'failure';
  if (run.status !== 'ok') return 'failure';
  if (judgedBy === 'completion') return 'success';
  return options.missingAsFailure ? 'failure' : 'unjudged';
}

/** A grade alone is no judgement: 8.45 may be much or little. */
function judgementOf(run: JudgedRun, final: FinalScore, { successAt }: JudgeOptions): boolean | undefined {
  if (successAt !== undefined) return final && final.value >= successAt;
  if (final?.label !== undefined && PASSED.test(final.label)) return true;
  if (final?.label !== undefined && FAILED.test(final.label)) return false;
  const reward = run.scores.findLast(
    ({ name, dimension, spanId }) => name === 'reward' && dimension === undefined && spanId === undefined,
  )?.value;
  return typeof reward === 'number' ? reward > 0 : undefined;
}
