import { nowUs } from '@tacho/trace/model/time';
import type { LiveMessages } from '@tacho/trace/wire/live';

export type StreamPhase = 'connecting' | 'live' | 'reconnecting';

/** What a stream tells its listeners. Everything in it can be posted between threads. */
export type StreamNews =
  | { type: 'phase'; phase: StreamPhase }
  /** Server clock minus ours, in µs. */
  | { type: 'clock'; offsetUs: number }
  /** What was known is too old to be continued: fetch it again. */
  | { type: 'fresh' }
  | { type: 'runs'; id: string; data: LiveMessages['runs'] }
  | { type: 'spans'; id: string; data: LiveMessages['spans'] }
  | { type: 'gone'; id: string; data: LiveMessages['gone'] };

/** What is used of an EventSource. */
export type EventSourceLike = {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
};

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 3_000;

/** Splits `epoch:sequence`. An id without a sequence is before all others of its epoch. */
export function parseLiveId(id: string): { epoch: string; sequence: number } {
  const at = id.lastIndexOf(':');
  const sequence = Number(id.slice(at + 1));
  return { epoch: at < 0 ? id : id.slice(0, at), sequence: Number.isFinite(sequence) ? sequence : -1 };
}

/** The older of two ids; `undefined` when they cannot be compared, being of different server processes. */
export function olderLiveId(a: string, b: string): string | undefined {
  const left = parseLiveId(a);
  const right = parseLiveId(b);
  if (left.epoch !== right.epoch) return undefined;
  return left.sequence <= right.sequence ? a : b;
}

/**
 * The connection to `GET /events`. Reconnects for ever, with growing pauses, and resumes by the id of the last message.
 * Does it itself rather than leave it to EventSource, which gives up for good after some errors (a proxy's 502).
 */
export class LiveStream {
  readonly #open: (url: string) => EventSourceLike;
  readonly #tell: (news: StreamNews) => void;
  #source: EventSourceLike | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastId: string | undefined;
  #runs: readonly string[] = [];
  #phase: StreamPhase = 'connecting';
  #closed = false;

  constructor(open: (url: string) => EventSourceLike, tell: (news: StreamNews) => void) {
    this.#open = open;
    this.#tell = tell;
  }

  get phase(): StreamPhase {
    return this.#phase;
  }

  /** The newest message that was told; undefined before the first. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** Runs whose spans the stream brings now. */
  get runs(): readonly string[] {
    return this.#runs;
  }

  /**
   * Listens for these runs, missing nothing after `afterId` (what an answer said) nor after the last message. Where the two
   * belong to different server processes, the listeners are told to fetch again.
   */
  listen(runs: readonly string[], afterId: string | undefined): void {
    if (afterId !== undefined) {
      if (this.#lastId === undefined) this.#lastId = afterId;
      else {
        const older = olderLiveId(this.#lastId, afterId);
        this.#lastId = older ?? afterId;
        if (older === undefined) this.#tell({ type: 'fresh' });
      }
    }
    this.#runs = [...runs].sort();
    this.#connect();
  }

  /** Tries at once, instead of at the end of the pause. */
  retry(): void {
    if (this.#phase !== 'live' && !this.#closed) this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #connect(): void {
    this.#drop();
    const params = new URLSearchParams();
    for (const run of this.#runs) params.append('run', run);
    const after = this.#lastId;
    if (after !== undefined) params.set('after', after);
    const source = this.#open(`/events?${params}`);
    this.#source = source;
    const on = (type: string, use: (data: never, id: string) => void): void =>
      source.addEventListener(type, (event) => {
        // A message that was under way while the source was replaced.
        if (this.#source !== source) return;
        use(JSON.parse(event.data) as never, event.lastEventId);
      });
    on('hello', (data: LiveMessages['hello']) => {
      this.#failures = 0;
      this.#tell({ type: 'clock', offsetUs: data.nowUs - nowUs() });
      if (after === undefined) {
        this.#lastId = data.id;
        this.#tell({ type: 'fresh' });
      }
      this.#enter('live');
    });
    on('reset', (data: LiveMessages['reset']) => {
      this.#lastId = data.id;
      this.#tell({ type: 'fresh' });
    });
    for (const type of ['runs', 'spans', 'gone'] as const) {
      on(type, (data: never, id) => {
        if (id !== '') this.#lastId = id;
        this.#tell({ type, id, data } as StreamNews);
      });
    }
    source.addEventListener('error', () => {
      if (this.#source === source) this.#fail();
    });
  }

  #fail(): void {
    this.#drop();
    this.#enter('reconnecting');
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    // Spread out, so that many browsers do not come back in the same instant.
    this.#timer = setTimeout(() => this.#connect(), waitMs * (0.75 + Math.random() * 0.5));
  }

  #enter(phase: StreamPhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#tell({ type: 'phase', phase });
  }
}
