import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { IngestAnswer } from '@tacho/trace/wire/runs';
import type { Accepted, RecordBatch, RecordSink } from '../sources/record-sink.ts';
import { problemIn } from './api-problem.ts';

const compress = promisify(gzip);

/** Below this, compressing costs more than sending to the same machine. */
const WORTH_GZIP_CHARS = 64 * 1024;
/** Characters in one request: the server takes 64 MiB, and a record may have one. */
const REQUEST_CHARS = 8 * 1024 * 1024;
/** A server that is busy, or whose disk is full, is asked again for this long. */
const PATIENCE_MS = 60_000;
/** Requests under way at one time: the server writes together what arrives together. */
const REQUESTS = 8;
const BUSY = new Set([429, 503]);

/** Sends what sources deliver to a running server. */
export class RemoteSink implements RecordSink {
  readonly #request: (path: string, init: RequestInit) => Promise<Response>;

  #sending = 0;
  readonly #waiting: (() => void)[] = [];
  #earlier: Promise<unknown> = Promise.resolve();

  constructor(request: (path: string, init: RequestInit) => Promise<Response>) {
    this.#request = request;
  }

  /** That a source ended is told after everything of it, although its records are sent side by side. */
  async accept(batch: RecordBatch): Promise<Accepted> {
    const earlier = this.#earlier;
    const sent = this.#inTurn(() => this.#sendRecords(batch));
    this.#earlier = Promise.allSettled([earlier, sent]);
    const answer = await sent;
    await earlier;
    await this.#tellSource(batch);
    return answer;
  }

  async #inTurn<T>(send: () => Promise<T>): Promise<T> {
    if (this.#sending >= REQUESTS) await new Promise<void>((wake) => this.#waiting.push(wake));
    else this.#sending++;
    try {
      return await send();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#sending--;
    }
  }

  async #sendRecords(batch: RecordBatch): Promise<Accepted> {
    const total: Accepted = { accepted: 0, duplicates: 0, runs: [] };
    const runs = new Set<string>();
    for (const body of bodiesOf(batch)) {
      const answer = await this.#post(body, batch);
      total.accepted += answer.accepted;
      total.duplicates += answer.duplicates;
      for (const run of answer.runs) runs.add(run);
    }
    return { ...total, runs: [...runs] };
  }

  /** Once the records are stored: how far the source was read, what of it was refused, and whether it ended. */
  async #tellSource({ source, position, refused = [], ended }: RecordBatch): Promise<void> {
    if (position === undefined && refused.length === 0 && ended !== true) return;
    const body = JSON.stringify({ ...source, position, refused, ended });
    await this.#send('/api/sources', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  }

  async #post(body: string, { source }: RecordBatch): Promise<IngestAnswer> {
    const zipped = body.length > WORTH_GZIP_CHARS;
    const init: RequestInit = {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        'tacho-source': encodeURIComponent(JSON.stringify(source)),
        ...(zipped && { 'content-encoding': 'gzip' }),
      },
      body: zipped ? await compress(body) : body,
    };
    return (await (await this.#send('/v1/telemetry', init)).json()) as IngestAnswer;
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#request(path, init);
      if (answer.ok) return answer;
      if (!BUSY.has(answer.status) || performance.now() > deadline) throw await problemIn(answer);
      const waitS = Number(answer.headers.get('retry-after')) || 1;
      await answer.body?.cancel();
      await new Promise((wake) => setTimeout(wake, Math.min(waitS, 10) * 1_000));
    }
  }
}

/** The records as requests' bodies, each record with its run. */
function* bodiesOf({ records, runId }: RecordBatch): Generator<string> {
  let lines: string[] = [];
  let length = 0;
  for (const record of records) {
    const line = JSON.stringify(record.run_id === undefined ? { ...record, run_id: runId } : record);
    if (length > 0 && length + line.length > REQUEST_CHARS) {
      yield `${lines.join('\n')}\n`;
      lines = [];
      length = 0;
    }
    lines.push(line);
    length += line.length + 1;
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}
