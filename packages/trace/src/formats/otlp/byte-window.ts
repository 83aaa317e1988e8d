/** The bytes of a source, of which only what is being looked at is held. */
export class ByteWindow {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** Chunks that were pulled and not passed yet; the first one from `#from` on. */
  readonly #held: Uint8Array[] = [];
  #from = 0;
  #length = 0;
  /** Bytes that were passed. */
  offset = 0;
  ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Up to `count` bytes from the window's place on, without passing them: fewer at the end of the source. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#length < count && !this.ended) {
      const next = await this.#chunks.next();
      if (next.done) this.ended = true;
      else if (next.value.length > 0) {
        // A copy: the giver may use its buffer again.
        this.#held.push(next.value.slice());
        this.#length += next.value.length;
      }
    }
    const first = this.#held[0];
    if (first === undefined) return new Uint8Array(0);
    if (first.length - this.#from < Math.min(count, this.#length)) this.#join();
    return this.#held[0]!.subarray(this.#from, this.#from + Math.min(count, this.#length));
  }

  /** Passes bytes that were peeked at. */
  pass(count: number): void {
    this.offset += count;
    this.#length -= count;
    this.#from += count;
    while (this.#held.length > 0 && this.#from >= this.#held[0]!.length) {
      this.#from -= this.#held[0]!.length;
      this.#held.shift();
    }
  }

  /** Passes bytes without holding them; fewer than `count` at the end of the source. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const some = await this.peek(1);
      if (some.length === 0) return;
      const step = Math.min(left, this.#length);
      this.pass(step);
      left -= step;
    }
  }

  /** What is left, as chunks: for a reader that has its own way with them. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    const [first, ...more] = this.#held;
    if (first !== undefined) yield first.subarray(this.#from);
    yield* more;
    this.#held.length = 0;
    while (!this.ended) {
      const next = await this.#chunks.next();
      if (next.done) this.ended = true;
      else yield next.value;
    }
  }

  /** Lets the source go before its end was reached. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #join(): void {
    const joined = new Uint8Array(this.#length);
    let at = 0;
    for (const [number, chunk] of this.#held.entries()) {
      const part = number === 0 ? chunk.subarray(this.#from) : chunk;
      joined.set(part, at);
      at += part.length;
    }
    this.#held.length = 0;
    this.#held.push(joined);
    this.#from = 0;
  }
}
