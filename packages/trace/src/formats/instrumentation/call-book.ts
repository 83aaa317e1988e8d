import { Recent } from '../recent.ts';

/** Contents counted one by one: a report's calls are matched with the sink's by these numbers. */
const MOST_COUNTED = 10_000;
/** Cells of each of the rows in which all others are counted together. */
const CELLS = 2 ** 15;
const ROWS = 4;

/**
 * Numbers calls that look the same, so that each is a call. Names of contents are their `contentId`. Memory is bounded: beyond
 * so many contents, a new one's numbers have gaps (a count-min sketch, Cormode and Muthukrishnan 2005), but rise all the same.
 */
export class CallBook {
  readonly #counts = new Map<string, number>();
  #cells: Uint32Array | undefined;
  /** Calls of one moment stand near each other. */
  readonly #moments = new Recent<number>();

  /** The number of a call among those of its content, from 1. */
  next(content: string): number {
    const known = this.#counts.get(content) ?? 0;
    if (known === 0 && this.#counts.size >= MOST_COUNTED) return this.#nextTogether(content);
    this.#counts.set(content, known + 1);
    return known + 1;
  }

  /** The number of a call among those of its content and time, from 1. */
  nextAt(moment: string): number {
    const number = (this.#moments.get(moment) ?? 0) + 1;
    this.#moments.set(moment, number);
    return number;
  }

  /** Each row gives a content a cell; the lowest of its cells was raised by it every time. */
  #nextTogether(content: string): number {
    this.#cells ??= new Uint32Array(CELLS * ROWS);
    const [first, step] = [Number.parseInt(content.slice(0, 7), 16), Number.parseInt(content.slice(7), 16)];
    let number = Number.POSITIVE_INFINITY;
    for (let row = 0; row < ROWS; row++) {
      const cell = row * CELLS + ((first + row * step) % CELLS);
      this.#cells[cell] = this.#cells[cell]! + 1;
      number = Math.min(number, this.#cells[cell]!);
    }
    return number;
  }
}
