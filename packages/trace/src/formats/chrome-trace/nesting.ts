import type { Slice } from './open-slices.ts';
import { type Item, isSlice } from './pairing.ts';

/** Slices that are looked at to find the one around another: more only overlap each other without nesting. */
const MOST_LOOKS = 256;
const MOST_OPEN = 10_000;
/** Outermost slices that are remembered: a slice that is written when it ends comes behind all that is in it. */
const MOST_ROOTS = 4096;
/** Late slices that are tried on what was told before: in a file without any order it is not worth it. */
const MOST_LATE = 10_000;

/** What lies in what on one lane, found as it comes in order of time. */
export class Nesting {
  #around: Slice[] = [];
  #roots: Slice[] = [];
  #newestTs = Number.NEGATIVE_INFINITY;
  #late = 0;

  /** The slice that a slice lies in. It is looked for before the slice is put. */
  parentOf(slice: Slice): Slice | undefined {
    const { startTs } = slice;
    while (this.#around.length > 0 && endOf(this.#around.at(-1)!) <= startTs) this.#around.pop();
    return this.#find((other) => {
      if (other.startTs > startTs || endOf(other) <= startTs) return false;
      // What begins by an event of its own is in what goes on then; a whole one must lie in it to its end.
      return slice.event.ph !== 'X' || endOf(other) >= endOf(slice);
    });
  }

  /** The innermost slice at a point in time. */
  at(ts: number): Slice | undefined {
    return this.#find((slice) => slice.startTs <= ts && ts <= endOf(slice));
  }

  #find(fits: (slice: Slice) => boolean): Slice | undefined {
    const around = this.#around;
    for (let at = around.length - 1; at >= Math.max(0, around.length - MOST_LOOKS); at--)
      if (fits(around[at]!)) return around[at];
    return undefined;
  }

  /** Puts a slice in. Gives outermost slices that came before it and turn out to lie in it. */
  put(slice: Slice, parent: Slice | undefined): Slice[] {
    const late = slice.startTs < this.#newestTs;
    this.#newestTs = Math.max(this.#newestTs, slice.startTs);
    this.#around.push(slice);
    if (this.#around.length > MOST_OPEN) this.#forget(slice.startTs);
    const inside = late && parent === undefined && this.#late++ < MOST_LATE ? this.#inside(slice) : [];
    if (parent === undefined) this.#roots.push(slice);
    if (this.#roots.length > 2 * MOST_ROOTS) this.#roots = this.#roots.slice(-MOST_ROOTS);
    return inside;
  }

  #inside(slice: Slice): Slice[] {
    const lies = (root: Slice): boolean => slice.startTs <= root.startTs && endOf(root) <= endOf(slice);
    const inside = this.#roots.filter(lies);
    if (inside.length > 0) this.#roots = this.#roots.filter((root) => !lies(root));
    return inside;
  }

  #forget(ts: number): void {
    this.#around = this.#around.filter((slice) => endOf(slice) > ts).slice(-MOST_OPEN / 2);
  }
}

/** Without an end it goes on. */
function endOf(slice: Slice): number {
  return slice.endTs ?? Number.POSITIVE_INFINITY;
}

/** By time; what begins before points in time; what is longer first; else as it stands in the file. */
export function inOrder(items: Item[]): Item[] {
  return items.sort((a, b) => {
    const at = timeOf(a) - timeOf(b);
    if (at !== 0) return at;
    const [endA, endB] = [reach(a), reach(b)];
    return endA === endB ? indexOf(a) - indexOf(b) : endB - endA;
  });
}

function timeOf(item: Item): number {
  return isSlice(item) ? item.startTs : item.ts;
}

function indexOf(item: Item): number {
  return isSlice(item) ? item.event.index : item.index;
}

function reach(item: Item): number {
  return isSlice(item) ? endOf(item) : Number.NEGATIVE_INFINITY;
}
