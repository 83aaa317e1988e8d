/**
 * Where a recorder's records go. `write` never throws, never blocks on a network and never keeps the process alive;
 * records it has to drop are counted and told once.
 *
 * A sink is given lines, not records: the recorder puts each line together once for all sinks, straight from its parts,
 * which costs half of what building a record and JSON.stringify on it cost (bench/recorder.mjs).
 */
export interface Sink {
  /**
   * Takes one or more whole lines of JSON, each ended by `\n`: what came together in one turn of the event loop, or 64 KiB.
   * The first line is `run_start` and names the run; the others leave `run_id` out.
   */
  write(lines: string): void;
  /** Resolves when everything written so far is out, or given up. */
  flush(): Promise<void>;
  /** Flushes and releases; a second call does nothing. Lines may still come after it: work that outlives its run. */
  close(): Promise<void>;
}
