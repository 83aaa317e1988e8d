import type { Accepted, RecordBatch, RecordSink } from './record-sink.ts';

/** Records on their way at one time: those of one durable write, and of the next. */
const WINDOW_RECORDS = 40_000;
/** Bytes of sources on their way at one time: what a transcript says in a record may be long. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Batches on their way at one time: thousands of small files must not queue up either. */
const WINDOW_BATCHES = 256;

/** Keeps a bounded number of batches on their way to a sink, in order. The first failure stops everything after it. */
export class SendWindow {
  readonly #sink: RecordSink;
  readonly #sent: (batch: RecordBatch, answer: Accepted) => void;
  readonly #flying = new Set<Promise<void>>();
  #records = 0;
  #bytes = 0;
  #failure: { error: unknown } | undefined;

  constructor(sink: RecordSink, sent: (batch: RecordBatch, answer: Accepted) => void) {
    this.#sink = sink;
    this.#sent = sent;
  }

  /** Hands the batch over; waits while the window is full. Throws what the sink failed with. */
  async send(batch: RecordBatch): Promise<void> {
    this.#throwFailure();
    const flight = this.#fly(batch);
    this.#flying.add(flight);
    void flight.then(() => this.#flying.delete(flight));
    while (this.#flying.size > 0 && this.#isFull) {
      await Promise.race(this.#flying);
    }
    this.#throwFailure();
  }

  /** Waits until everything handed over is durable. Throws what the sink failed with. */
  async drain(): Promise<void> {
    await Promise.all(this.#flying);
    this.#throwFailure();
  }

  get #isFull(): boolean {
    return this.#records > WINDOW_RECORDS || this.#bytes > WINDOW_BYTES || this.#flying.size > WINDOW_BATCHES;
  }

  async #fly(batch: RecordBatch): Promise<void> {
    const { bytes = 0, records } = batch;
    this.#records += records.length;
    this.#bytes += bytes;
    try {
      this.#sent(batch, await this.#sink.accept(batch));
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#records -= records.length;
      this.#bytes -= bytes;
    }
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
