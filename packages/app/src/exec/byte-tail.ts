/** The last bytes of a stream. */
export class ByteTail {
  readonly #most: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(piece: Uint8Array): void {
    // A copy: the giver may use its buffer again, and a slice would keep all of it.
    this.#pieces.push(piece.slice(Math.max(0, piece.length - this.#most)));
    this.#length += piece.length;
    if (this.#pieces.length > 64 || this.#length > 2 * this.#most) this.#join();
  }

  bytes(): Uint8Array {
    this.#join();
    return this.#pieces[0] ?? new Uint8Array(0);
  }

  #join(): void {
    const joined = Buffer.concat(this.#pieces);
    const kept = joined.subarray(Math.max(0, joined.length - this.#most));
    this.#pieces = [kept];
    this.#length = kept.length;
  }
}

/** The end of an output as text, from the beginning of a line or at least of a character. */
export function textOfTail(bytes: Uint8Array, cut: boolean): string {
  let from = 0;
  if (cut) {
    const line = bytes.indexOf(0x0a) + 1;
    while (from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from++;
    if (line > 0 && line < bytes.length) from = line;
  }
  return new TextDecoder().decode(bytes.subarray(from));
}
