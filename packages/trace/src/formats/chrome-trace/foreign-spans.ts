import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Place } from '../text-window.ts';
import type { Clock } from './clock.ts';
import { CounterSums } from './counter-sums.ts';
import { FlowLinks, type Linked } from './flow-links.ts';
import { Lane, type Teller } from './lane.ts';
import { LaneNames } from './lane-names.ts';
import { stageOf } from './meaning.ts';
import { idOfNo, type Slice } from './open-slices.ts';
import { type Owner, PHASES } from './phases.ts';
import { endRecord, instantRecord, pointRecord, sliceRecord } from './span-records.ts';
import { keyOf, type ReadEvent } from './trace-event.ts';

/** Events that are held over all lanes, and bytes of the file that they may stand in: then all are told. */
const MOST_HELD = 65_536;
const MOST_HELD_BYTES = 32 * 1024 * 1024;
/** Slices that are remembered after they were told, in 32 bytes each: what comes late may lie in them or around them. */
const MOST_REMEMBERED = 1_000_000;
/** Stages that calls are put under by name, and flows that wait for the next slice of their thread. */
const MOST_WAITING = 10_000;
/** Ends without a beginning that are refused one by one: a recording that began in the middle has one a thread and level. */
const MOST_REFUSED = 1000;

/**
 * Makes spans of the events of any trace. Events may come in any order, but files are sorted by time, nearly, or by when
 * things ended. So events are held in a window, put in order there and told; of what was told, times and parents are
 * kept, as long as there are at most a million, to say it again when something late lies around it. In larger files the
 * newest and outermost half is kept.
 */
export class ForeignSpans implements Teller {
  readonly #clockOf: (firstTs: number | undefined) => Clock;
  readonly #refuse: (reason: string, place: Place) => void;
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
  #newestLane: Lane | undefined;
  #held = 0;
  #heldFrom = 0;
  #mostRemembered = MOST_REMEMBERED;
  #remembered = 0;
  #openDropped = 0;
  #strays = 0;
  #strayName = '';

  /** `clockOf` is asked once, when the first times have to be told. `refuse` is told of ends without a beginning. */
  constructor(
    clockOf: (firstTs: number | undefined) => Clock,
    refuse: (reason: string, place: Place) => void,
  ) {
    this.#clockOf = clockOf;
    this.#refuse = refuse;
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
    else this.#put(phase.owner, event);
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

  #put(owner: Owner, event: ReadEvent): void {
    const lane = this.#laneOf(owner, event);
    if (this.#held++ === 0) this.#heldFrom = event.place.offset;
    if (lane.push(event)) {
      this.#held -= lane.held;
      lane.release(false);
      this.#held += lane.held;
    }
    if (this.#held >= MOST_HELD || event.place.offset - this.#heldFrom > MOST_HELD_BYTES) this.#releaseAll();
    if (this.#remembered > this.#mostRemembered) this.#forget();
  }

  #laneOf(owner: Owner, event: ReadEvent): Lane {
    const { pid, tid, id = '', name } = event;
    const newest = this.#newestLane;
    // Files have long rows of events of one thread.
    if (
      owner === 'thread' &&
      newest?.isAsync === false &&
      newest.first.tid === tid &&
      newest.first.pid === pid
    )
      return newest;
    this.#names.seen(pid);
    const key = owner === 'thread' ? keyOf(owner, pid, tid) : keyOf(owner, id, owner === 'id' ? '' : name);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(event, owner !== 'thread', this);
      this.#lanes.set(key, lane);
    }
    this.#newestLane = lane;
    return lane;
  }

  #releaseAll(): void {
    for (const [key, lane] of this.#lanes) {
      lane.release(true);
      // A thread comes again, and its slices lie in what it told before; an id that is over does not.
      if (lane.isAsync && lane.idle) this.#drop(key, lane);
    }
    this.#held = 0;
    if (this.#lanes.size > MOST_HELD) for (const [key, lane] of this.#lanes) this.#drop(key, lane);
  }

  #drop(key: string, lane: Lane): void {
    lane.settle();
    this.#openDropped += lane.open;
    this.#remembered -= lane.remembered;
    this.#lanes.delete(key);
    if (this.#newestLane === lane) this.#newestLane = undefined;
  }

  #forget(): void {
    this.#remembered = 0;
    for (const lane of this.#lanes.values()) {
      lane.forget();
      this.#remembered += lane.remembered;
    }
    // What is open is kept, however much it is.
    this.#mostRemembered = Math.max(MOST_REMEMBERED, 2 * this.#remembered);
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
    this.#remembered++;
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
    else if (around !== undefined && !/^[pg]$/.test(event.scope))
      this.#records.push(pointRecord(event, around.id, this.clock));
    else {
      this.#records.push(instantRecord(event, this.#names.labelOf(lane), this.clock));
      if (around !== undefined) return false;
      this.#remembered++;
      return true;
    }
    return false;
  }

  stray(end: ReadEvent): void {
    if (this.#strays++ === 0) this.#strayName = end.name;
    if (this.#strays > MOST_REFUSED) return;
    const { ph, name, pid, tid, place } = end;
    const what = name === '' ? 'an end without a name' : `the end of ${JSON.stringify(name.slice(0, 80))}`;
    const more = this.#strays === MOST_REFUSED ? '; further ones are only counted' : '';
    this.#refuse(
      `${what} ("${ph}", thread ${tid.slice(0, 40)} of process ${pid.slice(0, 40)}) closes nothing: expected its beginning before it${more}`,
      place,
    );
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
    this.#releaseAll();
    for (const lane of this.#lanes.values()) lane.settle();
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
      ...(from !== 'epoch' && { clock: { from, base_us: baseUs } }),
    };
  }

  /** Slices that have no end. */
  get open(): number {
    let open = this.#openDropped;
    for (const lane of this.#lanes.values()) open += lane.open;
    return open;
  }

  /** Ends that closed nothing. */
  get strays(): { count: number; name: string } {
    return { count: this.#strays, name: this.#strayName };
  }
}
