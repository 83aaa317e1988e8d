import { contentId } from '../../model/ids.ts';
import type { TraceRecord } from '../../model/record.ts';

/** Fields that a start may have said at length already: prompts, documents, arguments. */
const PAYLOADS = ['inputs', 'outputs', 'attributes'] as const;

/** One trace as long as spans of it are open here: what was written of it, and when it is over. */
export class OpenTrace {
  /** The root span began in this process: here it is known when the trace ends. */
  isHome = false;
  rootFailed = false;
  /** Its end was written, and a further span has begun. */
  isResumed = false;
  #run = '';
  /** Payloads of each open span as they were written at its start, by their content. */
  readonly #open = new Map<string, Map<string, string>>();

  get openSpans(): number {
    return this.#open.size;
  }

  /** Says whether a record about the run itself tells something new. */
  isNews(record: TraceRecord): boolean {
    const { ts: _, ...said } = record;
    const run = JSON.stringify(said);
    if (run === this.#run) return false;
    this.#run = run;
    return true;
  }

  start(spanId: string, records: readonly TraceRecord[]): void {
    const written = new Map<string, string>();
    for (const record of records) {
      if (!('span_id' in record)) continue;
      for (const field of PAYLOADS) {
        if (record[field] !== undefined) written.set(field, contentOf(record[field]));
      }
    }
    this.#open.set(spanId, written);
  }

  /** Ends a span; takes out of its records what its start said just so. */
  end(spanId: string, records: readonly TraceRecord[]): void {
    const written = this.#open.get(spanId);
    this.#open.delete(spanId);
    if (written === undefined) return;
    for (const record of records) {
      if (!('span_id' in record)) continue;
      for (const field of PAYLOADS) {
        if (record[field] !== undefined && written.get(field) === contentOf(record[field]))
          delete record[field];
      }
    }
  }
}

function contentOf(value: unknown): string {
  return contentId(JSON.stringify(value));
}
