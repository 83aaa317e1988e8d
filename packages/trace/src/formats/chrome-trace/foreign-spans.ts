import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Place } from '../text-window.ts';
import type { Clock } from './clock.ts';
import { CounterSums } from './counter-sums.ts';
import { FlowLinks, type Linked } from './flow-links.ts';
import type { Lane, Teller } from './lane.ts';
import { LaneNames } from './lane-names.ts';
import { Lanes } from './lanes.ts';
import { stageOf } from './meaning.ts';
import { idOfNo, type Slice } from './open-slices.ts';
import { PHASES } from './phases.ts';
import { endRecord, instantRecord, pointRecord, sliceRecord } from './span-records.ts';
import { StrayEnds } from './stray-ends.ts';
import { keyOf, type ReadEvent } from './trace-event.ts';

/** Stages that calls are put under by name, and flows that wait for the next slice of their thread. */
const MOST_WAITING = 10_000;
/** Makes spans of the events of any trace. */
export class ForeignSpans implements Teller {
  readonly #clockOf: (firstTs: number | undefined) => Clock;
  readonly #names = new LaneNames();
  readonly #counters = new CounterSums();
  readonly #flows = new FlowLinks();
  readonly #lanes = new Lanes(this);
  readonly #strays: StrayEnds;
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

  /** `clockOf` is asked once, when the first times have to be told. `refuse` is told of ends without a beginning. */
  constructor(
    clockOf: (firstTs: number | undefined) => Clock,
    refuse: (reason: string, place: Place) => void,
  ) {
    this.#clockOf = clockOf;
    this.#strays = new StrayEnds(refuse);
  }

  /** Takes an event. The reason as a sentence when it cannot be used. */
  take(event: ReadEvent): string | undefined {
    const { ph } = event;
    if (ph === 'M') {
      if (!this.#names.take(event)) this.#count(event.name === '' ? 'M' : `M ${event.name}`);
      return undefined;
    }
    if (ph === '') return 'an event has no phase ("ph"), expected a letter such as "X", "B" or "E"';
    const phase = PHASES.get(ph);
    if (Number.isNaN(event.ts)) {
      if (phase !== undefined || ph === 'C') return `an event of the phase "${ph}" has no time ("ts" in µs)`;
    } else this.#sees(event.ts, event.ts + (ph === 'X' ? Math.max(0, event.dur ?? 0) : 0));
    if (ph === 'C') this.#counters.add(event);
    // A `T` without an id is Perfetto's state of a thread, and no step of anything.
    else if (phase === undefined || (ph === 'T' && event.id === undefined)) this.#count(ph);
    else if (phase.owner !== 'thread' && event.id === undefined)
      return `an event of the phase "${ph}" has no "id", by which its beginning and its end are found`;
    else {
      this.#names.seen(event.pid);
      this.#lanes.put(phase.owner, event);
    }
    return undefined;
  }

  #sees(fromTs: number, toTs: number): void {
    if (this.#firstTs === undefined || fromTs < this.#firstTs) this.#firstTs = fromTs;
    if (this.#lastTs === undefined || toTs > this.#lastTs) this.#lastTs = toTs;
  }

  #count(what: string): void {
    if (this.#others.size < 200 || this.#others.has(what))
      this.#others.set(what, (this.#others.get(what) ?? 0) + 1);
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
    if (this.#arriving.size > 0) this.#arrive(lane, slice);
    const { flows } = slice.event;
    if (flows)
      this.#link(this.#flows.pass(flows.id, flows.in ? (flows.out ? 't' : 'f') : 's', slice.event, slice.id));
  }

  end(slice: Slice): void {
    this.#records.push(endRecord(slice, this.clock));
  }

  moved(no: number, parent: number): void {
    const id = idOfNo(no);
    this.#records.push({ event: 'span_update', span_id: id, parent: idOfNo(parent) });
    this.#calls.delete(id);
  }

  point(event: ReadEvent, around: Slice | undefined, lane: Lane): boolean {
    if (PHASES.get(event.ph)?.role === 'flow') this.#flow(event, around, lane);
    else if (around !== undefined && event.scope === 't')
      this.#records.push(pointRecord(event, around.id, this.clock));
    else {
      this.#records.push(instantRecord(event, this.#names.labelOf(lane), this.clock));
      return event.scope === 't';
    }
    return false;
  }

  stray(end: ReadEvent): void {
    this.#strays.add(end);
  }

  #arrive(lane: Lane, slice: Slice): void {
    for (const flow of this.#arriving.get(lane) ?? []) this.#pass(flow, slice.id);
    this.#arriving.delete(lane);
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

  get hasRecords(): boolean {
    return this.#records.length > 0;
  }

  /** The records since the last call. */
  records(): TraceRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Tells what is held, at the end of the trace. */
  finish(): void {
    this.#lanes.finish();
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
      ...(this.#strays.count > 0 && { unmatched_ends: this.#strays.count }),
      ...(from !== 'epoch' && { clock: { from, base_us: baseUs } }),
    };
  }

  /** Slices that have no end. */
  get open(): number {
    return this.#lanes.open;
  }
}
