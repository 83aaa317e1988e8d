import type { SpanRow } from '@tacho/trace/model/columns';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { LiveEvent, LiveMessages } from '@tacho/trace/wire/live';
import type { Change } from '../ingest/ingest.ts';

/** Changes go out this far apart, gathered meanwhile: the page draws ten times a second, more is waste. */
const GATHER_MS = 40;
/** Rows and summaries kept for clients that come back. Beyond it they fetch again. */
const KEPT_ITEMS = 50_000;
/** A client that has this much unsent is dropped: it resumes by its last id. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
const HEARTBEAT_MS = 10_000;
/** Nobody looked for this long: whoever comes back then fetches anew. */
const ATTENTION_MS = 60_000;

type Entry = { sequence: number; event: LiveEvent; runId?: string; items: number; bytes(): Uint8Array };

export type Subscription = { runs: ReadonlySet<string>; after?: string };

/** Everything that became durable, as a stream that clients can leave and take up again. */
export class LiveHub {
  /** Tells the streams of two server processes apart. */
  readonly #epoch = Date.now().toString(36);
  readonly #nowUs: () => number;
  readonly #clients = new Set<Client>();
  #sequence = 0;
  #kept: Entry[] = [];
  #keptItems = 0;
  #runs = new Map<string, RunSummary>();
  #rows = new Map<string, Map<number, SpanRow>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushedAtMs = 0;
  /** When somebody last looked at the stream, or asked where it stands. */
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  /** Where the stream stands: a client that fetched something now misses nothing when it listens from here. */
  get id(): string {
    this.#flush();
    this.#lookedAtMs = performance.now();
    return `${this.#epoch}:${this.#sequence}`;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Whether anybody is there, or may come back and ask what happened. */
  get watched(): boolean {
    return this.#clients.size > 0 || performance.now() - this.#lookedAtMs < ATTENTION_MS;
  }

  publish(change: Change): void {
    if (!change.rows) {
      this.#skip();
      return;
    }
    for (const run of change.runs) this.#runs.set(run.runId, run);
    for (const { runId, rows } of change.rows) {
      const gathered = this.#rows.get(runId) ?? new Map<number, SpanRow>();
      for (const row of rows) gathered.set(row.no, row);
      this.#rows.set(runId, gathered);
    }
    if (change.gone.length > 0) {
      this.#flush();
      this.#emit('gone', change.gone.length, undefined, { runIds: change.gone });
    }
    // What comes after a silence goes out at once: at a thousand spans a second it saves most of them 30 ms.
    const dueMs = this.#flushedAtMs + GATHER_MS - performance.now();
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, dueMs));
  }

  /** A stream of server-sent events: first what the client missed, then what happens. */
  stream(subscription: Subscription): ReadableStream<Uint8Array> {
    this.#flush();
    let client: Client;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = new Client(controller, subscription.runs);
          this.#clients.add(client);
          this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
          this.#heartbeat.unref();
          this.#welcome(client, subscription.after);
        },
        cancel: () => this.#leave(client),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BACKLOG_BYTES }),
    );
  }

  /** Ends all streams: clients reconnect to whoever serves next. */
  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#heartbeat);
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #welcome(client: Client, after: string | undefined): void {
    const id = `${this.#epoch}:${this.#sequence}`;
    const missed = after === undefined ? [] : this.#missed(client, after);
    client.send(encoder.encode('retry: 500\n\n'));
    client.send(frame(undefined, 'hello', { id, nowUs: this.#nowUs() }));
    if (missed === undefined) {
      client.send(frame(id, 'reset', { id }));
      return;
    }
    for (const bytes of missed) this.#send(client, bytes);
  }

  /**
   * What a client missed; undefined when that is no longer known, or more than may wait: a client that is sent it at once
   * would be dropped, come back with the same id, and be dropped again.
   */
  #missed(client: Client, after: string): Uint8Array[] | undefined {
    const messages: Uint8Array[] = [];
    let room = BACKLOG_BYTES / 2;
    const missed = this.#since(after);
    for (const entry of missed ?? []) {
      if (!client.wants(entry)) continue;
      const bytes = entry.bytes();
      messages.push(bytes);
      room -= bytes.length;
      if (room < 0) return undefined;
    }
    return missed && messages;
  }

  /** What came after an id; undefined when that is no longer known here. */
  #since(after: string): Entry[] | undefined {
    const [epoch, text] = after.split(':');
    const sequence = Number(text);
    if (epoch !== this.#epoch || !Number.isInteger(sequence) || sequence > this.#sequence) return undefined;
    const oldest = this.#kept[0]?.sequence ?? this.#sequence + 1;
    if (sequence + 1 < oldest) return undefined;
    return this.#kept.filter((entry) => entry.sequence > sequence);
  }

  /** Something happened that is not kept: whoever was here before it is told to fetch anew. */
  #skip(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sequence++;
    this.#kept = [];
    this.#keptItems = 0;
    this.#runs.clear();
    this.#rows.clear();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAtMs = performance.now();
    const [runs, rows] = [this.#runs, this.#rows];
    if (runs.size === 0 && rows.size === 0) return;
    this.#runs = new Map();
    this.#rows = new Map();
    // Spans before summaries: a page that learns that a run is over has its last span already.
    for (const [runId, changed] of rows) {
      this.#emit('spans', changed.size, runId, { runId, rows: [...changed.values()] });
    }
    if (runs.size > 0) this.#emit('runs', runs.size * 4, undefined, { runs: [...runs.values()] });
  }

  #emit<E extends 'runs' | 'spans' | 'gone'>(
    event: E,
    items: number,
    runId: string | undefined,
    data: Omit<LiveMessages[E], 'sentUs'>,
  ): void {
    const sequence = ++this.#sequence;
    const sentUs = this.#nowUs();
    let bytes: Uint8Array | undefined;
    const entry: Entry = {
      sequence,
      event,
      items,
      ...(runId !== undefined && { runId }),
      // Written once, for all clients together, and only when somebody listens.
      bytes: () => {
        bytes ??= frame(`${this.#epoch}:${sequence}`, event, { sentUs, ...data });
        return bytes;
      },
    };
    this.#kept.push(entry);
    this.#keptItems += items;
    while (this.#keptItems > KEPT_ITEMS && this.#kept.length > 1)
      this.#keptItems -= this.#kept.shift()!.items;
    for (const client of this.#clients) if (client.wants(entry)) this.#send(client, entry.bytes());
  }

  #send(client: Client, bytes: Uint8Array): void {
    if (client.send(bytes)) return;
    client.drop();
    this.#leave(client);
  }

  #beat(): void {
    const bytes = encoder.encode(`: ${this.#nowUs()}\n\n`);
    for (const client of this.#clients) this.#send(client, bytes);
  }

  #leave(client: Client): void {
    this.#clients.delete(client);
    this.#lookedAtMs = performance.now();
    if (this.#clients.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

class Client {
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #runs: ReadonlySet<string>;

  constructor(controller: ReadableStreamDefaultController<Uint8Array>, runs: ReadonlySet<string>) {
    this.#controller = controller;
    this.#runs = runs;
  }

  wants(entry: Entry): boolean {
    return entry.runId === undefined || this.#runs.has(entry.runId);
  }

  /** False when the client does not keep up. */
  send(bytes: Uint8Array): boolean {
    const room = this.#controller.desiredSize;
    if (room === null || room <= 0) return false;
    this.#controller.enqueue(bytes);
    return true;
  }

  /**
   * Ends the connection and what waits in it. An orderly end would wait until all of it is read, which a sleeping page
   * never does: its 4 MiB would stay for ever.
   */
  drop(): void {
    // The HTTP server prints this as it is, and closes the connection.
    this.#controller.error(
      'tacho: a page that did not read its live stream was dropped; it can go on where it was.',
    );
  }

  end(): void {
    try {
      this.#controller.close();
    } catch {
      // Already closed by the other side.
    }
  }
}

const encoder = new TextEncoder();

function frame<E extends LiveEvent>(
  id: string | undefined,
  event: E,
  data: Omit<LiveMessages[E], 'sentUs'> & { sentUs?: number },
): Uint8Array {
  const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  return encoder.encode(text);
}
