import type { SpanRow } from '@tacho/trace/model/columns';
import type { PriceLookup } from '@tacho/trace/model/price';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Repricing } from '@tacho/trace/model/repricing';
import type { RunHeader, RunSource } from '@tacho/trace/model/run';
import type { RunSummary } from '@tacho/trace/model/summary';
import { nowUs as clockUs } from '@tacho/trace/model/time';
import {
  type Quarantined,
  type SourcePosition,
  type Store,
  StoreTroubleError,
  type StoreWriter,
} from '../store/store.ts';
import { ActiveRun } from './active-run.ts';
import { runsToLetGo, weightOf } from './memory.ts';
import { Outage } from './outage.ts';
import { repriceRun } from './reprice.ts';
import { settleRun } from './settle-run.ts';

/** Records that belong together: what a request, a chunk of a file or a flush of the recorder brought. */
export type Batch = {
  /** The run of records that name none. */
  runId?: string;
  records: readonly TraceRecord[];
  source?: RunSource;
  /** Written in the same transaction as the records, so that neither is ever ahead. */
  position?: SourcePosition;
  refused?: readonly Quarantined[];
  /** Its giver goes on giving meanwhile: it may wait a moment for more to share its transaction with. */
  bulk?: boolean;
  /** The source was read to its end and nobody follows it: runs of it without an end are over. */
  ended?: boolean;
};

export type Accepted = { accepted: number; duplicates: number; runs: string[] };

/** What became durable: runs by their summary, and the rows of their spans that changed, if anybody wanted them. */
export type Change = { runs: RunSummary[]; rows?: { runId: string; rows: SpanRow[] }[]; gone: string[] };

export type IngestOptions = {
  price: PriceLookup;
  /** True or false where the run's process can be looked up on this machine; undefined where it cannot. */
  processAlive?: (run: RunHeader) => boolean | undefined;
  nowUs?: () => number;
  /** Silence after which a run without open spans is over. */
  quietUs?: number;
  /** Silence after which a run with open spans is torn off, when nobody can say whether its process lives. */
  abandonedUs?: number;
  /** Takes secrets out of every record before it is folded. */
  redact?: (record: TraceRecord) => TraceRecord;
  /** Spans kept in memory for runs that nobody is writing to. */
  idleSpans?: number;
  /** Told once when the store begins to fail, and once with nothing when it works again. */
  onProblem?: (problem: string | undefined) => void;
  /** An outage of the store is over when nothing failed for this long. */
  calmMs?: number;
};

/** Options that have no default. */
type Optional = 'processAlive' | 'redact';

type Waiting = { batch: Batch; resolve(accepted: Accepted): void; reject(error: unknown): void };

const SECOND = 1e6;
/** Records taken into one transaction at most: bounds the memory and the time of the slowest answer. */
const RECORDS_PER_WRITE = 20_000;

/** A write of so many is one of many: nobody records as fast by hand … */
const BUSY_RECORDS = 2_000;
/** … and for so long there is more to be done than to count. */
const BUSY_MS = 500;

/** An import that gives nothing more for this long has come to its end, or waits for us. */
const GATHER_MS = 10;

/** The queue is full: the client should come back later. */
export class IngestBusyError extends Error {
  constructor() {
    super('Tacho is receiving more than it can store just now. Send the same records again in a second.');
    this.name = 'IngestBusyError';
  }
}

/** Records waiting to be stored at most, over all clients: beyond it a client is told to come back. */
const QUEUE_LIMIT = 400_000;

/**
 * The write path: records are folded into their runs, priced, counted, and written. Batches that arrive while a write
 * is under way share the next one, so the cost of making it durable is paid once for all of them.
 */
export class Ingest {
  readonly #store: Store;
  readonly #options: Required<Omit<IngestOptions, Optional>> & Pick<IngestOptions, Optional>;
  readonly #active = new Map<string, ActiveRun>();
  /** Runs that each source being read has brought. */
  readonly #bySource = new Map<string, Set<string>>();
  /** Runs of the batches being taken that the store does not have. */
  readonly #new = new Set<string>();
  readonly #listeners = new Map<(change: Change) => void, () => boolean>();
  #queue: Waiting[] = [];
  #queuedRecords = 0;
  /** The turn that comes last: writes and actions take turns in the order in which they were asked for. */
  #last: Promise<unknown> = Promise.resolve();
  /** The queue has its turn already. */
  #draining = false;
  #settling = false;
  #closed = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #outage: Outage;
  /** Much came in at this time. */
  #busyAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: Store, options: IngestOptions) {
    this.#store = store;
    this.#options = {
      nowUs: clockUs,
      quietUs: 300 * SECOND,
      abandonedUs: 1800 * SECOND,
      idleSpans: 50_000,
      onProblem: () => {},
      calmMs: 5_000,
      ...options,
    };
    this.#outage = new Outage(this.#options);
  }

  /** What the store fails with, until it has not failed for a while. */
  get problem(): string | undefined {
    return this.#outage.problem;
  }

  /** Looks after runs that are under way: ends those that are over, and counts again what was too costly to count at once. */
  startSettling(everyMs = 1000): void {
    this.#timer ??= setInterval(() => {
      // A store that is slower than the clock must not gather settlings.
      if (this.#settling) return;
      this.#settling = true;
      void this.settle()
        .catch(() => {})
        .finally(() => {
          this.#settling = false;
        });
    }, everyMs);
    this.#timer.unref();
  }

  /** `wantsRows` is asked before each change: making rows that nobody looks at cost a tenth of the time of writing spans. */
  onChange(listener: (change: Change) => void, wantsRows = () => true): () => void {
    this.#listeners.set(listener, wantsRows);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything in the batch is durable; rejects with nothing of it stored. */
  accept(batch: Batch): Promise<Accepted> {
    if (this.#queuedRecords > QUEUE_LIMIT) return Promise.reject(new IngestBusyError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject });
      this.#queuedRecords += batch.records.length;
      this.#work();
    });
  }

  /** Ends the running runs that are over. */
  async settle(runIds?: readonly string[]): Promise<void> {
    await this.#inTurn(async () => {
      const ids = runIds ?? [
        ...new Set([...(await this.#store.read((reader) => reader.running())), ...this.#active.keys()]),
      ];
      const touched = new Map<string, ActiveRun>();
      for (const runId of ids) {
        const active = await this.#known(runId);
        if (!active) continue;
        this.#settleRun(active, false);
        if (active.hasPending) touched.set(runId, active);
      }
      if (touched.size > 0) await this.#writeOrForget(touched, []);
      else if (this.#outage.lasts) await this.#tryAgain();
      this.#evict();
    });
    this.#outage.tellRecovery();
  }

  /** Removes a run, and tells those who listen. Calls that it counted and others have too count there from now on. */
  async deleteRun(runId: string): Promise<void> {
    await this.#inTurn(async () => {
      const heirs = new Map<string, ActiveRun>();
      for (const heirId of await this.#store.read((reader) => reader.leaningRuns(runId))) {
        const heir = await this.#known(heirId);
        if (!heir) continue;
        heir.ownerGone(runId);
        heirs.set(heirId, heir);
      }
      await this.#writeOrForget(heirs, [], { countAll: true, gone: runId });
      this.#active.delete(runId);
      this.#evict();
    });
  }

  /** Prices a stored run anew and tells those who listen, or only says what it would come to. Undefined: no such run. */
  async reprice(
    runId: string,
    { price = this.#options.price, dryRun = false }: { price?: PriceLookup; dryRun?: boolean } = {},
  ): Promise<Repricing | undefined> {
    let repricing: Repricing | undefined;
    await this.#inTurn(async () => {
      if (dryRun) {
        const stored = await this.#store.read((reader) => reader.run(runId));
        repricing = stored && repriceRun(stored, price).repricing;
        return;
      }
      const held = this.#active.has(runId);
      const active = await this.#known(runId);
      if (!active) return;
      const repriced = active.reprice(price);
      repricing = repriced.repricing;
      if (repriced.changed) await this.#writeOrForget(new Map([[runId, active]]), [], { countAll: true });
      // Repricing a whole store must not hold it in memory.
      if (!held) this.#active.delete(runId);
    });
    return repricing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#inTurn(() => this.#countAll()).catch(() => {});
    this.#closed = true;
    while (this.#draining) await this.#last;
  }

  /** What was too costly to count while records came in is counted before Tacho goes. */
  async #countAll(): Promise<void> {
    const uncounted = new Map([...this.#active].filter(([, active]) => active.hasPending));
    if (uncounted.size > 0) await this.#writeOrForget(uncounted, [], { countAll: true });
  }

  #work(): void {
    if (this.#draining || this.#queue.length === 0) return;
    this.#draining = true;
    void this.#alone(() => this.#drain()).finally(() => {
      this.#draining = false;
      this.#work();
    });
  }

  /** Runs `action` between two writes, never beside one. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      if (!this.#closed) await action();
    });
  }

  /** Another's failure is told to the other. */
  #alone(action: () => Promise<void>): Promise<void> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop, so that what arrives together is written together.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#gather();
    const taken: Waiting[] = [];
    let records = 0;
    while (this.#queue.length > 0 && (taken.length === 0 || records < RECORDS_PER_WRITE)) {
      const next = this.#queue.shift()!;
      taken.push(next);
      records += next.batch.records.length;
    }
    this.#queuedRecords -= records;
    await this.#take(taken);
    this.#evict();
  }

  /** Lets an import fill a transaction as long as more of it comes: 150 small files took 40 transactions, and take 6. */
  async #gather(): Promise<void> {
    for (let before = 0; this.#queue.length > before; ) {
      if (this.#queuedRecords >= RECORDS_PER_WRITE || !this.#queue.every(({ batch }) => batch.bulk)) return;
      before = this.#queue.length;
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }

  /** Stores batches together and answers each. One that nothing can be done with does not take the others down. */
  async #take(taken: readonly Waiting[]): Promise<void> {
    const touched = new Map<string, ActiveRun>();
    try {
      await this.#settleStored(taken);
      await this.#findNew(taken);
      const answers: Accepted[] = [];
      for (const { batch } of taken) answers.push(await this.#apply(batch, touched));
      await this.#writeOrForget(
        touched,
        taken.map(({ batch }) => batch),
      );
      // Only now: a batch that is taken again must find what its source has brought.
      for (const { batch } of taken) if (batch.ended && batch.source) this.#bySource.delete(batch.source.uri);
      for (const [i, { resolve }] of taken.entries()) resolve(answers[i]!);
    } catch (error) {
      this.#forget(touched);
      if (taken.length > 1 && !(error instanceof StoreTroubleError)) {
        for (const one of taken) await this.#take([one]);
        return;
      }
      if (error instanceof StoreTroubleError) this.#outage.failed(error.message);
      for (const { reject } of taken) reject(error);
    }
  }

  async #apply(batch: Batch, touched: Map<string, ActiveRun>): Promise<Accepted> {
    let accepted = 0;
    let current: ActiveRun | undefined;
    const runs = new Set<string>();
    // Files are read again as a matter of course; a client that sends a span twice is worth a note.
    const sent = batch.source === undefined || batch.source.format === 'otlp';
    for (const record of batch.records) {
      const runId = record.run_id ?? batch.runId;
      if (runId === undefined) continue;
      if (current?.run.runId !== runId) {
        current = touched.get(runId) ?? (await this.#activate(runId));
        touched.set(runId, current);
        runs.add(runId);
        if (batch.source && !current.run.source) {
          current.run.source = batch.source;
          current.touch();
        }
      }
      if (current.apply(this.#options.redact?.(record) ?? record)) accepted++;
      else if (sent) current.noteRepeated(record);
    }
    this.#noteSource(batch, runs, touched);
    return { accepted, duplicates: batch.records.length - accepted, runs: [...runs] };
  }

  #noteSource(batch: Batch, runs: ReadonlySet<string>, touched: Map<string, ActiveRun>): void {
    if (!batch.source) return;
    const { uri } = batch.source;
    const all = this.#bySource.get(uri) ?? new Set();
    for (const runId of runs) all.add(runId);
    if (all.size > 0) this.#bySource.set(uri, all);
    if (batch.ended !== true) return;
    for (const runId of all) {
      const active = touched.get(runId) ?? this.#active.get(runId);
      if (active && this.#settleRun(active, true)) touched.set(runId, active);
    }
  }

  #settleRun(active: ActiveRun, streamEnded: boolean): boolean {
    return settleRun(active, { ...this.#options, nowUs: this.#options.nowUs(), streamEnded });
  }

  /**
   * Ends the runs of sources that end, as far as they are not in memory: a few at a time, since a stream of 2 GB brings more
   * than there is room for. It comes before the batch that says so: when it fails, nothing of that is stored.
   */
  async #settleStored(taken: readonly Waiting[]): Promise<void> {
    for (const { batch } of taken) {
      if (batch.ended !== true || !batch.source) continue;
      const over = new Map<string, ActiveRun>();
      let spans = 0;
      const gone = [...(this.#bySource.get(batch.source.uri) ?? [])].filter((id) => !this.#active.has(id));
      // Of thousands of small files each ends, and nearly all are still in memory: nothing is to be asked then.
      if (gone.length === 0) continue;
      const running = new Set(await this.#store.read((reader) => reader.running()));
      for (const runId of gone.filter((id) => running.has(id))) {
        const stored = await this.#store.read((reader) => reader.run(runId));
        const active = stored && new ActiveRun(runId, stored);
        if (!active || !this.#settleRun(active, true)) continue;
        over.set(runId, active);
        spans += weightOf(active);
        if (spans <= this.#options.idleSpans) continue;
        await this.#writeOrForget(over, []);
        over.clear();
        spans = 0;
      }
      if (over.size > 0) await this.#writeOrForget(over, []);
    }
  }

  /** Which of the runs are new: to ask the store for each took a third of the time of importing many small files. */
  async #findNew(taken: readonly Waiting[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { batch } of taken) {
      for (const record of batch.records) {
        const runId = record.run_id ?? batch.runId;
        if (runId !== undefined && !this.#active.has(runId)) unknown.add(runId);
      }
    }
    this.#new.clear();
    if (unknown.size < 2) return;
    const stored = await this.#store.read((reader) => reader.storedRuns([...unknown]));
    for (const runId of unknown) if (!stored.has(runId)) this.#new.add(runId);
  }

  async #activate(runId: string): Promise<ActiveRun> {
    const known = this.#new.delete(runId) ? undefined : await this.#known(runId);
    if (known) return known;
    const active = new ActiveRun(runId);
    this.#active.set(runId, active);
    active.usedAtMs = performance.now();
    return active;
  }

  /** The run if there is one: what looks after runs must not make one that somebody has deleted. */
  async #known(runId: string): Promise<ActiveRun | undefined> {
    let active = this.#active.get(runId);
    if (!active) {
      const stored = await this.#store.read((reader) => reader.run(runId));
      if (!stored) return undefined;
      active = new ActiveRun(runId, stored);
      this.#active.set(runId, active);
    }
    active.usedAtMs = performance.now();
    return active;
  }

  async #writeOrForget(
    touched: ReadonlyMap<string, ActiveRun>,
    batches: readonly Batch[],
    wish: { countAll?: boolean; gone?: string } = {},
  ): Promise<void> {
    try {
      await this.#write(touched, batches, wish);
    } catch (error) {
      this.#forget(touched);
      if (error instanceof StoreTroubleError) this.#outage.failed(error.message);
      throw error;
    }
  }

  /** What was folded is not stored: the store's copy is the truth. */
  #forget(touched: ReadonlyMap<string, ActiveRun>): void {
    for (const runId of touched.keys()) this.#active.delete(runId);
  }

  /** Nobody may have anything to store just now: whether it can be stored again is to be known all the same. */
  async #tryAgain(): Promise<void> {
    await this.#store.write((writer) => writer.prove());
    this.#outage.wrote();
  }

  async #write(
    touched: ReadonlyMap<string, ActiveRun>,
    batches: readonly Batch[],
    { countAll = false, gone }: { countAll?: boolean; gone?: string },
  ): Promise<void> {
    const nowUs = this.#options.nowUs();
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    const busy = this.#isBusy(records);
    const runs: RunSummary[] = [];
    await this.#store.write(async (writer) => {
      if (gone !== undefined) await writer.deleteRun(gone);
      for (const [runId, active] of touched) {
        const calls = active.prepare(this.#options.price);
        if (calls.size > 0) active.claimed(await writer.claimCalls(runId, [...calls.keys()]), calls);
        const summary = active.summary(nowUs, countAll || active.run.status !== 'running', busy);
        await writer.putSpans(runId, active.pendingSpans());
        await writer.putRun(active.header(), summary, active.judged);
        runs.push(summary);
      }
      await this.#putSources(writer, batches);
    });
    this.#outage.wrote();
    const wanted = [...this.#listeners.values()].some((wantsRows) => wantsRows());
    const rows = wanted
      ? [...touched].map(([runId, active]) => ({ runId, rows: active.pendingRows() }))
      : undefined;
    for (const active of touched.values()) active.written();
    this.#tell({
      runs,
      ...(rows && { rows: rows.filter((changed) => changed.rows.length > 0) }),
      gone: gone === undefined ? [] : [gone],
    });
  }

  /** Whether much comes in, now or a moment ago. */
  #isBusy(records: number): boolean {
    const nowMs = performance.now();
    if (this.#queue.length > 0 || records >= BUSY_RECORDS) this.#busyAtMs = nowMs;
    return nowMs - this.#busyAtMs < BUSY_MS;
  }

  async #putSources(writer: StoreWriter, batches: readonly Batch[]): Promise<void> {
    const positions = new Map<string, SourcePosition>();
    for (const { position } of batches) if (position) positions.set(position.uri, position);
    for (const position of positions.values()) await writer.putPosition(position);
    const refused = batches.flatMap((batch) => batch.refused ?? []);
    if (refused.length > 0) await writer.putQuarantine(refused);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners.keys()) listener(change);
  }

  #evict(): void {
    for (const runId of runsToLetGo(this.#active, this.#options.idleSpans)) this.#active.delete(runId);
  }
}
