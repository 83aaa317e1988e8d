import type { Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';

/**
 * How far a file has been read: the same shape as the store's, which sources do not know. Committed with what was read,
 * so that a restart neither loses nor repeats.
 */
export type SourcePosition = {
  uri: string;
  format: string;
  /** Bytes read, up to the end of the last whole line. */
  offset: number;
  size: number;
  modifiedMs: number;
  /** `length:hash` of the first bytes. */
  fingerprint: string;
  runIds: string[];
  /** Records that were read from it, where it was read as a whole: what an import that leaves it alone reports as known. */
  records?: number;
};

/** What came out of one piece of a source. */
export type RecordBatch = {
  /** The run of records that name none. */
  readonly runId?: string;
  readonly records: readonly TraceRecord[];
  readonly source: { readonly format: string; readonly uri: string; readonly importedAt?: string };
  /** What could not be read in this piece: it belongs in quarantine. */
  readonly refused?: readonly Refusal[];
  /** Where reading continues once this batch is durable; a sink over a store commits both together. */
  readonly position?: SourcePosition;
  /** Bytes of the source that it was made of. */
  readonly bytes?: number;
  /** More follows at once: it may be written together with that. */
  readonly bulk?: boolean;
  /** The source was read to its end and is not followed: runs without an end were torn off. */
  readonly ended?: boolean;
};

export type Accepted = { accepted: number; duplicates: number; runs: string[] };

/**
 * Where sources deliver. Batches are handed over in order without waiting for the one before, so that a sink can make
 * several durable together; `accept` resolves when its batch is, and rejects with nothing of it taken.
 */
export interface RecordSink {
  accept(batch: RecordBatch): Promise<Accepted>;
}
