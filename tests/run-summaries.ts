import type { RunSummary } from '../packages/trace/src/model/summary.ts';
import { emptyUsage } from '../packages/trace/src/model/usage.ts';

export type TrialFacts = {
  task?: string;
  labels?: Record<string, string>;
  reward?: number;
  seconds?: number;
  tokens?: number;
  /** Null: nothing of it is priced. */
  cost?: number | null;
  status?: RunSummary['status'];
  error?: string;
  taskChecksum?: string;
};

let made = 0;

/** A run as the list has it, with what a benchmark says of a trial. */
export function trial(facts: TrialFacts): RunSummary {
  const { task, labels = {}, reward, seconds = 60, tokens = 1_000, cost = 0.01, error } = facts;
  const status = facts.status ?? (error === undefined ? 'ok' : 'error');
  const startUs = 1_775_831_521_000_000 + made++ * 1_000_000;
  const endUs = startUs + Math.round(seconds * 1e6);
  return {
    runId: `run-${made}`,
    name: task ?? `run ${made}`,
    labels: task === undefined ? labels : { benchmark: 'bench', task_id: task, ...labels },
    startUs,
    ...(status !== 'running' && { endUs }),
    lastUs: endUs,
    status,
    scores: reward === undefined ? [] : [{ name: 'reward', value: reward }],
    ...(error !== undefined && { error: { type: error, message: `It was a ${error}.` } }),
    notes: [],
    attributes: facts.taskChecksum === undefined ? {} : { task_checksum: facts.taskChecksum },
    usage: { ...emptyUsage(), inputTokens: tokens, requests: 1 },
    costUsd: cost,
    unpricedCalls: cost === null ? 1 : 0,
    spans: 1,
    openSpans: 0,
    errors: 0,
    toolCalls: 0,
    llmCalls: 1,
    agents: { total: 0, running: 0, done: 0, failed: 0 },
    models: [],
    tokens,
    ...(reward !== undefined && { score: reward }),
    rounds: 0,
    leverage: null,
    durationUs: endUs - startUs,
  };
}

/** Trials of `count` tasks, one of each: what `of` says of the task with this number. */
export function trials(count: number, of: (task: number) => TrialFacts): RunSummary[] {
  return Array.from({ length: count }, (_, at) => trial({ task: `task-${at}`, ...of(at) }));
}
