import { inOrder, Nesting } from './nesting.ts';
import { OpenSlices, type Slice } from './open-slices.ts';
import { isSlice, pair } from './pairing.ts';
import type { ReadEvent } from './trace-event.ts';

/** Events of a lane that are held to be put in order of time: files are sorted within a thread, or nearly. */
const WINDOW = 2048;

/** What becomes known of a lane. */
export type Teller = {
  slice(slice: Slice, parent: Slice | undefined, lane: Lane): void;
  end(slice: Slice): void;
  /** A slice, or a point in time that lay in nothing, turned out to lie in another slice. Both by their numbers. */
  moved(no: number, parent: number): void;
  /** A point in time. True when it became something that may yet turn out to lie in a slice. */
  point(event: ReadEvent, around: Slice | undefined, lane: Lane): boolean;
  /** An end that closes nothing. */
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
  readonly #tell: Teller;
  readonly #open: OpenSlices;
  readonly #nesting = new Nesting();
  #held: ReadEvent[] = [];

  constructor(first: ReadEvent, isAsync: boolean, tell: Teller) {
    this.first = first;
    this.isAsync = isAsync;
    this.#tell = tell;
    this.#open = new OpenSlices((end) => tell.stray(end));
  }

  isThread(pid: string, tid: string): boolean {
    return !this.isAsync && this.first.tid === tid && this.first.pid === pid;
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

  /** Slices that have no end yet. */
  get open(): number {
    return this.#open.size;
  }

  /** Slices that are remembered after they were told. */
  get remembered(): number {
    return this.#nesting.size;
  }

  /** Tells the older half of what is held, or all of it. */
  release(all: boolean): void {
    const events = this.#held.sort((a, b) => a.ts - b.ts || a.index - b.index);
    let count = all ? events.length : events.length >> 1;
    // What happens at one time is told together.
    while (count > 0 && count < events.length && events[count]!.ts === events[count - 1]!.ts) count++;
    this.#held = events.slice(count);
    const items = pair(count === events.length ? events : events.slice(0, count), this.#open, (slice) =>
      this.#ended(slice),
    );
    const nesting = this.#nesting;
    for (const item of inOrder(items)) {
      if (isSlice(item)) {
        const parent = nesting.parentOf(item);
        item.told = item.endTs === undefined ? 'open' : 'whole';
        this.#tell.slice(item, parent, this);
        nesting.put(item, parent);
      } else if (this.#tell.point(item, nesting.at(item.ts), this)) nesting.putPoint(item.index, item.ts);
    }
  }

  #ended(slice: Slice): void {
    this.#nesting.end(slice);
    this.#tell.end(slice);
  }

  /** Says where slices lie that came out of order, and lets go of what is settled. */
  correct(): void {
    for (const [no, parent] of this.#nesting.corrections()) this.#tell.moved(no, parent);
  }

  forget(): void {
    this.correct();
    this.#nesting.forget();
  }

  /** At the end of the trace, when everything was released. */
  settle(): void {
    for (const slice of this.#open.settle()) this.#ended(slice);
    this.correct();
  }
}
