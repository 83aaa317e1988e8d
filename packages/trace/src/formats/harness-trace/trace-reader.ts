import { contentId } from '../../model/ids.ts';
import { asString, isObject, type JsonObject, type JsonValue, nestsDeeperThan } from '../../model/json.ts';
import { addNote, type QualityNote } from '../../model/quality.ts';
import { MAX_DEPTH, parseRecord, type TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import type { NestPart } from '../json-nest.ts';
import type { Place } from '../text-window.ts';
import { STEP_US, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { EVENT_LIST, ROOT_ID, ROOT_ROLE, SPAN_LISTS, seedName } from './names.ts';
import { SeenIds } from './seen-ids.ts';
import { ownHead, SpanFrame } from './span-frame.ts';
import { TraceFacts } from './trace-facts.ts';
import { WaitingRecords } from './waiting-records.ts';

/** So many bytes are waited for the id of the trace, or of a span that says its children first; then ids are made up. */
const MOST_HELD = 16 * 1024 * 1024;

/** Members of a trace that tell of the trace as a span. */
const ROOT_FIELDS: ReadonlySet<string> = new Set([
  'start_time',
  'end_time',
  'inputs',
  'outputs',
  'usage_metadata',
  'error',
  'status',
  'kind',
]);

const LISTS: ReadonlySet<string> = new Set(SPAN_LISTS);

type Member = NestPart & { is: 'member' };

/** One trace being read, from the opening of its object to its end. */
export class TraceReader {
  readonly #input: Input;
  readonly #guess: string | undefined;
  readonly #facts = new TraceFacts();
  readonly #waiting = new WaitingRecords((record, place) => this.#emit(record, place));
  readonly #open: SpanFrame[] = [];
  readonly #notes: QualityNote[] = [];
  #ids = new SeenIds();
  #records: TraceRecord[] = [];
  #runId: string | undefined;
  /** The id of the document, where it is a single span with children. */
  #spanId: string | undefined;
  /** What stands in front of the spans of a trace of ours. */
  #own: JsonObject | undefined;
  /** The trace as a span: what top-level spans stand in. */
  #root: SpanFrame | undefined;
  #spans = 0;
  #place: Place = { line: 1, offset: 0 };
  #clockUs: number | undefined;

  /** `guess` is the run's id where the trace has none. */
  constructor(input: Input, guess: string | undefined) {
    this.#input = input;
    this.#guess = guess;
  }

  /** The records that are ready. */
  take(): TraceRecord[] {
    const taken = this.#records;
    this.#records = [];
    return taken;
  }

  read(part: NestPart): void {
    if (part.is !== 'close') this.#place = part.place;
    if (part.is === 'open') this.#begin();
    else if (part.is === 'close') this.#end(part.torn === true);
    else this.#member(this.#open.at(-1)!, part);
    const { since } = this.#waiting;
    if (since !== undefined && this.#place.offset - since > MOST_HELD) this.#makeUpIds();
  }

  #begin(): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root = new SpanFrame(undefined, 0, false);
      this.#root.id = this.#ids.unique(ROOT_ID).id;
      this.#open.push(this.#root);
      return;
    }
    const around = this.#open.length === 1 ? this.#root : parent;
    if (around && around !== this.#root && !around.announced) this.#tell(around, false);
    this.#open.push(new SpanFrame(around, ++this.#spans, this.#own !== undefined));
  }

  #member(frame: SpanFrame, part: Member): void {
    const value = this.#checked(part);
    if (value === undefined) return;
    const name = seedName(part.key);
    if (part.index !== undefined) this.#listed(frame, part, value);
    else if (this.#open.length === 1) this.#traceMember(frame, part.key, name, value);
    else if (name === 'span_id') this.#name(frame, value);
    else {
      if (this.#spans === 1 && name === 'inputs') this.#facts.ask(value);
      frame.member(part.key, value);
    }
  }

  #traceMember(frame: SpanFrame, key: string, name: string, value: JsonValue): void {
    const own = name === 'metadata' && this.#spans === 0 ? ownHead(value) : undefined;
    if (name === 'trace_id') this.#nameRun(value);
    else if (name === 'span_id') this.#spanId = asString(value);
    else if (own !== undefined) this.#beginOwn(own);
    else if (this.#own !== undefined) return;
    else if (ROOT_FIELDS.has(name)) {
      if (name === 'inputs') this.#facts.ask(value);
      frame.member(key, value);
    } else this.#facts.member(key, value);
  }

  /** A trace of ours: its spans are as they were, and the trace is one only if it was one before. */
  #beginOwn(own: JsonObject): void {
    this.#own = own;
    this.#root = undefined;
    this.#ids = new SeenIds();
    for (const record of own.before as JsonValue[]) this.#emitOwn(record);
    if (!isObject(own.root)) return;
    const root = new SpanFrame(undefined, 0, true);
    this.#root = root;
    for (const key of Object.keys(own.root)) {
      const said = own.root[key]!;
      if (key === 'span_id') root.id = asString(said);
      else if (key === EVENT_LIST && Array.isArray(said))
        for (const event of said.filter(isObject)) root.event(event);
      else root.member(key, said);
    }
  }

  /** An element of a list that was handed out. */
  #listed(frame: SpanFrame, part: Member, value: JsonValue): void {
    if (!isObject(value)) {
      const what = LISTS.has(part.key) ? 'a span' : 'an event';
      this.#refuse(part.place, `expected ${what}, an object, in "${part.key}", found ${typeOf(value)}`);
    } else if (frame.event(value)) this.#tell(frame, false);
  }

  #checked({ key, value, place, mended }: Member): JsonValue | undefined {
    // Half of a name names something else.
    if (mended && typeof value !== 'object') return undefined;
    // Our own fields stand one or two levels deeper than in the stream.
    const depth = this.#own === undefined ? MAX_DEPTH - 4 : MAX_DEPTH + 4;
    if (!nestsDeeperThan(value, depth)) return value as JsonValue;
    this.#refuse(place, `the field "${key.slice(0, 60)}" nests deeper than ${MAX_DEPTH} levels`);
    return undefined;
  }

  #name(frame: SpanFrame, value: JsonValue): void {
    const id = asString(value);
    if (id === undefined) return;
    if (frame.id !== undefined) frame.attribute('span_id', value);
    else this.#giveId(frame, id);
    this.#release();
  }

  #giveId(frame: SpanFrame, id: string): void {
    const unique = this.#ids.unique(id);
    if (unique.repeated) addNote(this.#notes, 'repeated-id', id);
    frame.id = unique.id;
  }

  #nameRun(value: JsonValue): void {
    const id = asString(value);
    if (id === undefined || id === '.' || id === '..') return;
    // Too late: the run has a name that was made up for it.
    if (this.#runId !== undefined && this.#runId !== id) this.#facts.attribute('trace_id', value);
    this.#runId ??= id;
    this.#release();
  }

  #end(torn: boolean): void {
    const frame = this.#open.pop()!;
    frame.torn = torn;
    if (frame.deviation !== undefined) addNote(this.#notes, 'total-deviates', frame.deviation);
    if (this.#open.length === 0) {
      this.#endTrace(frame, torn);
      return;
    }
    if (frame.id === undefined) {
      // Its id may be what is missing.
      if (torn) frame.dropped = true;
      else this.#giveId(frame, `span-${frame.no}`);
    }
    this.#tell(frame, true);
    const { startUs, endUs } = frame.knownTimes;
    this.#clockUs = endUs ?? startUs ?? this.#clockUs;
    frame.parent?.widen(startUs, endUs);
    if (startUs !== undefined && endUs === undefined) this.#facts.unfinished = true;
    if (this.#open.length === 1) this.#facts.failed ||= frame.hasError;
    this.#release();
  }

  #tell(frame: SpanFrame, closed: boolean, insideUs?: number): void {
    // The trace goes out in front of its first span, which may say when they start.
    if (frame.parent?.announced === false) this.#tell(frame.parent, false, frame.times.startUs);
    const first = !frame.announced;
    const record = frame.record(closed, insideUs ?? this.#guessUs(frame));
    if (record === undefined) return;
    if (frame === this.#root && !frame.ours) {
      record.kind ??= 'agent';
      record.role = ROOT_ROLE;
      record.name ??= this.#facts.name ?? this.#runId ?? ROOT_ID;
    }
    this.#waiting.add(frame, record, first, this.#place);
    if (this.#waiting.size === 1) this.#release();
  }

  #guessUs(frame: SpanFrame): number {
    return frame.parent?.times.startUs ?? this.#clockUs ?? UNKNOWN_TIME_US + frame.no * STEP_US;
  }

  #release(): void {
    if (this.#runId !== undefined) this.#waiting.release(this.#root);
  }

  #emit(value: JsonObject, place: Place): void {
    value.run_id = this.#runId;
    const record = parseRecord(value);
    if (typeof record === 'string') this.#refuse(place, record);
    else this.#records.push(record);
  }

  /** A record that stands in a trace of ours as it is: of the run, never of a span. */
  #emitOwn(value: JsonValue): void {
    const event = isObject(value) ? asString(value.event) : undefined;
    if (!isObject(value) || !(event === 'score' || event?.startsWith('run_'))) return;
    this.#runId ??= asString(value.run_id);
    this.#emit({ ...value }, this.#place);
  }

  /** Too much waits for an id: who asks for one gets it made up, and a later one is kept as an attribute. */
  #makeUpIds(): void {
    this.#runId ??= this.#fallbackId();
    for (const frame of this.#open) if (frame.id === undefined) this.#giveId(frame, `span-${frame.no}`);
    this.#release();
  }

  #fallbackId(): string {
    const sample = this.#waiting.sample() ?? this.#place;
    return this.#guess ?? this.#spanId ?? `trace-${contentId(JSON.stringify(sample))}`;
  }

  #endTrace(frame: SpanFrame, torn: boolean): void {
    const isKnown = this.#runId !== undefined || this.#spanId !== undefined || !this.#facts.isEmpty;
    if (this.#spans === 0 && this.#own === undefined && (torn || !isKnown)) {
      // A trace of ours says so in front of its spans: in a torn one, that may be what is missing.
      if (!torn)
        this.#refuse(
          this.#place,
          'a trace without spans: expected an object with "trace_id" and a list "spans"',
        );
      return;
    }
    this.#runId ??= this.#fallbackId();
    if (this.#own === undefined) this.#tell(frame, true);
    else if (this.#root && !this.#root.announced) this.#tell(this.#root, true);
    this.#release();
    const quality = this.#notes.map((note) => ({ ...note }));
    if (this.#own === undefined) {
      for (const record of this.#facts.records(frame, torn, quality)) this.#emit(record, this.#place);
      return;
    }
    const { after } = this.#own;
    for (const record of !torn && Array.isArray(after) ? after : []) this.#emitOwn(record);
    if (quality.length > 0) this.#emit({ event: 'run_update', quality }, this.#place);
  }

  #refuse({ line, offset }: Place, reason: string): void {
    this.#input.refuse({ line, offset, reason });
  }
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
