import { clockUs, secondsText } from './clock.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Context, Platform } from './platform.ts';
import { RecordedSpan } from './recorded-span.ts';
import type { Serialiser } from './serialiser.ts';
import type { Sink } from './sink.ts';
import type { SpanHandle, SpanOptions } from './span-handle.ts';
import type { SpanHost } from './span-host.ts';
import { SeenResponses } from './usage/seen-responses.ts';

const NO_OPTIONS: SpanOptions = {};

/** What the spans of one run share: numbers, buffer, context. */
export class Recording implements SpanHost {
  readonly serialiser: Serialiser;
  readonly seen = new SeenResponses();
  readonly #buffer: LineBuffer;
  readonly #context: Context;
  /** Unique among the processes that may write to one run: 48 bits at random. */
  readonly #prefix: string;
  #count = 0;
  /** Spans that learned something since they were last written. */
  #changed: { writeUpdate(): void }[] = [];
  openSpans = 0;
  /** A span without parent failed. */
  rootFailed = false;
  rootLane: string | undefined;
  /** The span that the whole run is, inside another run. */
  top: RecordedSpan | undefined;
  #outerParent: string | undefined;

  constructor(
    serialiser: Serialiser,
    sinks: readonly Sink[],
    platform: Platform,
    context: Context,
    outerParent?: string,
  ) {
    this.#outerParent = outerParent;
    this.serialiser = serialiser;
    this.#context = context;
    this.#prefix = `${randomText()}.`;
    this.#buffer = new LineBuffer(sinks, platform, () => this.#writeChanged());
  }

  get outerParent(): string | undefined {
    return this.#outerParent;
  }

  /** Begins a span below which everything stands that is recorded from now on. */
  startTop(name: string, attributes: Record<string, unknown>): void {
    this.top = RecordedSpan.start(this, name, { kind: 'task', attributes }, undefined);
    this.#outerParent = this.top.id;
  }

  /** Spans that are open, but for the one that the run itself is. */
  get openWork(): number {
    return this.top === undefined ? this.openSpans : this.openSpans - 1;
  }

  nextId(): string {
    return this.#prefix + ++this.#count;
  }

  add(line: string, us: number = clockUs()): void {
    this.#buffer.add(`${line},"ts":${secondsText(us)}}\n`);
  }

  addRecord(event: string, fields: Record<string, unknown>, us: number = clockUs()): void {
    const json = this.serialiser.json(fields) ?? '{}';
    const rest = json.startsWith('{') && json.length > 2 ? `,${json.slice(1, -1)}` : '';
    this.add(`{"event":"${event}"${rest}`, us);
  }

  noteChanged(span: { writeUpdate(): void }): void {
    this.#changed.push(span);
    this.#buffer.schedule();
  }

  write(): void {
    this.#buffer.write();
  }

  #writeChanged(): void {
    if (this.#changed.length === 0) return;
    const changed = this.#changed;
    this.#changed = [];
    for (const span of changed) span.writeUpdate();
  }

  /** The innermost span of this run around the code that runs now. */
  current(): RecordedSpan | undefined {
    let span = this.#surrounding();
    while (span !== undefined && span.recording !== this) span = span.around;
    return span ?? this.top;
  }

  #surrounding(): RecordedSpan | undefined {
    const current = this.#context.current();
    return current instanceof RecordedSpan ? current : undefined;
  }

  noteStart(): void {
    this.openSpans++;
  }

  noteEnd(failedAtTop: boolean): void {
    this.openSpans--;
    if (failedAtTop) this.rootFailed = true;
  }

  startIn(above: RecordedSpan | undefined, name: string, options: SpanOptions | undefined): RecordedSpan {
    try {
      return RecordedSpan.start(this, name, options ?? NO_OPTIONS, this.#parentOf(options, above));
    } catch {
      // Options that throw when they are read: the span counts for more than what they say.
      return RecordedSpan.start(this, name, NO_OPTIONS, above);
    }
  }

  #parentOf(options: SpanOptions | undefined, above: RecordedSpan | undefined): RecordedSpan | undefined {
    const named = options?.parent;
    if (named === undefined) return above;
    return named instanceof RecordedSpan && named.recording === this ? named : undefined;
  }

  /** Runs code in a span. What it returns or throws comes out unchanged; a promise is awaited before the span ends. */
  runIn<Result>(
    above: RecordedSpan | undefined,
    name: string,
    options: SpanOptions | undefined,
    fn: (span: SpanHandle) => Result,
  ): Result {
    const span = this.startIn(above, name, options);
    span.around = this.#surrounding();
    let result: Result;
    try {
      result = this.#context.run(span, fn);
    } catch (problem) {
      span.fail(problem);
      throw problem;
    }
    if (!isPromise(result)) {
      span.end();
      return result;
    }
    const promise = result instanceof Promise ? result : Promise.resolve(result);
    return promise.then(
      (value) => {
        span.end();
        return value;
      },
      (problem: unknown) => {
        span.fail(problem);
        throw problem;
      },
    ) as Result;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (value instanceof Promise) return true;
  try {
    return (
      typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
    );
  } catch {
    return false;
  }
}

function randomText(): string {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(6))) text += byte.toString(16).padStart(2, '0');
  return text;
}
