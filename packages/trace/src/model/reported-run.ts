import type { JsonValue } from './json.ts';
import type { RunSummary } from './summary.ts';

/** A run as sums over many runs need it: a part of its summary, read a hundred thousand times a second. */
export type ReportedRun = Pick<
  RunSummary,
  | 'runId'
  | 'name'
  | 'task'
  | 'taskType'
  | 'sessionId'
  | 'agent'
  | 'labels'
  | 'status'
  | 'startUs'
  | 'endUs'
  | 'durationUs'
  | 'scores'
  | 'rounds'
  | 'output'
  | 'tokens'
  | 'costUsd'
  | 'unpricedCalls'
  | 'leverage'
> & {
  error?: { type?: string };
  /** Counted model requests. */
  usage?: { requests: number };
  /** The model with the most tokens. */
  model?: string;
  /** Of all attributes, what tells two editions of a task apart. */
  attributes: { task_checksum?: JsonValue };
};
