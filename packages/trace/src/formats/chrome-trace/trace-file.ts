import { asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseRecord, type TraceRecord } from '../../model/record.ts';
import type { Place } from '../text-window.ts';
import { type Clock, clockOf, usOf } from './clock.ts';
import { ForeignSpans } from './foreign-spans.ts';
import { derivedRunId, statedRunId } from './identity.ts';
import { OWN } from './own-record.ts';
import { OwnSpans } from './own-spans.ts';
import { runFields } from './run-facts.ts';
import { readEvent } from './trace-event.ts';

/** Members that may name the run. */
const NAMING = ['otherData', 'metadata'] as const;

/** One trace as it is read: its members, its events, and what they are in records. */
export class TraceFile {
  readonly #fileName: string | undefined;
  readonly #refuse: (reason: string, place: Place) => void;
  readonly #members = new Map<string, unknown>();
  readonly #foreign: ForeignSpans;
  readonly #own: OwnSpans;
  /** Our own writer's records of the run. */
  #about: { before: TraceRecord[]; after: TraceRecord[] } | undefined;
  #ownClock: Clock | undefined;
  #runId: string | undefined;
  #first: JsonObject | undefined;
  #index = 0;
  #samples = 0;
  #begun = false;
  /** Where stands what was taken last. */
  #place: Place = { line: 1, offset: 0 };
  #records: TraceRecord[] = [];

  constructor(fileName: string | undefined, refuse: (reason: string, place: Place) => void) {
    this.#fileName = fileName;
    this.#refuse = refuse;
    this.#foreign = new ForeignSpans((firstTs) => this.#clock(firstTs), refuse);
    this.#own = new OwnSpans((reason) => refuse(reason, this.#place));
  }

  #clock(firstTs: number | undefined): Clock {
    return clockOf({ members: this.#members, firstTs, fileName: this.#fileName });
  }

  /** A member beside the events. */
  member(key: string, value: unknown, place: Place, mended: boolean): void {
    this.#place = place;
    if (key !== OWN) this.#members.set(key, value);
    else if (isObject(value) && !mended)
      this.#about = { before: this.#listed(value.before), after: this.#listed(value.after) };
  }

  #listed(value: JsonValue | undefined): TraceRecord[] {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item) => {
      const record = parseRecord(item);
      if (typeof record !== 'string') return [record];
      this.#refuse(record, this.#place);
      return [];
    });
  }

  /** A sample of a profiler's: counted, stacks are no spans. */
  sample(): void {
    this.#samples++;
  }

  event(value: JsonObject, place: Place, mended: boolean): void {
    this.#place = place;
    const index = this.#index++;
    if (Object.keys(value).length === 0) return;
    // An event that was cut off is another one at every length of the file.
    if (!mended && value.ph !== 'M' && asNumber(value.ts) !== undefined) this.#first ??= value;
    const isOwn = this.#about !== undefined || isObject(value[OWN]);
    if (isOwn) this.#ownClock ??= this.#clock(undefined);
    if (!isOwn || !this.#own.take(value, this.#ownClock!.baseUs, place.offset)) {
      const reason = this.#foreign.take(readEvent(value, index, place));
      if (reason !== undefined) this.#refuse(reason, place);
    }
    // What the run is told to be must not depend on how much of the file comes at a time.
    if (!this.#begun && (this.#foreign.hasRecords || this.#own.hasRecords)) this.#begin();
  }

  /** The run's id, decided when the first record is handed out. */
  #identify(): string {
    const about = this.#about?.before.find((record) => record.run_id !== undefined)?.run_id;
    const members = NAMING.map((key) => this.#members.get(key));
    return about ?? statedRunId(members, this.#fileName) ?? derivedRunId(this.#fileName, this.#first);
  }

  /** Records that are ready. Before the first of them the run is told of. */
  take(ended = false): TraceRecord[] {
    const own = this.#own.records(ended);
    const foreign = this.#foreign.records();
    if (own.length + foreign.length > 0) this.#begin();
    // No spread into arguments: there may be more than a call can take.
    const records = [this.#records, own, foreign].flat();
    this.#records = [];
    for (const record of records) record.run_id = this.#runId!;
    return records;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#runId = this.#identify();
    if (this.#about) this.#records.push(...this.#about.before);
    else this.#records.push({ event: 'run_start', ...this.#fields() });
  }

  #fields(): JsonObject {
    return runFields(this.#members, this.#fileName);
  }

  /** The rest, with the run's end when the file is whole. */
  end(torn: boolean): TraceRecord[] {
    if (this.#index === 0 && this.#samples === 0 && this.#about === undefined) return [];
    this.#foreign.finish();
    const { extent } = this.#foreign;
    const unbegun = !this.#begun;
    const records = this.take(true);
    this.#begin();
    const start = this.#records[0];
    // Without spans nothing else says when it was.
    if (unbegun && records.length === 0 && start?.event === 'run_start') {
      start.ts ??= usOf(this.#foreign.clock, extent?.firstTs ?? 0) / 1e6;
      Object.assign(start, this.#untold());
    }
    if (this.#about) this.#records.push(...(torn ? this.#about.after.flatMap(unended) : this.#about.after));
    if (extent !== undefined || !this.#about) this.#records.push(...this.#ending(torn, extent?.lastTs));
    return records.concat(this.take());
  }

  #untold(): { time_untold?: true } {
    return !this.#about && this.#foreign.clock.from === 'none' ? { time_untold: true } : {};
  }

  #ending(torn: boolean, lastTs: number | undefined): TraceRecord[] {
    const { attributes, ...fields } = this.#fields();
    const ts = lastTs === undefined ? undefined : usOf(this.#foreign.clock, lastTs) / 1e6;
    const known: JsonObject = {
      ...(isObject(attributes) && attributes),
      ...this.#foreign.attributes(),
      ...(this.#samples > 0 && { samples: this.#samples }),
    };
    return [
      {
        // An own trace's run was told of, and so was its end.
        event: torn || this.#about ? 'run_update' : 'run_end',
        ...(ts !== undefined && { ts }),
        ...(!this.#about && fields),
        ...this.#untold(),
        // As with every run: what was still open when its source ended was cut off.
        ...(!torn && !this.#about && this.#foreign.open > 0 && { status: 'interrupted' }),
        ...(Object.keys(known).length > 0 && { attributes: known }),
      },
    ];
  }
}

/** What is known of a run whose file was cut off, without its end. */
function unended(record: TraceRecord): TraceRecord[] {
  if (record.event !== 'run_end') return [record];
  const { status: _, ts: __, ...rest } = record;
  return [{ ...rest, event: 'run_update' }];
}
