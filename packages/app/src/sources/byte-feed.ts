/** Bytes for a reader that stays open: pushed piece by piece, and known to be used up when the reader asks for more. */
export class ByteFeed implements AsyncIterable<Uint8Array> {
  readonly #queue: Uint8Array[] = [];
  #ended = false;
  #hungry = false;
  #wakeReader: (() => void) | undefined;
  #wakeFeeder: (() => void) | undefined;

  /** Resolves when the reader has used this chunk, and everything before it, up. */
  async push(chunk: Uint8Array): Promise<void> {
    this.#queue.push(chunk);
    this.#hungry = false;
    this.#wakeReader?.();
    while (!this.#hungry && !this.#ended) {
      await new Promise<void>((wake) => {
        this.#wakeFeeder = wake;
      });
    }
  }

  /** The reader gets what was pushed, and then the end. */
  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
    this.#wakeFeeder?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk) {
        yield chunk;
        continue;
      }
      if (this.#ended) return;
      this.#hungry = true;
      this.#wakeFeeder?.();
      await new Promise<void>((wake) => {
        this.#wakeReader = wake;
      });
    }
  }
}
