import type { QualityNote } from '../model/quality.ts';
import type { RunHeader } from '../model/run.ts';

export type Leverage = { value: number; kind: 'tac' | 'proxy' };

/** A run as lists, cards and the head of its page show it: the header and what was counted of its spans. */
export type RunSummary = RunHeader & {
  spans: number;
  openSpans: number;
  /** Spans with status error. */
  errors: number;
  /** Tool calls: tool spans, or what spans report where their tool spans are not in the stream. */
  toolCalls: number;
  llmCalls: number;
  agents: { total: number; running: number; done: number; failed: number };
  /** Models by counted tokens, most first. */
  models: string[];
  /** Label `agent`, else the name of the first agent span. */
  agent?: string;
  /** All counted tokens. */
  tokens: number;
  /** Final score: value of the last round, else of the score named `score` or `reward`. */
  score?: number;
  rounds: number;
  leverage: Leverage | null;
  /** Name of the running stage. */
  stage?: string;
  /** Start to end, or to `lastUs` while it runs. */
  durationUs: number;
};

export type RunList = { runs: RunSummary[]; total: number; next?: string };

/** Filters of the run list, as they stand in the page's URL and in `GET /api/runs`. */
export type RunQuery = {
  search?: string;
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
  problem?: string;
};

export type QualityAnswer = { notes: (QualityNote & { meaning: string })[] };
