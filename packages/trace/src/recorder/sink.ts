import type { TraceRecord } from '../model/record.ts';

/**
 * Where a recorder's records go. `write` never throws, never blocks on a network and never keeps the process alive;
 * records it has to drop are counted and told once.
 */
export interface Sink {
  write(record: TraceRecord): void;
  /** Resolves when everything written so far is out. */
  flush(): Promise<void>;
  /** Flushes and releases; a second call does nothing. */
  close(): Promise<void>;
}
