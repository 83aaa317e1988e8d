import { newSlice, type OpenSlices, type Slice } from './open-slices.ts';
import { PHASES } from './phases.ts';
import type { ReadEvent } from './trace-event.ts';

/** What stands on a lane: slices, and events that are points in time. */
export type Item = Slice | ReadEvent;

export function isSlice(item: Item): item is Slice {
  return 'startTs' in item;
}

/**
 * Events of one lane, in order of time, as slices and points. An end closes the newest slice when it has its name or
 * none; else it waits for what else there is at the same time; else it closes the newest slice of its name. `ended`
 * gets slices whose record is out; ends that close nothing are left to `open`.
 */
export function pair(events: readonly ReadEvent[], open: OpenSlices, ended: (slice: Slice) => void): Item[] {
  const items: Item[] = [];
  const waiting = new WaitingEnds(open, (slice) => {
    if (slice.told !== undefined) ended(slice);
  });
  let ts = Number.NaN;
  for (const event of events) {
    if (event.ts !== ts) waiting.giveUp();
    ts = event.ts;
    const role = PHASES.get(event.ph)?.role;
    if (role === 'end') waiting.end(event);
    else if (role === 'begin') {
      const slice = newSlice(event, undefined);
      open.begin(slice);
      items.push(slice);
      waiting.retry();
    } else if (role === 'whole') items.push(newSlice(event, ts + Math.max(0, event.dur ?? 0)));
    else items.push(event);
  }
  waiting.giveUp();
  return items;
}

/** Ends of one time that are not the newest slice's: others of the same time may have to come first. */
class WaitingEnds {
  readonly #open: OpenSlices;
  readonly #ended: (slice: Slice) => void;
  readonly #byName = new Map<string, ReadEvent[]>();

  constructor(open: OpenSlices, ended: (slice: Slice) => void) {
    this.#open = open;
    this.#ended = ended;
  }

  end(event: ReadEvent): void {
    const slice = this.#open.endTop(event);
    if (slice) {
      this.#ended(slice);
      this.retry();
      return;
    }
    const ends = this.#byName.get(event.name);
    if (ends) ends.push(event);
    else this.#byName.set(event.name, [event]);
  }

  /** Something began or ended: ends that waited may have their turn. */
  retry(): void {
    while (this.#byName.size > 0) {
      const name = this.#open.top?.event.name;
      const ends = name === undefined ? undefined : this.#byName.get(name);
      const slice = ends && this.#open.endTop(ends[0]!);
      if (ends === undefined || slice === undefined) return;
      if (ends.length === 1) this.#byName.delete(name!);
      else ends.shift();
      this.#ended(slice);
    }
  }

  /** The time is over. */
  giveUp(): void {
    if (this.#byName.size === 0) return;
    for (const late of [...this.#byName.values()].flat().sort((a, b) => a.index - b.index)) {
      const slice = this.#open.endNamed(late);
      if (slice) this.#ended(slice);
      else this.#open.stray(late);
    }
    this.#byName.clear();
  }
}
