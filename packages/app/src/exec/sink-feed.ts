import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import { nowUs } from '@tacho/trace/model/time';

/** How often the sink is looked at while the programs run. */
const LOOK_MS = 250;
const CHUNK_BYTES = 64 * 1024;

export type SinkFeedOptions = {
  readonly path: string;
  /** The run of lines that name none. */
  readonly runId: string;
  readonly take: (records: readonly TraceRecord[]) => void;
  readonly refuse: (refusal: Refusal) => void;
};

/**
 * Follows the file to which programs append their model calls, from its beginning. Lines are read by the format's own reader,
 * so that a server that reads the same file makes the same calls of it, with the same ids: they count once. A last line that
 * is half written waits for its other half, until the feed is closed.
 */
export class SinkFeed {
  readonly #options: SinkFeedOptions;
  readonly #done: Promise<void>;
  #file: FileHandle | undefined;
  #closing = false;
  #wake: (() => void) | undefined;

  constructor(options: SinkFeedOptions) {
    this.#options = options;
    this.#done = this.#read();
  }

  /** Reads what has been appended by now, and ends. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    await this.#done;
  }

  async #read(): Promise<void> {
    const { path, runId, take, refuse } = this.#options;
    try {
      const chunks = this.#chunks();
      const first = await chunks.next();
      if (first.done) return;
      // Most commands call no model: then the reader is not even loaded.
      const { readCalls } = await import('@tacho/trace/formats/instrumentation/read-calls');
      const input = { name: basename(path), runId, chunks: following(first.value, chunks), refuse };
      // Calls that do not say when they were made were made just now.
      for await (const records of readCalls(input, nowUs)) take(records);
    } catch (problem) {
      refuse({ reason: `${path} cannot be read any further: ${String(problem)}` });
    } finally {
      await this.#file?.close().catch(() => {});
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let offset = 0;
    for (;;) {
      // Asked before the look: what is appended before `close` is called is read.
      const last = this.#closing;
      for (;;) {
        const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
        const count = await this.#readAt(offset, buffer);
        if (count === 0) break;
        offset += count;
        yield buffer.subarray(0, count);
      }
      if (last) return;
      await this.#pause();
    }
  }

  async #readAt(offset: number, buffer: Buffer): Promise<number> {
    if (this.#file === undefined) {
      // Until the first program appends something there is no file, and mostly none ever comes.
      if (!existsSync(this.#options.path)) return 0;
      this.#file = await open(this.#options.path, 'r').catch(() => undefined);
      if (this.#file === undefined) return 0;
    }
    return (await this.#file.read(buffer, 0, buffer.length, offset)).bytesRead;
  }

  async #pause(): Promise<void> {
    if (this.#closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      // What it waits for is the command, which keeps the process alive.
      timer.unref();
      this.#wake = resolve;
    });
  }
}

async function* following(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* rest;
}
