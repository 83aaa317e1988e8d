import type { SpanKind } from '../model/span.ts';

/** Where in a span a text was found. */
export const FOUND_PLACES = ['name', 'error', 'inputs', 'outputs', 'attributes'] as const;
export type FoundPlace = (typeof FOUND_PLACES)[number];

export type FoundSpan = {
  runId: string;
  runName: string;
  spanId: string;
  /** The span's number in its run. */
  no: number;
  kind: SpanKind;
  name: string;
  startUs: number;
  place: FoundPlace;
  /** The text around the first occurrence. */
  excerpt: string;
};

/** A text found in what is said of a run itself: its name, its task, or what people group and filter it by. */
export type FoundRun = {
  runId: string;
  runName: string;
  startUs: number;
  place: 'name' | 'task' | 'labels';
  excerpt: string;
};

/** Answer to `GET /api/search`: `total` places, of which the first are told, in runs and in their spans. */
export type SearchAnswer = { total: number; runs: FoundRun[]; found: FoundSpan[] };

/** The runs of one session together. Null: unknown. */
export type SessionInfo = {
  sessionId: string;
  runs: number;
  running: number;
  ok: number;
  failed: number;
  interrupted: number;
  fromUs: number;
  toUs: number;
  /** Durations of its runs added up. */
  workUs: number;
  tokens: number;
  costUsd: number | null;
  /** Calls without a price: while not 0, the cost is a lower bound. */
  unpriced: number;
  /** Runs with a score, and the mean of their final scores. */
  scored: number;
  meanScore: number | null;
  errors: number;
};

/** Answer to `GET /api/sessions`. */
export type SessionList = { total: number; sessions: SessionInfo[] };
