import type { Input } from './format.ts';

export type Place = { readonly line: number; readonly offset: number };

/** A source's text, of which only what is being looked at is held: pulled in at the end, dropped at the start. */
export class TextWindow {
  /** What is held. Positions are in it, and hold until the next `more()` or `drop()`. */
  text = '';
  /** Where the reader is. */
  at = 0;
  /** Everything the source has is in `text`. */
  ended = false;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #line = 1;
  #offset = 0;
  /** The position whose place was asked for last. */
  #counted = { at: 0, line: 1, offset: 0 };
  /** All text so far had a byte a character, so that positions need no counting. */
  #ascii = true;

  constructor(input: Input) {
    this.#chunks = input.chunks[Symbol.asyncIterator]();
  }

  /** Takes what comes next into `text`; false when the source has ended. */
  async more(): Promise<boolean> {
    if (this.ended) return false;
    this.drop();
    const next = await this.#chunks.next();
    const piece = next.done ? this.#decoder.decode() : this.#decoder.decode(next.value, { stream: true });
    if (next.done) this.ended = true;
    else if (piece.length !== next.value.length) this.#ascii = false;
    this.text += piece;
    return !this.ended || piece !== '';
  }

  /** Lets go of everything before `at`. */
  drop(): void {
    if (this.at === 0) return;
    const { line, offset } = this.placeOf(this.at);
    this.#line = line;
    this.#offset = offset;
    this.text = this.text.slice(this.at);
    this.at = 0;
    this.#counted = { at: 0, line, offset };
  }

  /** Line (1-based) and byte of a position that is held. Cheap when positions are asked for in their order. */
  placeOf(position: number): Place {
    if (position < this.#counted.at) this.#counted = { at: 0, line: this.#line, offset: this.#offset };
    const counted = this.#counted;
    let { line } = counted;
    for (let found = this.text.indexOf('\n', counted.at); found >= 0 && found < position; line++)
      found = this.text.indexOf('\n', found + 1);
    const offset = counted.offset + this.#bytesIn(counted.at, position);
    this.#counted = { at: position, line, offset };
    return { line, offset };
  }

  #bytesIn(from: number, to: number): number {
    if (this.#ascii) return to - from;
    let bytes = 0;
    for (let at = from; at < to; at++) {
      const code = this.text.charCodeAt(at);
      // Half of a surrogate pair is half of four bytes.
      bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    }
    return bytes;
  }

  /** Lets the source go before its end was reached. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
