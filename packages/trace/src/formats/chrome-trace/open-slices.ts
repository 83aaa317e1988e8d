import type { JsonObject } from '../../model/json.ts';
import { type ReadEvent, withMore } from './trace-event.ts';

/** Something with a beginning and, once it is known, an end. Times on the trace's clock. */
export type Slice = {
  readonly id: string;
  readonly event: ReadEvent;
  readonly startTs: number;
  endTs: number | undefined;
  endArgs: JsonObject | undefined;
  /** Its record is out, with its end or without: an end that comes now needs one of its own. */
  told: 'open' | 'whole' | undefined;
  /** An end with another name came while nothing else was open: used where no better one comes. */
  strayEnd: ReadEvent | undefined;
};

/** The id of what begins with the event of this number. */
export function idOfNo(no: number): string {
  return `e${no}`;
}

export function newSlice(event: ReadEvent, endTs: number | undefined): Slice {
  return {
    id: idOfNo(event.index),
    event,
    startTs: event.ts,
    endTs,
    endArgs: undefined,
    told: undefined,
    strayEnd: undefined,
  };
}

/** What begins and ends by separate events, waiting for its end: those of one thread, or of one id. */
export class OpenSlices {
  /** In the order in which they began. Closed ones are dropped when they are on top. */
  #stack: Slice[] = [];
  readonly #byName = new Map<string, Slice[]>();
  /** Is told of ends that belong to nothing. */
  readonly #refuse: (end: ReadEvent) => void;
  #open = 0;

  constructor(refuse: (end: ReadEvent) => void) {
    this.#refuse = refuse;
  }

  get size(): number {
    return this.#open;
  }

  begin(slice: Slice): void {
    this.#stack.push(slice);
    const same = this.#byName.get(slice.event.name);
    if (same) same.push(slice);
    else this.#byName.set(slice.event.name, [slice]);
    this.#open++;
    // Where slices overlap, ended ones lie below open ones and never come to the top.
    if (this.#stack.length > 2 * this.#open + 1000)
      this.#stack = this.#stack.filter((known) => known.endTs === undefined);
  }

  get top(): Slice | undefined {
    while (this.#stack.length > 0 && this.#stack.at(-1)!.endTs !== undefined) this.#stack.pop();
    return this.#stack.at(-1);
  }

  /** Closes the newest slice when the end is its own or has no name. */
  endTop(end: ReadEvent): Slice | undefined {
    const { top } = this;
    return top !== undefined && (end.name === '' || end.name === top.event.name)
      ? this.#end(top, end)
      : undefined;
  }

  /** Closes the newest slice of the end's name, wherever it stands; what began in it goes on. */
  endNamed(end: ReadEvent): Slice | undefined {
    const named = this.#byName.get(end.name)?.at(-1);
    return named && this.#end(named, end);
  }

  #end(slice: Slice, end: ReadEvent): Slice {
    slice.endTs = Math.max(slice.startTs, end.ts);
    slice.endArgs = withMore(end.args, end.more);
    if (slice.strayEnd !== undefined) this.#refuse(slice.strayEnd);
    slice.strayEnd = undefined;
    const same = this.#byName.get(slice.event.name)!;
    // The newest of its name is the last of them, on top of the stack or below.
    same.pop();
    if (same.length === 0) this.#byName.delete(slice.event.name);
    this.#open--;
    return slice;
  }

  /** An end that belongs to nothing: it is kept while it may be the misspelt end of what is open. */
  stray(end: ReadEvent): void {
    const { top } = this;
    const refused = top === undefined ? end : top.strayEnd;
    if (top !== undefined) top.strayEnd = end;
    if (refused !== undefined) this.#refuse(refused);
  }

  /** At the end of the trace: closes what had an end by another name, and gives those whose record is out. */
  *settle(): Generator<Slice, void, undefined> {
    for (const slice of this.#stack) {
      if (slice.endTs !== undefined || slice.strayEnd === undefined) continue;
      const { strayEnd: end } = slice;
      slice.endTs = Math.max(slice.startTs, end.ts);
      slice.endArgs = { ...withMore(end.args, end.more), end_name: end.name };
      this.#open--;
      yield slice;
    }
  }
}
