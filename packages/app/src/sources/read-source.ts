import type { Format, Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { OpenSource } from './read-file.ts';
import type { RecordBatch } from './record-sink.ts';
import { RefusalNotes } from './refusal-notes.ts';

/**
 * Records, and bytes of the source, that make a batch. Readers give what a window of 64 KiB holds; 550 such batches of a
 * folder with 35 MB took 30 durable writes, where these take 5.
 */
const BATCH_RECORDS = 5_000;
const BATCH_BYTES = 2 * 1024 * 1024;

/** Refusals of one source that are kept: a large file of another kind must not fill memory or quarantine. */
const MAX_REFUSALS = 1_000;

export type Reading = {
  readonly format: Format;
  readonly uri: string;
  readonly runId?: string;
  /** When the file was written last. */
  readonly modifiedMs?: number;
  /** ISO 8601, for people who ask where a run comes from. */
  readonly importedAt?: string;
  /** Bytes taken from the source so far. */
  readonly onBytes?: (bytes: number) => void;
};

/** Reads a source to its end and gives it in batches, each with the refusals that came up in it; the last one says `ended`. */
export async function* readSource(source: OpenSource, reading: Reading): AsyncGenerator<RecordBatch> {
  const { format, uri, runId, modifiedMs, importedAt } = reading;
  const from = { format: format.name, uri, ...(importedAt !== undefined && { importedAt }) };
  const refusals = new RefusalBook();
  let bytes = 0;
  const chunks = (async function* () {
    for await (const chunk of source.chunks) {
      bytes += chunk.length;
      reading.onBytes?.(bytes);
      yield chunk;
    }
  })();
  let gathered: TraceRecord[] = [];
  let gatheredFrom = 0;
  const batch = (records: readonly TraceRecord[], ended: boolean): RecordBatch => {
    const refused = refusals.take();
    return {
      records,
      source: from,
      bytes: bytes - gatheredFrom,
      bulk: true,
      ...(runId !== undefined && { runId }),
      ...(refused.length > 0 && { refused }),
      ...(ended && { ended }),
    };
  };
  const doubts = new RefusalNotes(source.name);
  const refuse = (refusal: Refusal): void => {
    refusals.add(refusal);
    doubts.add(refusal);
  };
  const input = {
    name: source.name,
    chunks,
    ...(runId !== undefined && { runId }),
    ...(modifiedMs !== undefined && { modifiedMs }),
    refuse,
  };
  try {
    for await (const records of format.read!(input)) {
      for (const record of records) gathered.push(record);
      doubts.reached(records.at(-1)?.run_id);
      if (gathered.length < BATCH_RECORDS && bytes - gatheredFrom < BATCH_BYTES) continue;
      if (gathered.length > 0) yield batch(gathered, false);
      gathered = [];
      gatheredFrom = bytes;
    }
  } catch (error) {
    // Readers refuse, they do not throw: what they gave so far stands, and the defect is said.
    refuse({ reason: `reading stopped: ${error instanceof Error ? error.message : String(error)}` });
  }
  const broken = source.broken();
  if (broken) refuse(broken);
  refusals.close();
  gathered.push(...doubts.records());
  yield batch(gathered, true);
}

/** Collects refusals between two batches, and counts instead of keeping when there are too many. */
export class RefusalBook {
  #kept = 0;
  #dropped = 0;
  #waiting: Refusal[] = [];

  add(refusal: Refusal): void {
    if (this.#kept < MAX_REFUSALS) {
      this.#kept++;
      this.#waiting.push(refusal);
    } else this.#dropped++;
  }

  take(): Refusal[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  close(): void {
    if (this.#dropped > 0) this.#waiting.push({ reason: `${this.#dropped} further lines were refused` });
    this.#dropped = 0;
  }
}
