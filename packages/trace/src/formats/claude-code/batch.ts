import type { RunStartRecord, RunUpdateRecord, SpanRecord, TraceRecord } from '../../model/record.ts';

/** The records made of one chunk. What is told of a span within a chunk becomes one record. */
export class Batch {
  #records: TraceRecord[] = [];
  #number = 1;
  /** Lines before the first with a session id must wait for it: until then nothing is handed out. */
  runId: string | undefined;

  /** Counts the batches handed out. */
  get number(): number {
    return this.#number;
  }

  push(record: TraceRecord): void {
    this.#records.push(record);
  }

  /** The records since the last call. They are the taker's: nothing changes them afterwards. */
  take(): readonly TraceRecord[] {
    if (this.runId === undefined || this.#records.length === 0) return [];
    const records = this.#records;
    for (const record of records) record.run_id = this.runId;
    this.#records = [];
    this.#number++;
    return records;
  }
}

/** What is told of one span, piece by piece. */
export class SpanDraft {
  readonly spanId: string;
  readonly #batch: Batch;
  #record: SpanRecord | undefined;
  #number = 0;

  constructor(batch: Batch, spanId: string) {
    this.#batch = batch;
    this.spanId = spanId;
  }

  /** No record of the present batch tells of this span yet. */
  get fresh(): boolean {
    return this.#number !== this.#batch.number;
  }

  tell(fields: Partial<SpanRecord>): void {
    if (this.#record === undefined || this.fresh) {
      this.#record = { event: 'span', span_id: this.spanId };
      this.#number = this.#batch.number;
      this.#batch.push(this.#record);
    }
    const { attributes } = this.#record;
    Object.assign(this.#record, fields);
    if (attributes !== undefined && fields.attributes !== undefined)
      this.#record.attributes = { ...attributes, ...fields.attributes };
  }

  /** The span was taken for over, and goes on. */
  reopen(): void {
    this.tell({ status: 'running' });
    delete this.#record?.end_ts;
  }
}

/** What is told of the run: the first record starts it, later ones update it. */
export class RunDraft {
  readonly #batch: Batch;
  #record: RunStartRecord | RunUpdateRecord | undefined;
  #number = 0;
  #started = false;

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  /** `starts` is false in a subagent's file: when the run starts is its session's to say. */
  tell(fields: Partial<RunUpdateRecord>, starts: boolean): void {
    let record: RunStartRecord | RunUpdateRecord | undefined = this.#record;
    if (record === undefined || this.#number !== this.#batch.number) {
      const started: RunStartRecord | RunUpdateRecord = {
        event: starts && !this.#started ? 'run_start' : 'run_update',
      };
      record = started;
      this.#started ||= starts;
      this.#record = record;
      this.#number = this.#batch.number;
      this.#batch.push(started);
    }
    const { labels, attributes } = record;
    Object.assign(record, fields);
    if (labels !== undefined && fields.labels !== undefined) record.labels = { ...labels, ...fields.labels };
    if (attributes !== undefined && fields.attributes !== undefined)
      record.attributes = { ...attributes, ...fields.attributes };
  }
}
