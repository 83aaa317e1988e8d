import { Lane, type Teller } from './lane.ts';
import type { Owner } from './phases.ts';
import { keyOf, type ReadEvent } from './trace-event.ts';

/** Events that are held over all lanes, and bytes of the file that they may stand in: then all are told. */
const MOST_HELD = 65_536;
const MOST_HELD_BYTES = 32 * 1024 * 1024;
/** Slices that are remembered after they were told, in 32 bytes each: what comes late may lie in them or around them. */
const MOST_REMEMBERED = 1_000_000;

/**
 * All lanes of a trace, within bounds. Events may come in any order, but files are sorted by time, nearly, or by when
 * things ended. So events are held in a window, put in order there and told; of what was told, times and parents are
 * kept, as long as there are at most a million, to say it again when something late lies around it. In larger files the
 * newer outermost half is kept, and all that is open.
 */
export class Lanes {
  readonly #tell: Teller;
  readonly #lanes = new Map<string, Lane>();
  #newest: Lane | undefined;
  #held = 0;
  #heldFrom = 0;
  #remembered = 0;
  #mostRemembered = MOST_REMEMBERED;
  /** Slices without an end on lanes that are gone. */
  #openElsewhere = 0;

  constructor(tell: Teller) {
    this.#tell = tell;
  }

  put(owner: Owner, event: ReadEvent): void {
    const lane = this.#laneOf(owner, event);
    if (this.#held++ === 0) this.#heldFrom = event.place.offset;
    if (lane.push(event)) this.#release(lane, false);
    if (this.#held >= MOST_HELD || event.place.offset - this.#heldFrom > MOST_HELD_BYTES) this.#releaseAll();
    if (this.#remembered > this.#mostRemembered) this.#forget();
  }

  #laneOf(owner: Owner, event: ReadEvent): Lane {
    const { pid, tid, id = '', name } = event;
    const newest = this.#newest;
    // Files have long rows of events of one thread.
    if (owner === 'thread' && newest?.isThread(pid, tid)) return newest;
    const key = owner === 'thread' ? keyOf(owner, pid, tid) : keyOf(owner, id, owner === 'id' ? '' : name);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(event, owner !== 'thread', this.#tell);
      this.#lanes.set(key, lane);
    }
    this.#newest = lane;
    return lane;
  }

  #release(lane: Lane, all: boolean): void {
    this.#held -= lane.held;
    this.#remembered -= lane.remembered;
    lane.release(all);
    this.#held += lane.held;
    this.#remembered += lane.remembered;
  }

  #releaseAll(): void {
    for (const [key, lane] of this.#lanes) {
      this.#release(lane, true);
      // A thread comes again, and its slices lie in what it told before; an id that is over does not.
      if (lane.isAsync && lane.idle) this.#drop(key, lane);
    }
    if (this.#lanes.size > MOST_HELD) for (const [key, lane] of this.#lanes) this.#drop(key, lane);
  }

  #drop(key: string, lane: Lane): void {
    lane.settle();
    this.#openElsewhere += lane.open;
    this.#remembered -= lane.remembered;
    this.#lanes.delete(key);
    if (this.#newest === lane) this.#newest = undefined;
  }

  #forget(): void {
    this.#remembered = 0;
    for (const lane of this.#lanes.values()) {
      lane.forget();
      this.#remembered += lane.remembered;
    }
    this.#mostRemembered = Math.max(MOST_REMEMBERED, 2 * this.#remembered);
  }

  /** Tells what is held, at the end of the trace. */
  finish(): void {
    this.#releaseAll();
    for (const lane of this.#lanes.values()) lane.settle();
  }

  /** Slices that have no end. */
  get open(): number {
    let open = this.#openElsewhere;
    for (const lane of this.#lanes.values()) open += lane.open;
    return open;
  }
}
