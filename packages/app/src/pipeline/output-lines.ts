/** A line that has no end by now is passed on as it is. */
const MOST_HELD = 16 * 1024;

/**
 * Passes on what a stage prints. Beside other stages its lines are whole and say whose they are; alone its text is its own.
 */
export class OutputLines {
  readonly #prefix: string;
  readonly #write: (text: string) => Promise<unknown>;
  readonly #decoder = new TextDecoder();
  #held = '';

  constructor(prefix: string, write: (text: string) => Promise<unknown>) {
    this.#prefix = prefix;
    this.#write = write;
  }

  /** Resolves when whoever reads has taken it. */
  async add(chunk: Uint8Array): Promise<void> {
    const text = this.#decoder.decode(chunk, { stream: true });
    if (this.#prefix === '') {
      await this.#write(text);
      return;
    }
    const lines = (this.#held + text).split('\n');
    this.#held = lines.pop()!;
    if (lines.length > 0) await this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(''));
    if (this.#held.length > MOST_HELD) await this.end();
  }

  async end(): Promise<void> {
    const held = this.#held;
    this.#held = '';
    if (held !== '') await this.#write(`${this.#prefix}${held}\n`);
  }
}
