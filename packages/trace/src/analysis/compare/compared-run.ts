import type { FinalScore, JudgedFacts } from '../../model/judged-facts.ts';
import type { RunSummary } from '../../model/summary.ts';
import { judgedFactsOf } from '../judged-facts.ts';
import { INFRASTRUCTURE_ERRORS, isInfrastructure, isTimeLimit } from './infrastructure.ts';

/**
 * What became of a run. `infrastructure`: it ended in an error of the machinery and is missing, not failed. `unjudged`: it
 * ended well, and nobody said whether it did what it should. `running`: nothing can be said yet.
 */
export type Outcome = 'success' | 'failure' | 'unjudged' | 'infrastructure' | 'running';

/** What became of a run. Null: unknown; a lower bound is not known. */
export type JudgedRun = {
  runId: string;
  outcome: Outcome;
  errorType?: string | undefined;
  timedOut: boolean;
  durationUs: number | null;
  tokens: number | null;
  costUsd: number | null;
  score: number | null;
  /** The scale of the score, where it is stated. */
  scoreMax?: number | undefined;
  patchBytes: number | null;
  filesChanged: number | null;
  benchmark?: string | undefined;
  task?: string | undefined;
  name: string;
  taskVersion?: string | undefined;
};

/** A run as a comparison needs it, which may pair runs by any label. */
export type ComparedRun = JudgedRun & { labels: Readonly<Record<string, string>> };

export type JudgeOptions = {
  /** Success is a final score of at least this. Default: the score's label (`PASS`), else a reward above 0. */
  successAt?: number;
  /** Words in the types of errors that are none of the agent's. Default: `INFRASTRUCTURE_ERRORS`. */
  infrastructure?: readonly string[];
  /** Errors of the infrastructure and missing judgements count as failures, as Harbor counts them. */
  missingAsFailure?: boolean;
};

/** How success was told: by scores, or, where no run at all has one, by whether runs ended without an error. */
export type JudgedBy = 'score' | 'completion';

const PASSED = /^(pass(ed)?|success(ful)?|succeeded|solved|resolved|correct|ok|yes|true)$/i;
const FAILED = /^(fail(ed|ure)?|error|unsolved|unresolved|incorrect|wrong|no|false)$/i;

/** Reduces runs to what is compared. Whether runs are judged by scores is decided over all of them: both sides by the same. */
export function comparedRuns(
  baseline: readonly RunSummary[],
  treatment: readonly RunSummary[],
  options: JudgeOptions = {},
): { baseline: ComparedRun[]; treatment: ComparedRun[]; judgedBy: JudgedBy } {
  const alone = [baseline, treatment].map((runs) =>
    runs.map((run) => ({ ...judgedAlone(judgedFactsOf(run), options), labels: run.labels })),
  );
  const judgedBy = alone.flat().some(({ judged }) => judged) ? 'score' : 'completion';
  const [before, after] = alone.map((runs) =>
    runs.map(({ run, undecided, labels }) => ({
      ...run,
      labels,
      ...(undecided && judgedBy === 'completion' && { outcome: 'success' as const }),
    })),
  );
  return { baseline: before!, treatment: after!, judgedBy };
}

/** A run judged before the others are known: `undecided` ended well and has no judgement, so the others decide. */
export type JudgedAlone = { run: JudgedRun; judged: boolean; undecided: boolean };

export function judgedAlone(facts: JudgedFacts, options: JudgeOptions = {}): JudgedAlone {
  const judgement = judgementOf(facts, options);
  const outcome = outcomeOf(facts, judgement, options);
  const run: JudgedRun = {
    runId: facts.runId,
    outcome: outcome === 'undecided' ? (options.missingAsFailure ? 'failure' : 'unjudged') : outcome,
    errorType: facts.errorType ?? (facts.status === 'error' ? 'error' : undefined),
    timedOut: isTimeLimit(facts.errorType),
    durationUs: facts.durationUs,
    tokens: facts.tokens,
    costUsd: facts.tokens !== null && facts.unpricedCalls === 0 ? facts.costUsd : null,
    score: facts.final?.value ?? null,
    scoreMax: facts.final?.max,
    patchBytes: facts.patchBytes,
    filesChanged: facts.filesChanged,
    benchmark: facts.benchmark,
    task: facts.task,
    name: facts.name,
    taskVersion: facts.taskVersion,
  };
  return { run, judged: judgement !== undefined, undecided: outcome === 'undecided' };
}

function outcomeOf(
  { status, errorType }: JudgedFacts,
  judgement: boolean | undefined,
  options: JudgeOptions,
): Outcome | 'undecided' {
  if (status === 'running') return 'running';
  if (isInfrastructure(errorType, options.infrastructure ?? INFRASTRUCTURE_ERRORS))
    return options.missingAsFailure ? 'failure' : 'infrastructure';
  if (judgement !== undefined) return judgement ? 'success' : 'failure';
  return status === 'ok' ? 'undecided' : 'failure';
}

/** A grade alone is no judgement: 8.45 may be much or little. */
function judgementOf({ final, reward }: JudgedFacts, { successAt }: JudgeOptions): boolean | undefined {
  if (successAt !== undefined) return final && final.value >= successAt;
  return gradeOf(final) ?? (reward === undefined ? undefined : reward > 0);
}

function gradeOf(final: FinalScore | undefined): boolean | undefined {
  if (final?.label === undefined) return undefined;
  if (PASSED.test(final.label)) return true;
  return FAILED.test(final.label) ? false : undefined;
}
