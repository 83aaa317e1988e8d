import type { RunStatus } from '../../model/run.ts';
import type { Leverage, RunSummary } from '../../model/summary.ts';
import type { Outcome } from '../compare/compared-run.ts';
import { dimensionsOf } from '../scores.ts';
import type { JudgedEntry } from './judged-entry.ts';
import { isoTime } from './time-steps.ts';

/** One run in a report's table. */
export type ReportRow = {
  run_id: string;
  name: string;
  started: string | null;
  session: string | null;
  task: string | null;
  task_type: string | null;
  agent: string | null;
  benchmark: string | null;
  model: string | null;
  status: RunStatus;
  outcome: Outcome;
  error_type: string | null;
  score: number | null;
  rounds: number;
  /** By dimension: of the first and of the last round. */
  dimensions: Record<string, { first: number | null; last: number | null }>;
  duration_sec: number | null;
  tokens: number | null;
  /** A lower bound where calls are unpriced. */
  cost_usd: number | null;
  unpriced_calls: number;
  leverage: Leverage | null;
};

export function reportRow(reported: RunSummary, { run, model }: JudgedEntry): ReportRow {
  return {
    run_id: reported.runId,
    name: reported.name,
    started: reported.startUs > 0 ? isoTime(reported.startUs) : null,
    session: reported.sessionId ?? null,
    task: run.task ?? null,
    task_type: reported.taskType ?? null,
    agent: reported.agent ?? null,
    benchmark: reported.labels.benchmark ?? null,
    model: model ?? null,
    status: reported.status,
    outcome: run.outcome,
    error_type: run.errorType ?? null,
    score: run.score,
    rounds: reported.rounds,
    dimensions: Object.fromEntries(
      dimensionsOf(reported.scores).map(({ name, first, last }) => [name, { first, last }]),
    ),
    duration_sec: run.durationUs === null ? null : run.durationUs / 1e6,
    tokens: run.tokens,
    cost_usd: reported.costUsd ?? null,
    unpriced_calls: reported.unpricedCalls ?? 0,
    leverage: reported.leverage,
  };
}
