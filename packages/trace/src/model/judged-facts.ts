import type { RunStatus } from './run.ts';
import type { Leverage } from './summary.ts';

/** The score that speaks for a run. */
export type FinalScore = { value: number; max?: number; label?: string };

/** What a run was judged by in one dimension of quality in its first and its last round; the same where it was judged once. */
export type DimensionJudgement = { name: string; max?: number; first: number | null; last: number | null };

/**
 * What reports and comparisons look at of a run, before anybody has said what a success is: a small part of its summary.
 * Null is unknown. Every field is always there, so that 100 000 of them have one shape.
 */
export type JudgedFacts = {
  runId: string;
  name: string;
  status: RunStatus;
  /** 0 where it is not known. */
  startUs: number;
  /** Of a run that came to an end. */
  durationUs: number | null;
  errorType: string | undefined;
  tokens: number | null;
  /** A lower bound while calls are unpriced. */
  costUsd: number | null;
  unpricedCalls: number;
  final: FinalScore | undefined;
  /** The newest score of the name `reward`. */
  reward: number | undefined;
  dimensions: readonly DimensionJudgement[];
  rounds: number;
  leverage: Leverage | null;
  patchBytes: number | null;
  filesChanged: number | null;
  taskType: string | undefined;
  session: string | undefined;
  agent: string | undefined;
  /** The model that made the output: the one that is named so, else the one with the most tokens. */
  model: string | undefined;
  /** The task in the run's own words: its label `task_id` or `task_name`, else the text. */
  task: string | undefined;
  /** What tells two editions of a task apart. */
  taskVersion: string | undefined;
  benchmark: string | undefined;
};
