/** Bytes of a line that has no end by now and is passed on all the same. */
const MOST_HELD = 16 * 1024;
const LINE_END = 0x0a;

/**
 * Passes on what a stage prints, byte by byte. Beside other stages its lines are whole and say whose they are; alone its
 * output is its own.
 */
export class OutputLines {
  readonly #prefix: Uint8Array;
  readonly #write: (bytes: Uint8Array) => Promise<unknown>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(prefix: string, write: (bytes: Uint8Array) => Promise<unknown>) {
    this.#prefix = Buffer.from(prefix);
    this.#write = write;
  }

  /** Resolves when whoever reads has taken it. */
  async add(chunk: Uint8Array): Promise<void> {
    if (this.#prefix.length === 0) {
      await this.#write(chunk);
      return;
    }
    const bytes = Buffer.concat([this.#held, chunk]);
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      pieces.push(this.#prefix, bytes.subarray(from, end + 1));
      from = end + 1;
    }
    this.#held = bytes.subarray(from);
    if (pieces.length > 0) await this.#write(Buffer.concat(pieces));
    if (this.#held.length > MOST_HELD) await this.#breakAt(wholeCharacters(this.#held));
  }

  async end(): Promise<void> {
    if (this.#held.length > 0) await this.#breakAt(this.#held.length);
  }

  /** Passes on so much of the line that is held as a line. */
  async #breakAt(length: number): Promise<void> {
    const line = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    await this.#write(Buffer.concat([this.#prefix, line, Buffer.of(LINE_END)]));
  }
}

/** How many of the bytes are whole characters: the last one may be torn. */
function wholeCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && (bytes[start]! & 0xc0) === 0x80) start--;
  const first = bytes[start]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? start : bytes.length;
}
