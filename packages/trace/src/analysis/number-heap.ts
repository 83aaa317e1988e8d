/** A heap of numbers with keys: the one with the least key comes out first. */
export class NumberHeap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  /** Infinity when empty. */
  get leastKey(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  push(key: number, value: number): void {
    let at = this.#keys.length;
    this.#keys.push(key);
    this.#values.push(value);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (this.#keys[up]! <= key) break;
      this.#keys[at] = this.#keys[up]!;
      this.#values[at] = this.#values[up]!;
      at = up;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** The value with the least key. Throws RangeError when empty. */
  pop(): number {
    const least = this.#values[0];
    if (least === undefined) throw new RangeError('The heap is empty.');
    const key = this.#keys.pop()!;
    const value = this.#values.pop()!;
    const { length } = this.#keys;
    if (length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#keys[child + 1]! < this.#keys[child]!) child++;
      if (this.#keys[child]! >= key) break;
      this.#keys[at] = this.#keys[child]!;
      this.#values[at] = this.#values[child]!;
      at = child;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
    return least;
  }
}
