import type { JsonObject } from './json.ts';
import type { QualityNote } from './quality.ts';
import type { Score } from './score.ts';
import type { Span, SpanError } from './span.ts';
import type { Usage } from './usage.ts';

/** `running` means no end yet, not more. See model/settle.ts for when a run is over. */
export const RUN_STATUSES = ['running', 'ok', 'error', 'interrupted'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type RunOutput = {
  path?: string;
  bytes?: number;
  lines?: number;
  patchBytes?: number;
  filesChanged?: number;
};
export type RunSource = { format: string; uri: string; importedAt?: string };

/** What is known of a run without looking at its spans. */
export type RunHeader = {
  runId: string;
  name: string;
  task?: string;
  taskType?: string;
  sessionId?: string;
  project?: string;
  /** Everything people group and filter by: agent, benchmark, task_id, trial, variant, source_commit … */
  labels: Record<string, string>;
  startUs: number;
  /** No `run_start` so far: it starts with the first of its spans. */
  startEstimated?: true;
  /** Nothing says when it was: its times only tell the order of its steps, and are no times of day. */
  timeUntold?: true;
  endUs?: number;
  /** Its end was told without a time: it ends with the last that is known of it. */
  endEstimated?: true;
  /** The newest time any record of the run carries. */
  lastUs: number;
  status: RunStatus;
  /** Ended by silence or by the death of its process, not by its own word: further records open it again. */
  settled?: true;
  scores: Score[];
  output?: RunOutput;
  error?: SpanError;
  source?: RunSource;
  /** The recorded process, where it said so: whether it is gone can be checked on its own machine. */
  process?: { pid: number; host: string };
  notes: QualityNote[];
  /** Whatever else the source says. Nothing is thrown away. */
  attributes: JsonObject;
  /** Derived by the ledger; absent until someone has counted. */
  usage?: Usage;
  /** Known cost; a lower bound while `unpricedCalls` is not 0; null when nothing could be priced. */
  costUsd?: number | null;
  unpricedCalls?: number;
};

/** A run with all its spans, in the order in which they became known: a span's position is its number in the store. */
export type Run = RunHeader & { spans: Span[] };
