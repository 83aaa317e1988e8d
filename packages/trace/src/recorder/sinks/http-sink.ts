import { clockUs, secondsText } from '../clock.ts';
import type { HttpAnswer, Platform } from '../platform.ts';
import type { Sink } from '../sink.ts';
import { Backlog, droppedLine } from './backlog.ts';

export type HttpSinkOptions = {
  /** The server's address: `http://127.0.0.1:7007`. */
  url: string;
  token?: string;
  gzip?: boolean;
  /** The run of all records that come; default: the one that `run_start` names. */
  runId?: string;
  /** Characters that wait while the server cannot be reached; default 16 million. */
  maxWaiting?: number;
  /** How long `flush` and `close` wait for a server that does not answer, in milliseconds; default 5000. */
  giveUpMs?: number;
};

/** Short enough for a live view, long enough for one request to carry many records. */
const BATCH_MS = 100;
const BATCH_LENGTH = 1 << 20;
const LAST_MOMENT_MS = 1000;
const TIMEOUT_MS = 15_000;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;

type Verdict = 'done' | 'again' | 'smaller' | 'refused' | 'locked-out';

const VERDICTS: Record<number, Verdict> = {
  401: 'locked-out',
  403: 'locked-out',
  404: 'locked-out',
  408: 'again',
  413: 'smaller',
  425: 'again',
  429: 'again',
};

/**
 * Sends records to a Tacho server: in batches, one request at a time, again and again with growing pauses while the server
 * is away. What does not fit into memory meanwhile is dropped, counted, told once, and reported in the run itself.
 */
export class HttpSink implements Sink {
  readonly #platform: Platform;
  readonly #options: HttpSinkOptions;
  readonly #address: string;
  readonly #headers: Record<string, string>;
  readonly #backlog: Backlog;
  #prefix = '{';
  #sending: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #failures = 0;
  /** What the server asked for by Retry-After. */
  #notBeforeMs = 0;
  #batchLength = BATCH_LENGTH;
  #lockedOut = false;
  #hurried = false;
  #answered = false;
  #held = false;
  #reported = 0;
  readonly #told = new Set<string>();

  constructor(options: HttpSinkOptions, platform: Platform) {
    this.#options = options;
    this.#platform = platform;
    this.#address = `${options.url.replace(/\/+$/, '')}/v1/telemetry`;
    this.#backlog = new Backlog(options.maxWaiting ?? 16_000_000);
    if (options.runId !== undefined) this.#prefix = `{"run_id":${JSON.stringify(options.runId)},`;
    this.#headers = {
      'content-type': 'application/x-ndjson',
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    };
  }

  write(lines: string): void {
    if (this.#lockedOut) {
      this.#backlog.countDropped(lines.split('\n').length - 1);
      return;
    }
    if (this.#prefix === '{' && lines.startsWith('{"event":"run_start"')) {
      const runId = /"run_id":("(?:[^"\\]|\\.)*")/.exec(lines)?.[1];
      if (runId !== undefined) this.#prefix = `{"run_id":${runId},`;
    }
    if (this.#backlog.add(lines)) {
      this.#tell(
        'dropped',
        `${this.#options.url} takes nothing in, and memory for waiting records is full: the oldest are dropped.`,
      );
    }
    if (this.#failures === 0 && this.#backlog.size >= this.#batchLength) this.#sendNow();
    else this.#sendIn(this.#failures === 0 ? BATCH_MS : this.#pauseMs());
  }

  /** Waits until everything is out, or until the server has had its time. Whoever waits for it keeps the process alive. */
  async flush(): Promise<void> {
    if (this.#backlog.count === 0 && this.#sending === undefined) return;
    let expired = false;
    const cancel = this.#platform.later(this.#options.giveUpMs ?? 5000, () => {
      expired = true;
      wake?.();
    });
    let wake: (() => void) | undefined;
    const overdue = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#hurried = true;
    while (!expired && !this.#lockedOut && (this.#backlog.count > 0 || this.#sending !== undefined)) {
      if (this.#sending === undefined) this.#sendNow();
      // A failed attempt leaves a pause behind; a flush goes on after a shorter one.
      await Promise.race([this.#sending, overdue]);
      if (this.#failures > 0 && !expired) {
        const pauseMs = Math.max(200 * this.#failures, this.#notBeforeMs - Date.now());
        await Promise.race([this.#sleep(pauseMs), overdue]);
      }
    }
    this.#hurried = false;
    cancel();
    if (this.#backlog.count > 0) {
      this.#tell('left', `${this.#backlog.count} records have not reached ${this.#options.url}.`);
    }
  }

  close(): Promise<void> {
    return this.flush();
  }

  /** The process or page is going: what waits is sent off without waiting for an answer. */
  sendLast(): void {
    if (this.#lockedOut || this.#backlog.count === 0 || this.#failures > 0) return;
    this.#post(this.#backlog.take(Number.POSITIVE_INFINITY), true).catch(() => {});
  }

  /**
   * The program is done and did not wait for `end()`. A server that has been answering gets a moment for the last batch; one
   * that never answered, or is away, does not hold the process for a millisecond.
   */
  finishUnawaited(): void {
    if (!this.#answered || this.#failures > 0 || this.#held) return;
    if (this.#backlog.count === 0 && this.#sending === undefined) return;
    this.#held = true;
    const release = this.#platform.keepAlive();
    this.#platform.later(LAST_MOMENT_MS, release);
    this.flush().then(release, release);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#platform.later(ms, resolve));
  }

  #sendIn(ms: number): void {
    if (this.#sending !== undefined) return;
    this.#cancelTimer ??= this.#platform.later(ms, () => {
      this.#cancelTimer = undefined;
      this.#sendNow();
    });
  }

  #sendNow(): void {
    if (this.#sending !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
      // Lines that came after the last look.
      if (this.#backlog.count > 0 && this.#failures === 0 && !this.#lockedOut) this.#sendIn(BATCH_MS);
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#backlog.count > 0) {
      const lines = this.#backlog.take(this.#batchLength);
      const answer = await this.#post(lines, false).catch(() => undefined);
      const verdict = answer === undefined ? 'again' : verdictOf(answer.status);
      if (verdict === 'again' || (verdict === 'smaller' && lines.length > 1)) {
        this.#backlog.putBack(lines);
        if (verdict === 'smaller') {
          this.#batchLength = Math.max(1, Math.ceil(lines.join('').length / 2));
          continue;
        }
        this.#failures++;
        this.#notBeforeMs = Date.now() + retryAfterMs(answer?.retryAfter);
        if (!this.#hurried) {
          this.#cancelTimer = this.#platform.later(this.#pauseMs(), () => {
            this.#cancelTimer = undefined;
            this.#sendNow();
          });
        }
        if (this.#failures === 3) {
          this.#tell(
            'away',
            `${this.#options.url} cannot be reached. The program goes on; Tacho tries again.`,
          );
        }
        return;
      }
      this.#failures = 0;
      this.#answered = true;
      if (verdict === 'done') this.#noteRefused(answer!);
      else this.#giveUpOn(lines, answer!, verdict);
      if (this.#lockedOut) return;
      this.#reportDropped();
    }
  }

  #post(lines: readonly string[], last: boolean): Promise<HttpAnswer> {
    let body = '';
    for (const line of lines) {
      body += line.startsWith('{"event":"run_start"') ? line : this.#prefix + line.slice(1);
    }
    return this.#platform.transport({
      url: this.#address,
      headers: this.#headers,
      body,
      gzip: this.#options.gzip === true,
      last,
      timeoutMs: TIMEOUT_MS,
    });
  }

  #giveUpOn(lines: readonly string[], answer: HttpAnswer, verdict: Verdict): void {
    this.#backlog.countDropped(lines.length);
    if (verdict === 'locked-out') {
      this.#lockedOut = true;
      this.#backlog.countDropped(this.#backlog.take(Number.POSITIVE_INFINITY).length);
    }
    const why = answer.status === 404 ? 'is no Tacho server' : `refuses records (HTTP ${answer.status})`;
    const token = answer.status === 401 || answer.status === 403 ? ' Is TACHO_TOKEN set, and right?' : '';
    this.#tell('refused', `${this.#options.url} ${why}: ${lines.length} dropped.${token}`);
  }

  #noteRefused(answer: HttpAnswer): void {
    let refused: unknown;
    try {
      refused = (JSON.parse(answer.text) as { refused?: unknown }).refused;
    } catch {
      return;
    }
    if (!Array.isArray(refused) || refused.length === 0) return;
    this.#backlog.countDropped(refused.length);
    this.#tell(
      'refused',
      `${this.#options.url} refused a record: ${JSON.stringify(refused[0]).slice(0, 300)}`,
    );
  }

  #reportDropped(): void {
    const { dropped } = this.#backlog;
    if (dropped === this.#reported) return;
    this.#reported = dropped;
    this.#backlog.add(droppedLine(secondsText(clockUs()), dropped));
    this.#tell('reported', `${dropped} records for ${this.#options.url} had to be dropped.`);
  }

  /** Doubles with every failure; up to half of it at random, so that many clients do not come back at once. */
  #pauseMs(): number {
    const doubled = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, this.#failures - 1));
    return Math.max(this.#notBeforeMs - Date.now(), doubled * (0.5 + Math.random() / 2));
  }

  #tell(about: string, sentence: string): void {
    if (this.#told.has(about)) return;
    this.#told.add(about);
    this.#platform.tell(sentence);
  }
}

function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'done';
  return VERDICTS[status] ?? (status >= 500 ? 'again' : 'refused');
}

/** Seconds or a date; 0 for neither. */
function retryAfterMs(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms)) : 0;
}
