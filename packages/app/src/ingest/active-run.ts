import { judgedFactsOf } from '@tacho/trace/analysis/judged-facts';
import { repeatedCalls } from '@tacho/trace/analysis/ledger';
import { prepare, summaryOf } from '@tacho/trace/analysis/summary';
import { columnsOf, rowOf, type SpanRow } from '@tacho/trace/model/columns';
import { emptyRun, headerOf, RunFold } from '@tacho/trace/model/fold';
import type { JsonValue } from '@tacho/trace/model/json';
import type { JudgedFacts } from '@tacho/trace/model/judged-facts';
import type { PriceLookup } from '@tacho/trace/model/price';
import { addNote } from '@tacho/trace/model/quality';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Repricing } from '@tacho/trace/model/repricing';
import type { Run, RunHeader } from '@tacho/trace/model/run';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { StoredSpan } from '../store/store.ts';
import { repriceRun } from './reprice.ts';
import { setCost, setCosts } from './set-cost.ts';

/** Counting a run anew may take at most this share of the time: a run of a million spans is counted every few seconds. */
const COUNTING_SHARE = 0.05;
/** While much comes in, counting takes a smaller share, as long as a run is counted every so often. */
const BUSY_SHARE = 0.01;
const BUSY_MS = 2_000;

/** Records that come once: what they say is new unless they were sent twice. */
const REPEATABLE = new Set<TraceRecord['event']>(['span', 'span_start', 'span_end', 'usage']);

/** A run in memory while records come in for it: its fold, and what of it the store does not have yet. */
export class ActiveRun {
  readonly fold: RunFold;
  /** Spans whose payload was let go after it was written. */
  readonly #released = new Set<number>();
  /** Call keys that this run has claimed. What is another's is not kept: its owner may go. */
  readonly #claimed = new Set<string>();
  #pending = new Set<number>();
  #hasCalls = false;
  #summary: RunSummary | undefined;
  #judged: JudgedFacts | undefined;
  /** How long counting took for each span, and when it was done. */
  #countMs = 0;
  #countedAtMs = 0;
  /** Something changed since the summary was made. */
  #uncounted = true;
  /** The project at whose prices the calls stand. */
  #pricedFor: string | undefined;
  usedAtMs = 0;

  /** `stored` is the store's copy, without payloads. */
  constructor(runId: string, stored?: Run) {
    this.fold = new RunFold(stored ?? emptyRun(runId));
    this.#pricedFor = stored?.project;
    for (const [no, span] of stored?.spans.entries() ?? []) {
      this.#released.add(no);
      this.#hasCalls ||= span.callKey !== undefined;
    }
  }

  get run(): Run {
    return this.fold.run;
  }

  apply(record: TraceRecord): boolean {
    const news = this.fold.apply(record);
    this.#uncounted ||= news;
    return news;
  }

  /** A record about a span said nothing that was not known. */
  noteRepeated(record: TraceRecord): void {
    if (!REPEATABLE.has(record.event)) return;
    const { span_id: spanId } = record;
    addNote(this.run.notes, 'duplicate-record', typeof spanId === 'string' ? spanId : undefined);
    this.#uncounted = true;
  }

  touch(): void {
    this.#uncounted = true;
  }

  /** Prices what changed and gives the calls that are not claimed yet: key → numbers of their spans. */
  prepare(price: PriceLookup): Map<string, number[]> {
    const calls = new Map<string, number[]>();
    // A project may have prices of its own, and a run may tell late which one it is of.
    if (this.run.project !== this.#pricedFor) this.#changed(setCosts(this.run, price));
    for (const no of this.fold.takeChanged()) {
      this.#pending.add(no);
      const span = this.run.spans[no]!;
      setCost(span, price, this.run.project);
      this.#hasCalls ||= span.callKey !== undefined;
      if (span.callKey === undefined || span.usage === undefined || this.#claimed.has(span.callKey)) continue;
      const numbers = calls.get(span.callKey);
      if (numbers) numbers.push(no);
      else calls.set(span.callKey, [no]);
    }
    return calls;
  }

  /** Prices all calls anew. True when that changed anything. */
  reprice(price: PriceLookup): { repricing: Repricing; changed: boolean } {
    const { repricing, spans } = repriceRun(this.run, price);
    this.#changed(spans);
    return { repricing, changed: spans.length > 0 };
  }

  #changed(spans: readonly number[]): void {
    for (const no of spans) this.#pending.add(no);
    this.#uncounted ||= spans.length > 0;
    this.#pricedFor = this.run.project;
  }

  /** Marks the calls that another run counted first. */
  claimed(owners: ReadonlyMap<string, string>, calls: ReadonlyMap<string, readonly number[]>): void {
    for (const [key, numbers] of calls) {
      const owner = owners.get(key) ?? this.run.runId;
      if (owner === this.run.runId) {
        this.#claimed.add(key);
        continue;
      }
      for (const no of numbers) this.run.spans[no]!.duplicateOfRun = owner;
    }
  }

  /** The run that counted these calls first is gone: they count here, or wherever they are claimed before. */
  ownerGone(owner: string): void {
    for (const [no, span] of this.run.spans.entries()) {
      if (span.duplicateOfRun !== owner) continue;
      delete span.duplicateOfRun;
      this.fold.change(no);
      this.#uncounted = true;
    }
  }

  /** Marks the calls that repeat another call of this run (a subagent's file holds its parent's messages). */
  #markRepeats(): void {
    if (!this.#hasCalls) return;
    const { runId, spans } = this.run;
    const repeated = repeatedCalls(spans);
    for (let no = 0; no < spans.length; no++) {
      const span = spans[no]!;
      const owner = repeated[no] === 1 ? (span.duplicateOfRun ?? runId) : undefined;
      if (owner === runId && span.duplicateOfRun === undefined) span.duplicateOfRun = runId;
      else if (owner === undefined && span.duplicateOfRun === runId) delete span.duplicateOfRun;
      else continue;
      this.#pending.add(no);
    }
  }

  /** The spans to be written now. A released payload stays as it is stored. */
  pendingSpans(): StoredSpan[] {
    return [...this.#pending].map((no) => {
      const span = this.run.spans[no]!;
      return this.#released.has(no) ? { no, span, keepPayload: true } : { no, span };
    });
  }

  pendingRows(): SpanRow[] {
    const numberOf = (id: string): number | undefined => this.fold.exactNumberOf(id);
    return [...this.#pending].map((no) => rowOf(this.run.spans[no]!, no, numberOf));
  }

  /** Everything pending is in the store: payloads of finished spans need not stay in memory. */
  written(): void {
    for (const no of this.#pending) {
      const span = this.run.spans[no]!;
      if (span.endUs === undefined && this.run.status === 'running') continue;
      // Not deleted: an object that fields were deleted from takes 700 bytes more for ever. And not copied without them:
      // that took a twentieth of the time of storing a span.
      const payloads: { inputs?: JsonValue | undefined; outputs?: JsonValue | undefined } = span;
      if (payloads.inputs === undefined && payloads.outputs === undefined) continue;
      if (payloads.inputs !== undefined) payloads.inputs = undefined;
      if (payloads.outputs !== undefined) payloads.outputs = undefined;
      this.#released.add(no);
    }
    this.#pending = new Set();
  }

  get hasPending(): boolean {
    return this.#pending.size > 0 || this.#uncounted;
  }

  header(): RunHeader {
    return headerOf(this.run);
  }

  /** Of the last summary. */
  get judged(): JudgedFacts | undefined {
    return this.#judged;
  }

  /**
   * The summary; counted anew when something changed and counting is affordable, or when `force` says so. `busy`: much is
   * coming in.
   */
  summary(nowUs: number, force: boolean, busy = false): RunSummary {
    const nowMs = nowUs / 1000;
    // What it would cost now: a run that came in at full speed is many times as large as when it was counted last.
    const costMs = this.#countMs * this.run.spans.length;
    const idleMs = costMs / COUNTING_SHARE;
    const waitMs = busy ? Math.min(costMs / BUSY_SHARE, Math.max(BUSY_MS, idleMs)) : idleMs;
    const affordable = nowMs - this.#countedAtMs >= waitMs;
    if (!this.#summary || (this.#uncounted && (force || affordable))) {
      const started = performance.now();
      this.#markRepeats();
      const columns = columnsOf(this.run, (id) => this.fold.exactNumberOf(id));
      this.#summary = summaryOf(this.run, nowUs, prepare(this.run, columns));
      this.#judged = judgedFactsOf(this.#summary);
      this.#countMs = (performance.now() - started) / Math.max(1, this.run.spans.length);
      this.#countedAtMs = nowMs;
      this.#uncounted = false;
    }
    return this.#summary;
  }
}
