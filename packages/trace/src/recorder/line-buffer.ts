import { followWallClock } from './clock.ts';
import type { Platform } from './platform.ts';
import type { Sink } from './sink.ts';

/** A turn that records more than this is written in several batches, so that memory stays bounded. */
const BATCH_LENGTH = 64 * 1024;

/**
 * Collects the lines of one turn of the event loop and hands them to the sinks at its end: after the turn's promises, before
 * any I/O callback. Whatever was recorded in an earlier turn has left the process, so there is nothing that a signal, a crash
 * or SIGKILL could take along, and no signal handler is needed.
 */
export class LineBuffer {
  readonly #sinks: readonly Sink[];
  readonly #platform: Platform;
  readonly #beforeWrite: () => void;
  #lines = '';
  #scheduled = false;
  readonly #atEndOfTurn = (): void => {
    this.#scheduled = false;
    this.write();
  };

  /** `beforeWrite` may add lines of its own to the batch. */
  constructor(sinks: readonly Sink[], platform: Platform, beforeWrite: () => void) {
    this.#sinks = sinks;
    this.#platform = platform;
    this.#beforeWrite = beforeWrite;
  }

  /** Takes one line, ended by `\n`. */
  add(line: string): void {
    this.#lines += line;
    if (!this.#scheduled) this.schedule();
    if (this.#lines.length >= BATCH_LENGTH) this.write();
  }

  /** Makes sure that there is a write at the end of this turn. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#platform.atEndOfTurn(this.#atEndOfTurn);
  }

  /** Writes now. */
  write(): void {
    this.#beforeWrite();
    const lines = this.#lines;
    if (lines === '') return;
    this.#lines = '';
    for (const sink of this.#sinks) {
      try {
        sink.write(lines);
      } catch {
        // A sink from outside that throws must not reach the host's code; ours do not.
      }
    }
    followWallClock();
  }
}
