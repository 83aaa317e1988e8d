import type { Format, Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import { ByteFeed } from './byte-feed.ts';

export type LiveReaderOptions = {
  readonly format: Format;
  readonly name: string;
  readonly runId?: string;
  /** Takes a batch; the reader goes on when it resolves. */
  readonly deliver: (records: readonly TraceRecord[]) => Promise<void>;
  readonly refuse: (refusal: Refusal) => void;
};

/** A format's reader kept open on a growing file: it is given the bytes as they come and keeps what it knows. */
export class LiveReader {
  readonly #feed = new ByteFeed();
  readonly #finished: Promise<void>;
  #discarded = false;
  #failure: { error: unknown } | undefined;

  constructor(options: LiveReaderOptions) {
    const { format, name, runId, deliver, refuse } = options;
    const input = { name, chunks: this.#feed, live: true, refuse, ...(runId !== undefined && { runId }) };
    this.#finished = (async () => {
      try {
        for await (const records of format.read!(input)) {
          if (records.length > 0 && !this.#discarded) await deliver(records);
        }
      } catch (error) {
        this.#failure = { error };
      }
      this.#feed.end();
    })();
  }

  /** Resolves when everything in the chunk is read and delivered; throws what reading or delivering failed with. */
  async push(chunk: Uint8Array): Promise<void> {
    await this.#feed.push(chunk);
    if (this.#failure) throw this.#failure.error;
  }

  /** Lets the reader go. What it would still give, or complain of, at the end is not wanted: the file goes on. */
  async discard(): Promise<void> {
    this.#discarded = true;
    this.#feed.end();
    await this.#finished;
  }
}
