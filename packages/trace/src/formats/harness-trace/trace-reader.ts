import { contentId } from '../../model/ids.ts';
import {
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  nestsDeeperThan,
  putField,
} from '../../model/json.ts';
import { addNote, type QualityNote } from '../../model/quality.ts';
import { MAX_DEPTH, parseRecord, type SpanRecord, type TraceRecord } from '../../model/record.ts';
import { statusOf } from '../../model/span.ts';
import { usToSeconds } from '../../model/time.ts';
import { titleOf } from '../excerpt.ts';
import type { Input } from '../format.ts';
import type { NestPart } from '../json-nest.ts';
import type { Place } from '../text-window.ts';
import { STEP_US, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { EVENT_LIST, ROOT_ID, ROOT_ROLE, SPAN_LISTS, seedName } from './names.ts';
import { SeenIds } from './seen-ids.ts';
import { ownHead, SpanFrame } from './span-frame.ts';

/** So many bytes are waited for the id of the trace, or of a span that says its children first; then ids are made up. */
const MOST_HELD = 16 * 1024 * 1024;

/** Members of a trace that the run has a field for. */
const RUN_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'task',
  'task_type',
  'session_id',
  'project',
  'labels',
  'scores',
]);
/** Members of a trace that tell of the trace as a span. */
const ROOT_FIELDS: ReadonlySet<string> = new Set([
  'start_time',
  'end_time',
  'inputs',
  'outputs',
  'usage_metadata',
  'error',
  'status',
]);
/** Under which the inputs of a trace, or of its first span, say what was asked for. */
const QUESTIONS = ['user_query', 'query', 'question', 'task', 'prompt'];

const LISTS: ReadonlySet<string> = new Set(SPAN_LISTS);

type Held = {
  readonly frame: SpanFrame;
  readonly record: SpanRecord;
  /** What comes later tells no parent. */
  readonly first: boolean;
  readonly place: Place;
};

/** One trace being read, from the opening of its object to its end. */
export class TraceReader {
  readonly #input: Input;
  readonly #guess: string | undefined;
  readonly #open: SpanFrame[] = [];
  #ids = new SeenIds();
  readonly #notes: QualityNote[] = [];
  readonly #run: JsonObject = {};
  readonly #attributes: JsonObject = {};
  #records: TraceRecord[] = [];
  /** Records that wait for an id, in their order. */
  #held: Held[] = [];
  #runId: string | undefined;
  /** What stands in front of the spans of a trace of ours. */
  #own: JsonObject | undefined;
  /** The trace as a span: what top-level spans stand in. */
  #root: SpanFrame | undefined;
  #spans = 0;
  #place: Place = { line: 1, offset: 0 };
  #clockUs: number | undefined;
  #unfinished = false;
  #failed = false;
  #question: string | undefined;

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
    if (part.is === 'open') this.#begin(part.place);
    else if (part.is === 'close') this.#end(part.torn === true);
    else if (this.#open.length === 1) this.#traceMember(this.#open[0]!, part);
    else this.#spanMember(this.#open.at(-1)!, part);
    const waitsFrom = this.#held[0]?.place.offset;
    if (waitsFrom !== undefined && this.#place.offset - waitsFrom > MOST_HELD) this.#makeUpIds();
  }

  #begin(place: Place): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      const root = new SpanFrame(undefined, 0, place.offset, false);
      root.id = this.#ids.unique(ROOT_ID).id;
      this.#root = root;
      this.#open.push(root);
      return;
    }
    const around = this.#open.length === 1 ? this.#root : parent;
    if (around && around !== this.#root && !around.announced) this.#tell(around, false);
    this.#open.push(new SpanFrame(around, ++this.#spans, place.offset, this.#own !== undefined));
  }

  #spanMember(frame: SpanFrame, part: NestPart & { is: 'member' }): void {
    const value = this.#checked(part);
    if (value === undefined) return;
    if (part.index !== undefined) this.#listed(frame, part, value);
    else if (seedName(part.key) === 'span_id') this.#name(frame, value);
    else {
      if (this.#spans === 1) this.#ask(part.key, value);
      frame.member(part.key, value);
    }
  }

  #traceMember(frame: SpanFrame, part: NestPart & { is: 'member' }): void {
    const value = this.#checked(part);
    if (value === undefined) return;
    const name = seedName(part.key);
    if (part.index !== undefined) this.#listed(frame, part, value);
    else if (name === 'trace_id' || name === 'span_id') this.#nameRun(name, value);
    else if (name === 'metadata' && isObject(value)) this.#traceMetadata(value);
    else if (this.#own !== undefined) return;
    else if (ROOT_FIELDS.has(name)) {
      this.#ask(name, value);
      frame.member(name, value);
    } else if (RUN_FIELDS.has(name) && value !== null) this.#run[name] = value;
    else if (value !== null) putField(this.#attributes, part.key, value);
  }

  #traceMetadata(value: JsonObject): void {
    const own = this.#spans === 0 ? ownHead(value) : undefined;
    if (own === undefined) {
      for (const name of Object.keys(value)) putField(this.#attributes, name, value[name]);
      return;
    }
    this.#own = own;
    this.#root = undefined;
    this.#ids = new SeenIds();
    for (const record of own.before as JsonValue[]) this.#emitOwn(record);
    if (!isObject(own.root)) return;
    const root = new SpanFrame(undefined, 0, this.#place.offset, true);
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
  #listed(frame: SpanFrame, part: NestPart & { is: 'member' }, value: JsonValue): void {
    if (!isObject(value)) {
      const what = LISTS.has(part.key) ? 'a span' : 'an event';
      this.#refuse(part.place, `expected ${what}, an object, in "${part.key}", found ${typeOf(value)}`);
      return;
    }
    if (frame.event(value)) this.#tell(frame, false);
  }

  #checked({ key, value, place, mended }: NestPart & { is: 'member' }): JsonValue | undefined {
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
    if (frame.id !== undefined) {
      frame.attribute('span_id', value);
      return;
    }
    this.#giveId(frame, id);
    this.#release();
  }

  #giveId(frame: SpanFrame, id: string): void {
    const unique = this.#ids.unique(id);
    if (unique.repeated) addNote(this.#notes, 'repeated-id', id);
    frame.id = unique.id;
  }

  /** The document of a single span has its id in place of a trace's. */
  #nameRun(name: string, value: JsonValue): void {
    const id = asString(value);
    if (id === undefined || id === '.' || id === '..') return;
    if (this.#runId !== undefined && this.#runId !== id) this.#attributes[name] = value;
    this.#runId ??= id;
    this.#release();
  }

  /** What was asked for stands in the inputs of the trace or of its first span. */
  #ask(key: string, value: JsonValue): void {
    if (seedName(key) !== 'inputs' || this.#question !== undefined || this.#own !== undefined) return;
    const asked = isObject(value) ? QUESTIONS.map((name) => value[name]).find((found) => found) : value;
    if (typeof asked === 'string' && asked.trim() !== '') this.#question = asked;
  }

  #end(torn: boolean): void {
    const frame = this.#open.pop()!;
    frame.torn = torn;
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
    if (frame.parent) widen(frame.parent.inside, startUs, endUs);
    if (!frame.ours && startUs !== undefined && endUs === undefined) this.#unfinished = true;
    if (this.#open.length === 1) this.#failed ||= frame.hasError;
    if (frame.deviation !== undefined) addNote(this.#notes, 'total-deviates', frame.deviation);
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
      record.name ??= asString(this.#run.name) ?? this.#runId ?? ROOT_ID;
    }
    this.#held.push({ frame, record, first, place: this.#place });
    if (this.#held.length === 1) this.#release();
  }

  #guessUs(frame: SpanFrame): number {
    return frame.parent?.times.startUs ?? this.#clockUs ?? UNKNOWN_TIME_US + frame.no * STEP_US;
  }

  /** Hands out what waits for nothing any more. */
  #release(): void {
    if (this.#runId === undefined) return;
    let at = 0;
    for (; at < this.#held.length; at++) {
      const { frame, record, first, place } = this.#held[at]!;
      if (frame.dropped) continue;
      let around = frame.parent;
      while (around?.dropped) around = around.parent;
      if (frame.id === undefined || (around && around.id === undefined)) break;
      record.span_id = frame.id;
      if (first) putUnder(record, frame, around, around === undefined || around === this.#root);
      this.#emit(record as JsonObject, place);
    }
    if (at > 0) this.#held = at === this.#held.length ? [] : this.#held.slice(at);
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
    // The first span: the trace itself stands before it.
    const first = this.#held[1] ?? this.#held[0];
    return this.#guess ?? `trace-${contentId(JSON.stringify(first?.record ?? this.#attributes))}`;
  }

  #endTrace(frame: SpanFrame, torn: boolean): void {
    const nothing = this.#spans === 0 && this.#own === undefined;
    // A trace of ours says so in front of its spans: that may be what is missing.
    if (nothing && torn) return;
    const hasRoot = this.#own === undefined && (!nothing || Object.keys(this.#run).length > 0 || this.#runId);
    if (nothing && !hasRoot) {
      this.#refuse(
        this.#place,
        'a trace without spans: expected an object with "trace_id" and a list "spans"',
      );
      return;
    }
    this.#runId ??= this.#fallbackId();
    if (hasRoot) this.#tell(frame, true);
    else if (this.#root && !this.#root.announced) this.#tell(this.#root, true);
    this.#release();
    if (frame.deviation !== undefined) addNote(this.#notes, 'total-deviates', frame.deviation);
    const quality = this.#notes.map((note) => ({ ...note }));
    if (this.#own !== undefined) {
      if (!torn)
        for (const record of Array.isArray(this.#own.after) ? this.#own.after : []) this.#emitOwn(record);
      if (quality.length > 0) this.#emit({ event: 'run_update', quality }, this.#place);
      return;
    }
    this.#tellRun(frame, torn, quality);
  }

  #tellRun(root: SpanFrame, torn: boolean, quality: JsonObject[]): void {
    const { startUs, endUs } = root.times;
    const stated = root.status;
    const ended = !torn && !this.#unfinished && statusOf(stated) !== 'unset';
    const task = asString(this.#run.task) ?? this.#question;
    this.#emit(
      {
        event: 'run_start',
        ...(startUs !== undefined && { ts: usToSeconds(startUs) }),
        ...this.#run,
        ...(task !== undefined && { task, fallback_name: titleOf(task) }),
        ...(Object.keys(this.#attributes).length > 0 && { attributes: this.#attributes }),
      },
      this.#place,
    );
    const failed = this.#failed || root.hasError;
    this.#emit(
      {
        event: ended ? 'run_end' : 'run_update',
        ...(endUs !== undefined && { ts: usToSeconds(endUs) }),
        ...(ended && { status: statusOf(stated) === undefined ? (failed ? 'error' : 'ok') : stated }),
        ...(quality.length > 0 && { quality }),
      },
      this.#place,
    );
  }

  #refuse({ line, offset }: Place, reason: string): void {
    this.#input.refuse({ line, offset, reason });
  }
}

/** Where spans lie in each other, that says more than an id: only top-level ones, and ours, name a parent. */
function putUnder(record: SpanRecord, frame: SpanFrame, around: SpanFrame | undefined, isTop: boolean): void {
  const stated = frame.ours || isTop ? (record.parent as JsonValue | undefined) : undefined;
  const parent = stated === undefined ? around?.id : asString(stated);
  if (parent === undefined) delete record.parent;
  else record.parent = parent;
}

function widen(inside: SpanFrame['inside'], startUs: number | undefined, endUs: number | undefined): void {
  if (startUs !== undefined) inside.startUs = Math.min(startUs, inside.startUs ?? startUs);
  const lastUs = endUs ?? startUs;
  if (lastUs !== undefined) inside.endUs = Math.max(lastUs, inside.endUs ?? lastUs);
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
