import { asString, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/record.ts';
import type { Place } from '../text-window.ts';
import type { SpanFrame } from './span-frame.ts';

type Waiting = {
  readonly frame: SpanFrame;
  readonly record: SpanRecord;
  /** The span's first: what comes later tells no parent. */
  readonly first: boolean;
  readonly place: Place;
};

/** Records in the order of their document, held back while the id of their span or of the one around it is not known. */
export class WaitingRecords {
  readonly #emit: (record: JsonObject, place: Place) => void;
  #waiting: Waiting[] = [];

  constructor(emit: (record: JsonObject, place: Place) => void) {
    this.#emit = emit;
  }

  /** Where the one stands that has waited longest. */
  get since(): number | undefined {
    return this.#waiting[0]?.place.offset;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(frame: SpanFrame, record: SpanRecord, first: boolean, place: Place): void {
    this.#waiting.push({ frame, record, first, place });
  }

  /** The first record of a span, by which a trace without an id can be told from others: the trace itself stands before it. */
  sample(): SpanRecord | undefined {
    return (this.#waiting[1] ?? this.#waiting[0])?.record;
  }

  /** Hands out what waits for nothing any more. `root` is the trace as a span. */
  release(root: SpanFrame | undefined): void {
    let at = 0;
    for (; at < this.#waiting.length; at++) {
      const { frame, record, first, place } = this.#waiting[at]!;
      if (frame.dropped) continue;
      let around = frame.parent;
      while (around?.dropped) around = around.parent;
      if (frame.id === undefined || (around && around.id === undefined)) break;
      record.span_id = frame.id;
      if (first) putUnder(record, frame, around, around === undefined || around === root);
      this.#emit(record as JsonObject, place);
    }
    if (at > 0) this.#waiting = at === this.#waiting.length ? [] : this.#waiting.slice(at);
  }
}

/** Where spans lie in each other, that says more than an id: only top-level ones, and ours, name a parent. */
function putUnder(record: SpanRecord, frame: SpanFrame, around: SpanFrame | undefined, isTop: boolean): void {
  const stated = frame.ours || isTop ? (record.parent as JsonValue | undefined) : undefined;
  const parent = stated === undefined ? around?.id : asString(stated);
  if (parent === undefined) delete record.parent;
  else record.parent = parent;
}
