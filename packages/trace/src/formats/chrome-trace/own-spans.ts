import { asCount, isObject, type JsonObject } from '../../model/json.ts';
import { parseRecord, type TraceRecord } from '../../model/record.ts';
import { OWN, type OwnPart, restored, shownEvent, shownFields } from './own-record.ts';

/** Spans that wait for one with a lower number: the file is in order of time, the run in the order of its stream. */
const MOST_WAITING = 100_000;
/** Bytes of the file that waiting spans may stand in. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** Letters of what our writer draws from the spans: reading it would say everything twice. */
const DRAWN = /^[MCsfi]$/;

/** Reads what our own writer has written: the spans as they were, in the order of their run. */
export class OwnSpans {
  readonly #refuse: (reason: string) => void;
  readonly #waiting = new Map<number, TraceRecord[]>();
  #next = 0;
  #at = 0;
  #waitingFrom = 0;
  #newest: { no: number; record: TraceRecord } | undefined;
  #ready: TraceRecord[] = [];

  constructor(refuse: (reason: string) => void) {
    this.#refuse = refuse;
  }

  /** Takes an event of our own trace, which stands at that byte of the file. False when it is nothing that our writer writes. */
  take(event: JsonObject, originUs: number, offset: number): boolean {
    this.#at = offset;
    const part = event[OWN];
    if (!isObject(part)) return typeof event.ph === 'string' && DRAWN.test(event.ph);
    const own = part as OwnPart;
    if (own.event) this.#event(event, own, originUs);
    else this.#span(event, own, originUs);
    return true;
  }

  #span(event: JsonObject, own: OwnPart, originUs: number): void {
    const several = Array.isArray(own.records) ? own.records.filter(isObject) : undefined;
    const raw = several ?? [{ event: 'span', ...restored(shownFields(event, originUs), own) }];
    const records = raw.flatMap((record) => this.#parsed(record) ?? []);
    const no = asCount(own.no) ?? this.#next;
    this.#give();
    if (records.length === 1 && several === undefined) this.#newest = { no, record: records[0]! };
    else this.#put(no, records);
  }

  #event(event: JsonObject, own: OwnPart, originUs: number): void {
    const record = this.#newest?.record;
    if (record === undefined) return;
    const events = Array.isArray(record.events) ? record.events : [];
    events.push(restored(shownEvent(event, originUs), own));
    record.events = events;
  }

  #parsed(record: JsonObject): TraceRecord | undefined {
    const parsed = parseRecord(record);
    if (typeof parsed !== 'string') return parsed;
    this.#refuse(parsed);
    return undefined;
  }

  /** The events of the newest span are all there. */
  #give(): void {
    if (this.#newest !== undefined) this.#put(this.#newest.no, [this.#newest.record]);
    this.#newest = undefined;
  }

  #put(no: number, records: TraceRecord[]): void {
    if (this.#waiting.size === 0) this.#waitingFrom = this.#at;
    const known = this.#waiting.get(no);
    if (known) known.push(...records);
    else this.#waiting.set(no, records);
    for (;;) {
      const due = this.#waiting.get(this.#next);
      if (due === undefined) break;
      this.#waiting.delete(this.#next++);
      this.#ready.push(...due);
    }
    if (this.#waiting.size > MOST_WAITING || this.#at - this.#waitingFrom > MOST_WAITING_BYTES)
      this.#giveUpOrder();
  }

  /** Numbers are missing: the file was cut off or damaged, or is larger than what can be held. */
  #giveUpOrder(): void {
    const numbers = [...this.#waiting.keys()].sort((a, b) => a - b);
    this.#ready = [this.#ready, ...numbers.map((no) => this.#waiting.get(no)!)].flat();
    this.#waiting.clear();
    this.#next = Math.max(this.#next, (numbers.at(-1) ?? -1) + 1);
  }

  get hasRecords(): boolean {
    return this.#ready.length > 0;
  }

  /** The records that are due; at the end of the file all of them. */
  records(ended: boolean): TraceRecord[] {
    if (ended) {
      this.#give();
      this.#giveUpOrder();
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
