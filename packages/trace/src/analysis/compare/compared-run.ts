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
  /** The scale of the score, where it is stated. */
  scoreMax?: number;
  patchBytes: number | null;
  filesChanged: number | null;
  labels: Readonly<Record<string, string>>;
  /** The task in the run's own words: its label `task_id` or `task_name`, else the text. */
  task?: string;
  name: string;
  /** What tells two editions of a task apart. */
  taskVersion?: string;
};

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
  baseline: readonly RunSummary[],
  treatment: readonly RunSummary[],
  options: JudgeOptions = {},
): { baseline: ComparedRun[]; treatment: ComparedRun[]; judgedBy: JudgedBy } {
  const alone = [baseline, treatment].map((runs) => runs.map((run) => judgedAlone(run, options)));
  const judgedBy = judgedByIn(alone.flat());
  const [before, after] = alone.map((runs) => runs.map((run) => settled(run, judgedBy)));
  return { baseline: before!, treatment: after!, judgedBy };
}

/** A run judged before the others are known: `undecided` ended well and has no judgement, so the others decide. */
export type JudgedAlone = { run: ComparedRun; judged: boolean; undecided: boolean };

/** One judgement among all runs, and those without any are not judged; else who ended well succeeded. */
export function judgedByIn(runs: readonly JudgedAlone[]): JudgedBy {
  return runs.some(({ judged }) => judged) ? 'score' : 'completion';
}

/** The run, now that it is known how all of them are judged. */
export function settled({ run, undecided }: JudgedAlone, judgedBy: JudgedBy): ComparedRun {
  if (undecided && judgedBy === 'completion') run.outcome = 'success';
  return run;
}

export function judgedAlone(run: RunSummary, options: JudgeOptions = {}): JudgedAlone {
  const final = finalScoreOf(run.scores);
  const judgement = judgementOf(run, final, options);
  const outcome = outcomeOf(run, judgement, options);
  const errorType = run.error?.type ?? (run.status === 'error' ? 'error' : undefined);
  const { labels } = run;
  const task = labels.task_id ?? labels.task_name ?? run.task;
  const version = labels.task_checksum ?? labels.task_version ?? asString(run.attributes.task_checksum);
  const counted = run.tokens > 0 || (run.usage?.requests ?? 0) > 0;
  const compared: ComparedRun = {
    runId: run.runId,
    outcome: outcome === 'undecided' ? (options.missingAsFailure ? 'failure' : 'unjudged') : outcome,
    ...(errorType !== undefined && { errorType }),
    timedOut: isTimeLimit(run.error?.type),
    durationUs: run.endUs === undefined || run.startUs <= 0 ? null : run.durationUs,
    tokens: counted ? run.tokens : null,
    costUsd: counted && (run.unpricedCalls ?? 0) === 0 ? (run.costUsd ?? null) : null,
    score: final?.value ?? null,
    ...(final?.max !== undefined && { scoreMax: final.max }),
    patchBytes: run.output?.patchBytes ?? null,
    filesChanged: run.output?.filesChanged ?? null,
    labels,
    ...(task !== undefined && { task }),
    name: run.name,
    ...(version !== undefined && { taskVersion: version }),
  };
  return { run: compared, judged: judgement !== undefined, undecided: outcome === 'undecided' };
}

function outcomeOf(
  run: RunSummary,
  judgement: boolean | undefined,
  options: JudgeOptions,
): Outcome | 'undecided' {
  if (run.status === 'running') return 'running';
  if (isInfrastructure(run.error?.type, options.infrastructure ?? INFRASTRUCTURE_ERRORS))
    return options.missingAsFailure ? 'failure' : 'infrastructure';
  if (judgement !== undefined) return judgement ? 'success' : 'failure';
  return run.status === 'ok' ? 'undecided' : 'failure';
}

/** A grade alone is no judgement: 8.45 may be much or little. */
function judgementOf(run: RunSummary, final: FinalScore, { successAt }: JudgeOptions): boolean | undefined {
  if (successAt !== undefined) return final && final.value >= successAt;
  if (final?.label !== undefined && PASSED.test(final.label)) return true;
  if (final?.label !== undefined && FAILED.test(final.label)) return false;
  const reward = run.scores.findLast(
    ({ name, dimension, spanId }) => name === 'reward' && dimension === undefined && spanId === undefined,
  )?.value;
  return typeof reward === 'number' ? reward > 0 : undefined;
}
