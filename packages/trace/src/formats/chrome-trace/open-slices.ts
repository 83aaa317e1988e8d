import type { JsonObject } from '../../model/json.ts';
import type { ReadEvent } from './trace-event.ts';

/** Something with a beginning and, once it is known, an end. Times on the trace's clock. */
export type Slice = {
  readonly id: string;
  readonly event: ReadEvent;
  readonly startTs: number;
  endTs?: number;
  endArgs?: JsonObject;
  /** Its record is out: an end that comes now needs one of its own. */
  told?: true;
  /** An end with another name came while nothing else was open: used where no better one comes. */
  strayEnd?: ReadEvent;
};

/** What begins and ends by separate events, waiting for its end: those of one thread, or of one id. */
export class OpenSlices {
  /** In the order in which they began. Closed ones are dropped when they are on top. */
  #stack: Slice[] = [];
  readonly #byName = new Map<string, Slice[]>();
  #open = 0;

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
    slice.endArgs = { ...end.more, ...end.args };
    const same = this.#byName.get(slice.event.name)!;
    // The newest of its name is the last of them, on top of the stack or below.
    same.pop();
    if (same.length === 0) this.#byName.delete(slice.event.name);
    this.#open--;
    return slice;
  }

  /** An end that belongs to nothing. */
  stray(end: ReadEvent): void {
    const { top } = this;
    if (top !== undefined) top.strayEnd = end;
  }

  /** At the end of the trace: closes what had an end by another name, and gives those whose record is out. */
  *settle(): Generator<Slice, void, undefined> {
    for (const slice of this.#stack) {
      if (slice.endTs !== undefined || slice.strayEnd === undefined) continue;
      const { strayEnd: end } = slice;
      slice.endTs = Math.max(slice.startTs, end.ts);
      slice.endArgs = { ...end.more, ...end.args, end_name: end.name };
      yield slice;
    }
  }
}
