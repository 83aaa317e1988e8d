import { HttpProblem } from './api-error.ts';

/** Records of all requests that are on their way into the store: two of the ingest's transactions. */
const RECORDS_INSIDE = 40_000;
/** Bytes of bodies, as they are after inflation, that were read and are not stored yet. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Requests that wait for their turn; each holds what it has read. */
const MOST_WAITING = 256;
/** A request that had to wait this long for one batch is better sent again. */
const PATIENCE_MS = 30_000;

/** The rest of the body will not be read: a client must not send its next request behind it. */
export const UNREAD = { connection: 'close' };

export type AdmissionLimits = {
  records: number;
  bytes: number;
  waiting: number;
  patienceMs: number;
};

type Waiter = { records: number; admit(): void };

/**
 * The door to the ingest for requests. Batches go in in the order in which they came, one at a time for each request, so
 * that a large body takes turns with small ones; while a request waits nothing more of it is read.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #waiting: Waiter[] = [];
  #inside = 0;
  #bytes = 0;

  constructor(limits: Partial<AdmissionLimits> = {}) {
    this.#limits = {
      records: RECORDS_INSIDE,
      bytes: MOST_BYTES,
      waiting: MOST_WAITING,
      patienceMs: PATIENCE_MS,
      ...limits,
    };
  }

  /** Notes bytes that were read. Throws 429 when all requests together hold too many. */
  hold(bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#limits.bytes) throw busy(UNREAD);
    this.#bytes += bytes;
  }

  /** They are stored, or thrown away. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Resolves when it is this batch's turn; then `leave` must be called once it is stored. Throws 429 when that takes too long. */
  enter(records: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(records)) {
      this.#inside += records;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limits.waiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        records,
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(busy());
        this.#next();
      }, this.#limits.patienceMs);
      this.#waiting.push(waiter);
    });
  }

  leave(records: number): void {
    this.#inside -= records;
    this.#next();
  }

  #next(): void {
    for (let first = this.#waiting[0]; first && this.#fits(first.records); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inside += first.records;
      first.admit();
    }
  }

  /** A batch larger than the room goes in alone. */
  #fits(records: number): boolean {
    return this.#inside === 0 || this.#inside + records <= this.#limits.records;
  }
}

/** Come again in a second. */
function busy(headers: Record<string, string> = {}): HttpProblem {
  return new HttpProblem(
    429,
    'busy',
    'Tacho is receiving more than it can store just now. Send the same records again in a second.',
    { headers: { 'retry-after': '1', ...headers } },
  );
}
