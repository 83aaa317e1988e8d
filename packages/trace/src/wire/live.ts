import type { SpanRow } from '../model/columns.ts';
import type { RunSummary } from './runs.ts';

/**
 * The live stream, `GET /events` (server-sent events). Every message has an id `epoch:sequence`; a client resumes with
 * the last one it saw. All messages are upserts: receiving one twice changes nothing.
 */
export type LiveMessages = {
  /** First message: where the stream stands, and the server's clock. */
  hello: { id: string; nowUs: number };
  /** Runs whose summary changed. `sentUs` is the server's clock when the change became durable. */
  runs: { sentUs: number; runs: RunSummary[] };
  /** Spans of a subscribed run (`?run=ID`) that changed. */
  spans: { sentUs: number; runId: string; rows: SpanRow[] };
  /** Runs that were deleted. */
  gone: { sentUs: number; runIds: string[] };
  /** What the client knows is too old to be continued (or from another server process): fetch again. */
  reset: { id: string };
};
export type LiveEvent = keyof LiveMessages;

/** Header of structure and list answers: stream id from which a client must listen to miss nothing after this answer. */
export const LIVE_ID_HEADER = 'tacho-live-id';
