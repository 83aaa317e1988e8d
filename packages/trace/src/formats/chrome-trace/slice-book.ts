/** Numbers that are kept of a slice. */
const WIDTH = 4;
const START = 0;
const END = 1;
/** The slice's number, and in the two lowest bits what it is. */
const WHO = 2;
/** The number of the slice that it was told to lie in and 1; 0 for none. */
const PARENT = 3;

/** Beginning and end stand in one event: it lies in what is around it to its end. */
const WHOLE = 1;
/** When it was told, its end was not known. */
const OPEN = 2;

/** Candidates that are looked at to find the one around a slice: more only overlap each other without nesting. */
export const MOST_LOOKS = 256;

/** A slice as the book has it. `open`: its end is not known yet; `whole`: it is one event. */
export type Entry = {
  no: number;
  startTs: number;
  endTs: number | undefined;
  whole: boolean;
  parent: number | undefined;
};

/**
 * What was told of the slices of one lane, in 32 bytes each: a file may bring a slice long after what lies in it, and
 * only all of them together say what lies in what.
 */
export class SliceBook {
  #rows = new Float64Array(0);
  #count = 0;
  /** Rows of slices whose end is not known yet, by number. */
  readonly #open = new Map<number, number>();
  /** Rows that were kept when others were forgotten: parents of theirs may be gone. */
  #kept = 0;
  /** Something came later than what lies in it or follows it. */
  #disordered = false;

  get count(): number {
    return this.#count;
  }

  add({ no, startTs, endTs, whole, parent }: Entry): void {
    const row = this.#count++;
    if (this.#count * WIDTH > this.#rows.length) {
      const rows = new Float64Array(Math.max(4, 2 * row) * WIDTH);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    const open = endTs === undefined;
    this.#rows[row * WIDTH + START] = startTs;
    this.#rows[row * WIDTH + END] = endTs ?? Number.POSITIVE_INFINITY;
    this.#rows[row * WIDTH + WHO] = no * 4 + (whole ? WHOLE : 0) + (open ? OPEN : 0);
    this.#rows[row * WIDTH + PARENT] = parent === undefined ? 0 : parent + 1;
    if (open) this.#open.set(no, row);
    if (row > 0 && this.#compare(row - 1, row) > 0) this.#disordered = true;
  }

  /** The end of a slice that was told before. */
  end(no: number, endTs: number): void {
    const row = this.#open.get(no);
    if (row === undefined) return;
    this.#rows[row * WIDTH + END] = endTs;
    this.#open.delete(no);
  }

  #get(row: number, field: number): number {
    return this.#rows[row * WIDTH + field]!;
  }

  #is(row: number, what: number): boolean {
    return (this.#get(row, WHO) & what) !== 0;
  }

  /** What is around comes first. An end that was not known when the slice was told is the longest there is. */
  #compare(a: number, b: number): number {
    const later = this.#get(a, START) - this.#get(b, START);
    if (later !== 0) return later;
    const [reachA, reachB] = [this.#reach(a), this.#reach(b)];
    return reachA === reachB ? this.#get(a, WHO) - this.#get(b, WHO) : reachB - reachA;
  }

  #reach(row: number): number {
    return this.#is(row, OPEN) ? Number.POSITIVE_INFINITY : this.#get(row, END);
  }

  /** Slices that lie elsewhere than was told, with the slice that they lie in. They are corrected in the book. */
  *corrections(): Generator<[no: number, parent: number], void, undefined> {
    if (!this.#disordered) return;
    this.#disordered = false;
    const order = Uint32Array.from({ length: this.#count }, (_, row) => row);
    order.sort((a, b) => this.#compare(a, b));
    const around: number[] = [];
    for (const row of order) {
      const start = this.#get(row, START);
      while (around.length > 0 && this.#get(around.at(-1)!, END) <= start) around.pop();
      const parent = this.#around(around, row);
      around.push(row);
      if (parent === undefined) continue;
      const told = this.#get(row, PARENT);
      const known = Math.floor(this.#get(parent, WHO) / 4) + 1;
      // Of what was kept from before only the outermost are free: the parents of others may have been forgotten.
      if (told === known || (row < this.#kept && told !== 0)) continue;
      this.#rows[row * WIDTH + PARENT] = known;
      yield [Math.floor(this.#get(row, WHO) / 4), known - 1];
    }
  }

  #around(around: readonly number[], row: number): number | undefined {
    const [start, end] = [this.#get(row, START), this.#get(row, END)];
    const whole = this.#is(row, WHOLE);
    for (let at = around.length - 1; at >= Math.max(0, around.length - MOST_LOOKS); at--) {
      const other = this.#get(around[at]!, END);
      if (other > start && (!whole || other >= end)) return around[at];
    }
    return undefined;
  }

  /** Keeps what is open and the newer outermost slices, at most half of all: those may yet turn out to lie in others. */
  forget(): void {
    const most = this.#count >> 1;
    const kept: number[] = [];
    for (let row = this.#count - 1; row >= 0; row--) {
      const open = this.#get(row, END) === Number.POSITIVE_INFINITY;
      if (open || (this.#get(row, PARENT) === 0 && kept.length < most)) kept.push(row);
    }
    kept.reverse();
    const rows = new Float64Array(kept.length * WIDTH);
    for (const [at, row] of kept.entries())
      rows.set(this.#rows.subarray(row * WIDTH, (row + 1) * WIDTH), at * WIDTH);
    this.#rows = rows;
    this.#count = kept.length;
    this.#kept = kept.length;
    this.#open.clear();
    for (let row = 0; row < this.#count; row++)
      if (this.#get(row, END) === Number.POSITIVE_INFINITY)
        this.#open.set(Math.floor(this.#get(row, WHO) / 4), row);
  }
}
