import type { Accepted, Batch } from '../ingest/ingest.ts';
import type { Admission } from './admission.ts';

/** One request's way into the ingest: it reads on only as fast as what it brought is stored. */
export class Delivery {
  readonly #admission: Admission;
  readonly #accept: (batch: Batch) => Promise<Accepted>;
  readonly #writes = new Set<Promise<void>>();
  readonly #runs = new Set<string>();
  #accepted = 0;
  #duplicates = 0;
  #failure: { error: unknown } | undefined;
  /** Bytes that were read and are in no batch yet. */
  #unsent = 0;

  constructor(admission: Admission, accept: (batch: Batch) => Promise<Accepted>) {
    this.#admission = admission;
    this.#accept = accept;
  }

  /** The body, with its bytes counted from when they are read until they are stored. */
  async *reading(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#admission.hold(chunk.length);
      this.#unsent += chunk.length;
      yield chunk;
    }
  }

  /** Hands a batch over when it is its turn, and does not wait for it to be stored. Throws what one before failed with. */
  async send(batch: Batch): Promise<void> {
    const bytes = this.#unsent;
    const records = batch.records.length;
    await this.#admission.enter(records);
    this.#unsent -= bytes;
    const write = this.#store(batch, records, bytes);
    this.#writes.add(write);
    void write.then(() => this.#writes.delete(write));
    if (this.#failure) throw this.#failure.error;
  }

  /** Resolves when nothing of this request is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#writes);
    this.#admission.release(this.#unsent);
    this.#unsent = 0;
  }

  /** What became of it; throws when anything of it was not stored. */
  result(): Accepted {
    if (this.#failure) throw this.#failure.error;
    return { accepted: this.#accepted, duplicates: this.#duplicates, runs: [...this.#runs] };
  }

  async #store(batch: Batch, records: number, bytes: number): Promise<void> {
    try {
      const { accepted, duplicates, runs } = await this.#accept(batch);
      this.#accepted += accepted;
      this.#duplicates += duplicates;
      for (const run of runs) this.#runs.add(run);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#admission.leave(records);
      this.#admission.release(bytes);
    }
  }
}
