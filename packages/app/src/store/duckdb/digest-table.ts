/** Words of a digest, and its value. */
const ENTRY = 5;

/** Entries by digest in one array, open addressing: strings as keys of a map took a tenth of the time of writing a span. */
class Generation {
  readonly #slots: Int32Array;
  readonly #mask: number;
  count = 0;

  constructor(size: number) {
    const slots = 2 ** Math.ceil(Math.log2(size * 2));
    this.#slots = new Int32Array(slots * ENTRY);
    this.#mask = slots - 1;
  }

  /** Where the entry of a digest is, or would be. */
  #place(words: Int32Array, at: number): number {
    const slots = this.#slots;
    const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = slot * ENTRY;
      if (slots[place + 4] === 0) return place;
      if (slots[place] === a && slots[place + 1] === b && slots[place + 2] === c && slots[place + 3] === d)
        return place;
    }
  }

  get(words: Int32Array, at: number): number {
    return this.#slots[this.#place(words, at) + 4]!;
  }

  set(words: Int32Array, at: number, value: number): void {
    const place = this.#place(words, at);
    if (this.#slots[place + 4] === 0) this.count++;
    for (let word = 0; word < 4; word++) this.#slots[place + word] = words[at + word]!;
    this.#slots[place + 4] = value;
  }

  each(use: (a: number, b: number) => void): void {
    for (let place = 0; place < this.#slots.length; place += ENTRY)
      if (this.#slots[place + 4] !== 0) use(this.#slots[place]!, this.#slots[place + 1]!);
  }
}

/**
 * Digest → positive number, for at least the last `size` digests that were set or found, and never more than twice as many.
 * A digest is four words of an array, from a position on.
 */
export class DigestTable {
  readonly #size: number;
  #young: Generation | undefined;
  #old: Generation | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  get(words: Int32Array, at: number): number | undefined {
    const young = this.#young?.get(words, at);
    if (young) return young;
    const old = this.#old?.get(words, at);
    if (!old) return undefined;
    this.set(words, at, old);
    return old;
  }

  set(words: Int32Array, at: number, value: number): void {
    this.#young ??= new Generation(this.#size);
    if (this.#young.count >= this.#size) {
      this.#old = this.#young;
      this.#young = new Generation(this.#size);
    }
    this.#young.set(words, at, value);
  }

  /** The first two words of every digest that is remembered. */
  each(use: (a: number, b: number) => void): void {
    this.#young?.each(use);
    this.#old?.each(use);
  }

  clear(): void {
    this.#young = undefined;
    this.#old = undefined;
  }
}
