import type { RunSummary } from '../model/summary.ts';

export type { Leverage, RunSummary } from '../model/summary.ts';

export type RunList = { runs: RunSummary[]; total: number; next?: string };

/** Filters of the run list, as they stand in the page's URL and in `GET /api/runs`. */
export type RunQuery = {
  /** Words that must all occur in the run's id, name, task, labels, models, session, project or agent. */
  search?: string;
  /** Looks for `search` in inputs, outputs, attributes and errors of spans as well: reads everything, so it is slower. */
  contents?: boolean;
  session?: string;
  project?: string;
  taskType?: string;
  status?: string;
  agent?: string;
  model?: string;
  /** `key=value` of a label. */
  label?: string;
  minScore?: number;
  maxScore?: number;
  /** µs since the epoch. */
  fromUs?: number;
  toUs?: number;
  sort?: RunSort;
  descending?: boolean;
  limit?: number;
  cursor?: string;
};

/** Columns the list can be sorted by. */
export const RUN_SORTS = [
  'start',
  'name',
  'taskType',
  'agent',
  'status',
  'duration',
  'tokens',
  'cost',
  'score',
  'leverage',
  'rounds',
  'errors',
] as const;
export type RunSort = (typeof RUN_SORTS)[number];

/** Answer to `POST /v1/telemetry`, sent when everything accepted is on disk. */
export type IngestAnswer = {
  accepted: number;
  /** Records that were there already. */
  duplicates: number;
  runs: string[];
  refused: { line?: number; reason: string }[];
};

/** Every error of the HTTP API has this shape. */
export type ApiError = { error: { code: string; message: string; hint?: string } };

/** Sessions of other tools found on this machine, offered for import. */
export type SourceOffer = {
  id: string;
  format: string;
  title: string;
  path: string;
  files: number;
  bytes: number;
  newestUs: number;
};

export type Health = {
  name: 'tacho';
  version: string;
  pid: number;
  startedUs: number;
  store: string;
  watching: string[];
  /** Where OTLP over gRPC is received, as host:port, when it is. */
  otlpGrpc?: string;
  problem?: string;
};
