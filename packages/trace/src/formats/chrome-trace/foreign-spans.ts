import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Clock } from './clock.ts';
import { CounterSums } from './counter-sums.ts';
import { FlowLinks, type Linked } from './flow-links.ts';
import { Lane, type Teller } from './lane.ts';
import { LaneNames } from './lane-names.ts';
import { stageOf } from './meaning.ts';
import type { Slice } from './open-slices.ts';
import { endRecord, instantRecord, pointRecord, sliceRecord } from './span-records.ts';
import { keyOf, type ReadEvent } from './trace-event.ts';

/** Events that are held over all lanes: then all are told. */
const MOST_HELD = 65_536;
/** Stages that calls are put under by name, and flows that wait for the next slice of their thread. */
const MOST_WAITING = 10_000;

/** Where an event belongs, by its letter. */
const LANES: Record<string, 'thread' | 'id' | 'id and name'> = {
  ...Object.fromEntries([...'XBEiIRstf'].map((ph) => [ph, 'thread'] as const)),
  ...Object.fromEntries([...'ben'].map((ph) => [ph, 'id'] as const)),
  ...Object.fromEntries([...'STpF'].map((ph) => [ph, 'id and name'] as const)),
};
const FLOW = /^[stf]$/;

/** Makes spans of the events of any trace. */
export class ForeignSpans implements Teller {
  readonly #clockOf: (firstTs: number | undefined) => Clock;
  readonly #names = new LaneNames();
  readonly #counters = new CounterSums();
  readonly #flows = new FlowLinks();
  readonly #lanes = new Map<string, Lane>();
  /** Flows that arrive at the next slice of their lane. */
  readonly #arriving = new Map<Lane, ReadEvent[]>();
  readonly #stages = new Map<string, string>();
  readonly #calls = new Map<string, string>();
  /** Events without a picture, by their letter. */
  readonly #others = new Map<string, number>();
  #records: TraceRecord[] = [];
  #clock: Clock | undefined;
  #firstTs: number | undefined;
  #lastTs: number | undefined;
  #held = 0;
  #strays = 0;
  #strayName = '';

  /** `clockOf` is asked once, when the first times have to be told. */
  constructor(clockOf: (firstTs: number | undefined) => Clock) {
    this.#clockOf = clockOf;
  }

  /** Takes an event. The reason as a sentence when it cannot be used. */
  take(event: ReadEvent): string | undefined {
    const { ph } = event;
    if (ph === 'M') {
      if (!this.#names.take(event)) this.#count(event.name === '' ? 'M' : `M ${event.name}`);
      return undefined;
    }
    if (ph === '') return 'an event has no phase ("ph"), expected a letter such as "X", "B" or "E"';
    const lane = Object.hasOwn(LANES, ph) ? LANES[ph] : undefined;
    if (Number.isNaN(event.ts) && (lane !== undefined || ph === 'C'))
      return `an event of the phase "${ph}" has no time ("ts" in µs)`;
    if (!Number.isNaN(event.ts))
      this.#sees(event.ts, event.ts + (ph === 'X' ? Math.max(0, event.dur ?? 0) : 0));
    if (ph === 'C') this.#counters.add(event);
    else if (lane === undefined) this.#count(ph);
    else if (lane !== 'thread' && event.id === undefined)
      return `an event of the phase "${ph}" has no "id", by which its beginning and its end are found`;
    else this.#put(lane, event);
    return undefined;
  }

  #sees(fromTs: number, toTs: number): void {
    this.#firstTs = Math.min(this.#firstTs ?? fromTs, fromTs);
    this.#lastTs = Math.max(this.#lastTs ?? toTs, toTs);
  }

  #count(what: string): void {
    if (this.#others.size < 200 || this.#others.has(what))
      this.#others.set(what, (this.#others.get(what) ?? 0) + 1);
  }

  #put(by: 'thread' | 'id' | 'id and name', event: ReadEvent): void {
    const { pid, tid, id = '', name } = event;
    this.#names.seen(pid);
    const key = by === 'thread' ? keyOf(by, pid, tid) : keyOf(by, id, by === 'id' ? '' : name);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(event, by !== 'thread');
      this.#lanes.set(key, lane);
    }
    const before = lane.held;
    if (lane.push(event)) lane.release(this, false);
    this.#held += lane.held - before;
    if (this.#held >= MOST_HELD) this.#releaseAll();
  }

  #releaseAll(): void {
    for (const [key, lane] of this.#lanes) {
      lane.release(this, true);
      // A thread comes again, and its slices lie in what it told before; an id that is over does not.
      if (lane.isAsync && lane.idle) this.#lanes.delete(key);
    }
    this.#held = 0;
    if (this.#lanes.size > MOST_HELD) this.#lanes.clear();
  }

  get clock(): Clock {
    this.#clock ??= this.#clockOf(this.#firstTs);
    return this.#clock;
  }

  /** The last time of the trace, on its own clock. */
  get extent(): { firstTs: number; lastTs: number } | undefined {
    return this.#firstTs === undefined ? undefined : { firstTs: this.#firstTs, lastTs: this.#lastTs! };
  }

  slice(slice: Slice, parent: Slice | undefined, lane: Lane): void {
    const record = sliceRecord(slice, this.#names.labelOf(lane), parent?.id, this.clock);
    this.#records.push(record);
    const stage = record.kind === 'llm' && parent === undefined ? stageOf(slice.event) : undefined;
    if (stage !== undefined && this.#calls.size < MOST_WAITING) this.#calls.set(slice.id, stage);
    if (record.kind === 'stage' && this.#stages.size < MOST_WAITING)
      this.#stages.set(slice.event.name, slice.id);
    for (const flow of this.#arriving.get(lane) ?? []) this.#pass(flow, slice.id);
    this.#arriving.delete(lane);
    const { flows } = slice.event;
    if (flows)
      this.#link(this.#flows.pass(flows.id, flows.in ? (flows.out ? 't' : 'f') : 's', slice.event, slice.id));
  }

  end(slice: Slice): void {
    this.#records.push(endRecord(slice, this.clock));
  }

  moved(slice: Slice, parent: Slice): void {
    this.#records.push({ event: 'span_update', span_id: slice.id, parent: parent.id });
    this.#calls.delete(slice.id);
  }

  point(event: ReadEvent, around: Slice | undefined, lane: Lane): void {
    if (FLOW.test(event.ph)) this.#flow(event, around, lane);
    else if (around === undefined || /^[pg]$/.test(event.scope))
      this.#records.push(instantRecord(event, this.#names.labelOf(lane), this.clock));
    else this.#records.push(pointRecord(event, around.id, this.clock));
  }

  stray(end: ReadEvent): void {
    if (this.#strays++ === 0) this.#strayName = end.name;
  }

  #flow(event: ReadEvent, around: Slice | undefined, lane: Lane): void {
    // An end belongs to the slice that begins next, and that may be at the same time.
    const next = event.ph === 'f' && !event.enclosing && around?.startTs !== event.ts;
    if (!next && around !== undefined) this.#pass(event, around.id);
    else if (next) {
      const arriving = this.#arriving.get(lane) ?? [];
      if (arriving.length < MOST_WAITING) arriving.push(event);
      this.#arriving.set(lane, arriving);
    } else this.#count(event.ph);
  }

  #pass(flow: ReadEvent, spanId: string): void {
    const id = keyOf(flow.name, flow.id ?? '');
    this.#link(this.#flows.pass(id, flow.ph as 's' | 't' | 'f', flow, spanId));
  }

  #link(linked: readonly Linked[]): void {
    for (const { spanId, links } of linked)
      this.#records.push({ event: 'span_update', span_id: spanId, links: [...links] });
  }

  /** The records since the last call. */
  records(): TraceRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Tells what is held, at the end of the trace. */
  finish(): void {
    this.#releaseAll();
    for (const lane of this.#lanes.values()) lane.settle(this);
    for (const flows of this.#arriving.values()) for (const flow of flows) this.#count(flow.ph);
    this.#link(this.#flows.finish());
    for (const [call, stage] of this.#calls) {
      const parent = this.#stages.get(stage);
      if (parent !== undefined) this.#records.push({ event: 'span_update', span_id: call, parent });
    }
  }

  /** What is known of the run besides its spans. */
  attributes(): JsonObject {
    const { from, baseUs } = this.clock;
    const others = Object.fromEntries(this.#others);
    return {
      ...this.#names.attributes(),
      ...this.#counters.attributes(),
      ...(this.#others.size > 0 && { events_not_shown: others }),
      ...(this.#strays > 0 && { unmatched_ends: this.#strays, unmatched_end: this.#strayName }),
      ...(from !== 'epoch' && { clock: { from, base_us: baseUs } }),
    };
  }

  /** Ends that closed nothing. */
  get strays(): { count: number; name: string } {
    return { count: this.#strays, name: this.#strayName };
  }
}
