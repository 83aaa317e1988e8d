import { inOrder, Nesting } from './nesting.ts';
import { OpenSlices, type Slice } from './open-slices.ts';
import { isSlice, pair } from './pairing.ts';
import type { ReadEvent } from './trace-event.ts';

/** Events of a lane that are held to be put in order of time: files are sorted within a thread, or nearly. */
const WINDOW = 8192;

/** What becomes known of a lane. */
export type Teller = {
  slice(slice: Slice, parent: Slice | undefined, lane: Lane): void;
  end(slice: Slice): void;
  /** The slice turned out to lie in another one. */
  moved(slice: Slice, parent: Slice): void;
  point(event: ReadEvent, around: Slice | undefined, lane: Lane): void;
  stray(end: ReadEvent): void;
};

/** One thread's events, or those of one id: held, put in order, paired and nested. */
export class Lane {
  /** Its first event: what it is of. */
  readonly first: ReadEvent;
  /** It gathers what has one id, on whatever thread. */
  readonly isAsync: boolean;
  /** Its name, once a span was told of it: later names do not tear a lane in two. */
  label: string | undefined;
  readonly #open = new OpenSlices();
  readonly #nesting = new Nesting();
  #held: ReadEvent[] = [];

  constructor(first: ReadEvent, isAsync: boolean) {
    this.first = first;
    this.isAsync = isAsync;
  }

  /** Takes an event; true when so many are held that some have to go. */
  push(event: ReadEvent): boolean {
    this.#held.push(event);
    return this.#held.length >= WINDOW;
  }

  get held(): number {
    return this.#held.length;
  }

  /** Nothing is held and nothing is open. */
  get idle(): boolean {
    return this.#held.length === 0 && this.#open.size === 0;
  }

  /** Tells the older half of what is held, or all of it. */
  release(tell: Teller, all: boolean): void {
    const events = this.#held.sort((a, b) => a.ts - b.ts || a.index - b.index);
    let count = all ? events.length : events.length >> 1;
    // What happens at one time is told together.
    while (count > 0 && count < events.length && events[count]!.ts === events[count - 1]!.ts) count++;
    this.#held = events.slice(count);
    const items = pair(
      events.slice(0, count),
      this.#open,
      (slice) => tell.end(slice),
      (end) => tell.stray(end),
    );
    for (const item of inOrder(items)) {
      if (!isSlice(item)) tell.point(item, this.#nesting.at(item.ts), this);
      else {
        const parent = this.#nesting.parentOf(item);
        item.told = true;
        tell.slice(item, parent, this);
        for (const inside of this.#nesting.put(item, parent)) tell.moved(inside, item);
      }
    }
  }

  /** At the end of the trace, when everything was released. */
  settle(tell: Teller): void {
    for (const slice of this.#open.settle()) tell.end(slice);
  }
}
