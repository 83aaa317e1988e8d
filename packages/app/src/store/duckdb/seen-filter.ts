/** Positions a digest sets: with at least 16 bits a digest, 8 of them answer wrongly less than once in 1700 times. */
const PROBES = 8;
const BITS_PER_DIGEST = 16;

/**
 * A Bloom filter of digests: "never seen" is certain, "seen" is to be checked. It spares the scan of the table for
 * contents that are new, which most are; ten million of them take 32 MB.
 */
export class SeenFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;
  #free: number;

  /** Room for `digests`, rounded up to a power of two. */
  constructor(digests: number) {
    const bits = 2 ** Math.max(16, Math.ceil(Math.log2(digests * BITS_PER_DIGEST)));
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits / 32 - 1;
    this.#free = Math.floor(bits / BITS_PER_DIGEST);
  }

  /** No room: make a larger one. */
  get full(): boolean {
    return this.#free <= 0;
  }

  /** A digest by its first 64 bits. */
  add(a: number, b: number): void {
    this.#free--;
    let hash = a;
    const step = b | 1;
    for (let i = 0; i < PROBES; i++) {
      const at = (hash >>> 5) & this.#mask;
      this.#words[at]! |= 1 << (hash & 31);
      hash = (hash + step) | 0;
    }
  }

  mayHave(a: number, b: number): boolean {
    let hash = a;
    const step = b | 1;
    for (let i = 0; i < PROBES; i++) {
      const at = (hash >>> 5) & this.#mask;
      if ((this.#words[at]! & (1 << (hash & 31))) === 0) return false;
      hash = (hash + step) | 0;
    }
    return true;
  }
}
