import type { Slice } from './open-slices.ts';
import { type Item, isSlice } from './pairing.ts';
import { MOST_LOOKS, SliceBook } from './slice-book.ts';

/** Ended slices that lie below open ones are let go from time to time. */
const FEW = 1000;

/** What lies in what on one lane, found as it comes in order of time, and corrected where the order was another. */
export class Nesting {
  /** What goes on at the newest time: by start, longer first. */
  #around: Slice[] = [];
  #newestTs = Number.NEGATIVE_INFINITY;
  #mostAround = FEW;
  readonly #book = new SliceBook();

  /** The slice that a slice lies in, as far as is known. It is looked for before the slice is put. */
  parentOf(slice: Slice): Slice | undefined {
    const { startTs } = slice;
    const around = this.#around;
    while (around.length > 0 && endOf(around.at(-1)!) <= startTs) around.pop();
    return this.#find((other) => {
      if (endOf(other) <= startTs || compare(other, slice) > 0) return false;
      // What begins by an event of its own is in what goes on then; a whole one must lie in it to its end.
      return !isWhole(slice) || endOf(other) >= endOf(slice);
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

  /** Puts a slice in. */
  put(slice: Slice, parent: Slice | undefined): void {
    const around = this.#around;
    const { startTs, endTs } = slice;
    this.#book.add({
      no: slice.event.index,
      startTs,
      endTs,
      whole: isWhole(slice),
      parent: parent?.event.index,
    });
    this.#newestTs = Math.max(this.#newestTs, startTs);
    // What comes late and is over by now is in the book, and around nothing that is to come.
    if (startTs < this.#newestTs && endOf(slice) <= this.#newestTs) return;
    let at = around.length;
    while (at > 0 && compare(around[at - 1]!, slice) > 0) at--;
    if (at === around.length) around.push(slice);
    else around.splice(at, 0, slice);
    if (around.length <= this.#mostAround) return;
    this.#around = around.filter((known) => endOf(known) > this.#newestTs);
    this.#mostAround = Math.max(FEW, 2 * this.#around.length);
  }

  /** A point in time that lies in nothing so far: what it lies in may come later. */
  putPoint(no: number, ts: number): void {
    this.#book.add({ no, startTs: ts, endTs: ts, whole: true, parent: undefined });
  }

  /** A slice that was put without an end has one. */
  end({ event, endTs }: Slice): void {
    this.#book.end(event.index, endTs!);
  }

  /** Slices that are remembered. */
  get size(): number {
    return this.#book.count;
  }

  /** Slices that lie elsewhere than was said, by their numbers, with those that they lie in. */
  corrections(): Iterable<[no: number, parent: number]> {
    return this.#book.corrections();
  }

  /** Lets go of what is settled; to be called behind the corrections. */
  forget(): void {
    this.#book.forget();
  }
}

function isWhole({ event }: Slice): boolean {
  return event.ph === 'X';
}

/** Without an end it goes on. */
function endOf(slice: Slice): number {
  return slice.endTs ?? Number.POSITIVE_INFINITY;
}

/** How far a slice reaches among those of one start: what was told without an end is around all others. */
function reachOf(slice: Slice): number {
  return slice.told === 'open' ? Number.POSITIVE_INFINITY : endOf(slice);
}

function compare(a: Slice, b: Slice): number {
  if (a.startTs !== b.startTs) return a.startTs - b.startTs;
  const [reachA, reachB] = [reachOf(a), reachOf(b)];
  return reachA === reachB ? a.event.index - b.event.index : reachB - reachA;
}

/** By time; what begins before points in time; what is longer first; else as it stands in the file. */
export function inOrder(items: Item[]): Item[] {
  return items.sort((a, b) => {
    const later = timeOf(a) - timeOf(b);
    if (later !== 0) return later;
    if (isSlice(a) && isSlice(b)) return compare(a, b);
    return isSlice(a) ? -1 : isSlice(b) ? 1 : a.index - b.index;
  });
}

function timeOf(item: Item): number {
  return isSlice(item) ? item.startTs : item.ts;
}
