import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Input, Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import { ByteFeed } from '../sources/byte-feed.ts';

/** Some hundred lines: between two pieces the end of a stage must be noticed, or its time would be too long. */
const CHUNK_BYTES = 32 * 1024;

export type LineReader = (input: Input) => AsyncIterable<readonly TraceRecord[]>;

/**
 * A file of lines that others append to, read on from where reading stopped whenever it is asked for. A line that is not
 * whole yet waits for its other half.
 */
export class FollowedLines {
  readonly #path: string;
  readonly #feed = new ByteFeed();
  readonly #reading: Promise<void>;
  #offset = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Not a Buffer: its `slice` is no copy, and readers keep half a line by it while this is filled anew. */
  #chunk: Uint8Array | undefined;

  /** `take` gets each batch of records as it is read. */
  constructor(
    path: string,
    read: LineReader,
    runId: string,
    take: (records: readonly TraceRecord[]) => void,
    refuse: (refusal: Refusal) => void,
  ) {
    this.#path = path;
    this.#reading = (async () => {
      for await (const records of read({ chunks: this.#feed, runId, refuse })) take(records);
    })();
    // A reader that throws is told by whoever reads on.
    this.#reading.catch(() => this.#feed.end());
  }

  /** Reads what came since; resolves when `take` has had it. Rejects when the file cannot be read. */
  readOn(): Promise<void> {
    const turn = this.#turn.catch(() => {}).then(() => this.#readOn());
    this.#turn = turn;
    return turn;
  }

  /** Nothing more comes: a last line without a line break is read as it is. */
  async end(): Promise<void> {
    await this.#turn.catch(() => {});
    this.#feed.end();
    await this.#reading;
  }

  async #readOn(): Promise<void> {
    const file = await open(this.#path).catch((problem: NodeJS.ErrnoException) => {
      if (problem.code === 'ENOENT') return undefined;
      throw problem;
    });
    if (file === undefined) return;
    this.#chunk ??= new Uint8Array(CHUNK_BYTES);
    try {
      for (;;) {
        const { bytesRead } = await file.read(this.#chunk, 0, CHUNK_BYTES, this.#offset);
        if (bytesRead === 0) return;
        this.#offset += bytesRead;
        await Promise.race([this.#feed.push(this.#chunk.subarray(0, bytesRead)), this.#reading]);
        await nextTurn();
      }
    } finally {
      await file.close();
    }
  }
}
