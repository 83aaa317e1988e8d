import { type JsonObject, putFields } from '../model/json.ts';
import type {
  RunStartRecord,
  RunUpdateRecord,
  SpanFields,
  SpanRecord,
  TraceRecord,
} from '../model/record.ts';
import { usToSeconds } from '../model/time.ts';

/** What is told of a span: the fields of a record without those that make it one. */
export type SpanNews = SpanFields & { ts?: number; end_ts?: number; estimated?: boolean };
type RunNews = Partial<RunUpdateRecord>;

/** Records made of one piece of a source. What is told of a span, or of the run, within one piece becomes one record. */
export class RecordBatch {
  /** Lines before the first that names the run must wait for it: until then nothing is handed out. */
  runId: string | undefined;
  /** False where another file says when the run starts: a subagent's, a continuation's. */
  startsRun = true;
  #records: TraceRecord[] = [];
  readonly #spans = new Map<string, SpanRecord>();
  #run: RunStartRecord | RunUpdateRecord | undefined;
  #started = false;

  span(spanId: string, news: SpanNews): void {
    let record = this.#spans.get(spanId);
    if (record === undefined) {
      record = { event: 'span', span_id: spanId };
      this.#spans.set(spanId, record);
      this.#records.push(record);
    }
    merge(record, news);
  }

  /** The span was taken for over, and goes on. */
  reopen(spanId: string): void {
    this.span(spanId, { status: 'running' });
    delete this.#spans.get(spanId)?.end_ts;
  }

  run(news: RunNews): void {
    if (this.#run === undefined) {
      const record: RunStartRecord | RunUpdateRecord = {
        event: this.startsRun && !this.#started ? 'run_start' : 'run_update',
      };
      this.#started ||= this.startsRun;
      this.#run = record;
      this.#records.push(record);
    }
    merge(this.#run, news);
  }

  /** A point in time in a span. */
  event(spanId: string, name: string, us: number, attributes: JsonObject = {}, level?: string): void {
    this.push({
      event: 'span_event',
      span_id: spanId,
      name,
      ts: usToSeconds(us),
      ...(level !== undefined && { level }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    });
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
    this.#spans.clear();
    this.#run = undefined;
    return records;
  }
}

function merge(record: TraceRecord, news: SpanNews | RunNews): void {
  const { attributes, labels } = record as { attributes?: JsonObject; labels?: JsonObject };
  Object.assign(record, news);
  if (attributes !== undefined && news.attributes !== undefined)
    record.attributes = joined(attributes, news.attributes);
  if (labels !== undefined && 'labels' in news && news.labels !== undefined)
    record.labels = joined(labels, news.labels as JsonObject);
}

function joined(known: JsonObject, more: JsonObject): JsonObject {
  const all: JsonObject = {};
  putFields(all, known);
  putFields(all, more);
  return all;
}
