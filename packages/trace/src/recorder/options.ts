import type { RedactOptions } from '../model/redact.ts';
import type { Sink } from './sink.ts';

/** A stage announced before it starts, so that progress can be shown; with its number of agents where that is known. */
export type PlannedStage = { stage: string; agents?: number };

/** What is known of a run, at its start or later (`trace.set`). */
export type RunFields = {
  /** What the run is to do, in the words of the person who asked. */
  task?: string;
  /** Short title; default: the task. */
  name?: string;
  /** `enumerated`, `best_practices`, `research`, or any other word. */
  taskType?: string;
  /** Groups runs: one experiment, one conversation. */
  sessionId?: string;
  project?: string;
  /** What people group and filter by: agent, benchmark, variant, source_repo, source_commit … */
  labels?: Record<string, string | number | boolean>;
  attributes?: Record<string, unknown>;
  plan?: readonly PlannedStage[];
  /** Hours an expert would need for the task: the measure behind leverage. Default: HARNESS_TAC_HOURS. */
  tacHours?: number;
  producerModel?: string;
  evaluatorModel?: string;
  /** Names of the skills that were active. */
  skills?: readonly string[];
  /** Whether each criterion is met. */
  criteria?: Record<string, boolean>;
  /** One figure for each search round: how much it brought that was new. */
  noveltyScores?: readonly number[];
  searchRounds?: number;
  /** The verdict in runs.jsonl; default: ERROR unless the run ended well, FAIL when a criterion is not met, else PASS. */
  final?: 'PASS' | 'FAIL' | 'ERROR';
  sourceRepo?: string;
  sourceCommit?: string;
  /** Results written, for run_summary.json; default: the number of `setOutput` calls. */
  analysesWritten?: number;
};

/** A run that another process records. */
export type JoinOptions = {
  runId: string;
  /** The run's folder: records are appended to its telemetry.jsonl. Without one they go to the server and the sinks only. */
  folder?: string;
  /** Span of the other process that spans without parent stand under; default: none. */
  parent?: string;
};

export type RunTraceOptions = RunFields & {
  /**
   * Goes on with a run that another process has begun and will end: its start, its end and its files stay the other's.
   * Default: where TACHO_RUN_ID and TACHO_RUN_DIR name a run around this process, and neither `runId` nor `dir` says that this is
   * one of its own, it becomes a span of that. `false`: a run of its own.
   */
  join?: JoinOptions | false;
  /** Default: local time and the task's slug. A suffix is added when it is taken. */
  runId?: string;
  /** Folder of the runs; default TACHO_DIR, else `./logs`. `false`: nothing on disk. */
  dir?: string | false;
  /** A Tacho server to send to as well; default TACHO_URL. `false`: none. */
  url?: string | false;
  /** The server's token; default TACHO_TOKEN. */
  token?: string;
  /** Compresses what goes to the server (worth it beyond one's own machine). */
  gzip?: boolean;
  /** Off costs nothing and writes nothing. Default: on, unless TACHO_DISABLED is `1` or `true`. */
  enabled?: boolean;
  /** Takes secrets out. Default `true`: known shapes of keys and named fields. */
  redact?: boolean | RedactOptions;
  /** Further places for the records to go. */
  sinks?: readonly Sink[];
  /** `false`: no run_summary.json, trace.json and line in runs.jsonl at the end. */
  artifacts?: boolean;
};

export type EndOptions = {
  status?: 'ok' | 'error' | 'cancelled';
  error?: unknown;
  outputs?: unknown;
  attributes?: Record<string, unknown>;
  /** A total the span reports for itself and what is below it. */
  tokens?: number;
  /** Tool calls of a span whose tool spans are not recorded. */
  toolUses?: number;
  /** What the provider says it cost. */
  costUsd?: number;
};

export type UsageOptions = {
  stage?: string;
  model?: string;
  provider?: string;
  /** Duration of the call, where it is not a span of its own. */
  durationMs?: number;
  /** What the provider says it cost. */
  costUsd?: number;
};

export type EventOptions = { level?: 'debug' | 'info' | 'warning' | 'error' | (string & {}) };

export type DecisionOptions = { reasoning?: string; inputs?: unknown; outputs?: unknown };

export type ScoreOptions = {
  /** `r1`, `r2` …: the round of revision that is judged. */
  round?: string | number;
  dimension?: string;
  /** Several dimensions of the same round at once. */
  dimensions?: Record<string, number>;
  max?: number;
  label?: string;
  /** Who judges: a model, a person, a test. */
  source?: string;
  comment?: string;
};

export type RunEndOptions = RunFields & {
  status?: 'ok' | 'error' | 'interrupted';
  error?: unknown;
};
