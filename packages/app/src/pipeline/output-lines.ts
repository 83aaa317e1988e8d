/** A line that has no end by now is passed on as it is. */
const MOST_HELD = 16 * 1024;

/**
 * Passes on what a stage prints. Beside other stages its lines are whole and say whose they are; alone its bytes are its own.
 */
export class OutputLines {
  readonly #prefix: string;
  readonly #write: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #held = '';

  constructor(prefix: string, write: (text: string) => void) {
    this.#prefix = prefix;
    this.#write = write;
  }

  add(chunk: Uint8Array): void {
    const text = this.#decoder.decode(chunk, { stream: true });
    if (this.#prefix === '') {
      this.#write(text);
      return;
    }
    const lines = (this.#held + text).split('\n');
    this.#held = lines.pop()!;
    if (lines.length > 0) this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(''));
    if (this.#held.length > MOST_HELD) this.end();
  }

  end(): void {
    if (this.#held !== '') this.#write(`${this.#prefix}${this.#held}\n`);
    this.#held = '';
  }
}
