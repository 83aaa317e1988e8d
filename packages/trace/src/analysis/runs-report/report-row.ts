import type { RunStatus } from '../../model/run.ts';
import type { Leverage } from '../../model/summary.ts';
import type { Outcome } from '../compare/compared-run.ts';
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

export function reportRow({ facts, run }: JudgedEntry): ReportRow {
  return {
    run_id: facts.runId,
    name: facts.name,
    started: facts.startUs > 0 ? isoTime(facts.startUs) : null,
    session: facts.session ?? null,
    task: facts.task ?? null,
    task_type: facts.taskType ?? null,
    agent: facts.agent ?? null,
    benchmark: facts.benchmark ?? null,
    model: facts.model ?? null,
    status: facts.status,
    outcome: run.outcome,
    error_type: run.errorType ?? null,
    score: run.score,
    rounds: facts.rounds,
    dimensions: Object.fromEntries(facts.dimensions.map(({ name, first, last }) => [name, { first, last }])),
    duration_sec: run.durationUs === null ? null : run.durationUs / 1e6,
    tokens: run.tokens,
    cost_usd: facts.costUsd,
    unpriced_calls: facts.unpricedCalls,
    leverage: facts.leverage,
  };
}
