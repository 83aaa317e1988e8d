import type { OpenSlices, Slice } from './open-slices.ts';
import type { ReadEvent } from './trace-event.ts';

/** Events that begin and end a slice: on a thread, of an id, of an id in the old way. */
export const BEGINS = /^[BbS]$/;
export const ENDS = /^[EeF]$/;

/** What stands on a lane: slices, and events that are points in time. */
export type Item = Slice | ReadEvent;

export function isSlice(item: Item): item is Slice {
  return 'startTs' in item;
}

/**
 * Events of one lane, in order of time, as slices and points. An end closes the newest slice when it has its name or
 * none; else it waits for what else there is at the same time; else it closes the newest slice of its name. `ended`
 * gets slices whose record is out, `stray` ends that close nothing.
 */
export function pair(
  events: readonly ReadEvent[],
  open: OpenSlices,
  ended: (slice: Slice) => void,
  stray: (end: ReadEvent) => void,
): Item[] {
  const items: Item[] = [];
  const end = (slice: Slice): void => {
    if (slice.told) ended(slice);
  };
  /** Ends that wait for others of their time, by name. */
  const waiting = new Map<string, ReadEvent[]>();
  const retry = (): void => {
    for (;;) {
      const name = open.top?.event.name;
      const ends = name === undefined ? undefined : waiting.get(name);
      const slice = ends && open.endTop(ends[0]!);
      if (ends === undefined || slice === undefined) return;
      end(slice);
      if (ends.length === 1) waiting.delete(name!);
      else ends.shift();
    }
  };
  const giveUp = (): void => {
    for (const late of [...waiting.values()].flat().sort((a, b) => a.index - b.index)) {
      const slice = open.endNamed(late);
      if (slice) end(slice);
      else {
        open.stray(late);
        stray(late);
      }
    }
    waiting.clear();
  };
  for (const [at, event] of events.entries()) {
    if (at > 0 && events[at - 1]!.ts !== event.ts && waiting.size > 0) giveUp();
    if (ENDS.test(event.ph)) {
      const slice = open.endTop(event);
      if (slice) end(slice);
      else {
        const ends = waiting.get(event.name);
        if (ends) ends.push(event);
        else waiting.set(event.name, [event]);
      }
    } else if (BEGINS.test(event.ph)) {
      const slice: Slice = { id: `e${event.index}`, event, startTs: event.ts };
      open.begin(slice);
      items.push(slice);
    } else items.push(event.ph === 'X' ? whole(event) : event);
    if (waiting.size > 0) retry();
  }
  giveUp();
  return items;
}

/** A duration below zero or none at all takes no time. */
function whole(event: ReadEvent): Slice {
  const endTs = event.ts + Math.max(0, event.dur ?? 0);
  return { id: `e${event.index}`, event, startTs: event.ts, endTs };
}
