/** Ids that are remembered for certain; of earlier ones the older half is forgotten. */
const REMEMBERED = 50_000;

/** Gives spans that bear one id different ones, in flat memory: repetitions that lie very far apart are not seen. */
export class SeenIds {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** The id itself, or with a number when it was seen before. */
  unique(id: string): { id: string; repeated: boolean } {
    let number = this.#recent.get(id) ?? this.#older.get(id) ?? 0;
    let own = id;
    do {
      number++;
      own = number === 1 ? id : `${id} (${number})`;
    } while (number > 1 && this.#has(own));
    this.#put(id, number);
    if (own !== id) this.#put(own, 1);
    return { id: own, repeated: own !== id };
  }

  #has(id: string): boolean {
    return this.#recent.has(id) || this.#older.has(id);
  }

  #put(id: string, number: number): void {
    if (this.#recent.size >= REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(id, number);
  }
}
