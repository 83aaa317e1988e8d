import { recordsOf } from '../../formats/otlp/records.ts';
import { runIdOf } from '../../model/ids.ts';
import type { TraceRecord } from '../../model/record.ts';
import { redactorOf } from '../../model/redact.ts';
import { heldWhileAwaited } from '../awaited.ts';
import { clockUs, secondsText } from '../clock.ts';
import { LineBuffer } from '../line-buffer.ts';
import type { ExitFacts, Platform, RunFolder } from '../platform.ts';
import { Serialiser } from '../serialiser.ts';
import type { Sink } from '../sink.ts';
import { OpenTrace } from './open-trace.ts';
import type { SpanProcessorOptions } from './options.ts';
import type { OtelSpan } from './otel-span.ts';
import { otlpRequestOf, parentIdOf } from './otlp-request.ts';

/** Everything a processor that is on holds once the first span has come. */
type Recording = {
  serialiser: Serialiser;
  buffer: LineBuffer;
  sinks: readonly Sink[];
  folder: RunFolder | undefined;
};

/**
 * A span processor for OpenTelemetry's SDK that writes each span when it starts and again when it ends. An exporter sends
 * spans when they are over: this one shows work while it runs, and what was open when a program was killed.
 *
 * All traces of the process go to one file; each is a run of its own, named by its trace id, as when it is sent over OTLP:
 * a trace that comes both ways counts once.
 */
export class OtelSpanProcessor {
  readonly #options: SpanProcessorOptions;
  readonly #platform: Platform;
  readonly #traces = new Map<string, OpenTrace>();
  /** Traces that began here and were over: work that outlives their root takes their end back. */
  readonly #over = new Map<string, OpenTrace>();
  #on: boolean;
  #recording: Recording | undefined;
  #offExit: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SpanProcessorOptions, platform: Platform) {
    this.#options = options;
    this.#platform = platform;
    this.#on = options.enabled ?? !/^(1|true)$/i.test(platform.env('TACHO_DISABLED') ?? '');
  }

  /** The process's folder on disk; undefined until the first span has started. */
  get path(): string | undefined {
    return this.#recording?.folder?.path;
  }

  onStart(span: OtelSpan, _parentContext?: unknown): void {
    this.#guarded(() => this.#start(span));
  }

  onEnd(span: OtelSpan): void {
    this.#guarded(() => this.#end(span));
  }

  /** Resolves when everything recorded so far is out. */
  forceFlush(): Promise<void> {
    return this.#held(async ({ buffer, sinks }) => {
      buffer.write();
      await settled(sinks.map((sink) => sink.flush()));
    });
  }

  /** Writes what is left and lets go of the file. Spans that end later are still written. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#held(async ({ buffer, sinks }) => {
      buffer.write();
      await settled(sinks.map((sink) => sink.close()));
    });
    return this.#closing;
  }

  #held(work: (recording: Recording) => Promise<void>): Promise<void> {
    if (this.#recording === undefined) return Promise.resolve();
    return heldWhileAwaited(work(this.#recording), () => this.#platform.keepAlive());
  }

  /** What goes wrong here costs records, never the program. */
  #guarded(record: () => void): void {
    if (!this.#on) return;
    try {
      record();
    } catch (problem) {
      if (this.#recording !== undefined) return;
      this.#on = false;
      this.#platform.tell(`recording is off for this process: ${String(problem)}`);
    }
  }

  #start(span: OtelSpan): void {
    const recording = this.#opened(span);
    const { traceId, spanId } = span.spanContext();
    const trace = this.#traces.get(traceId) ?? this.#begin(traceId);
    const isRoot = parentIdOf(span) === '';
    const begins = isRoot ? 'run_start' : trace.isResumed ? 'run_update' : undefined;
    trace.isResumed = false;
    trace.isHome ||= isRoot;
    const records = this.#recordsOf(span, false);
    trace.start(spanId, records);
    this.#write(recording, traceId, trace, records, begins);
  }

  #end(span: OtelSpan): void {
    const recording = this.#recording;
    const { traceId, spanId } = span.spanContext();
    const trace = this.#traces.get(traceId);
    // A span that began before the processor was there has no trace here; its end is worth a line all the same.
    if (recording === undefined || trace === undefined) {
      this.#write(this.#opened(span), traceId, new OpenTrace(), this.#recordsOf(span, true), undefined);
      return;
    }
    const records = this.#recordsOf(span, true);
    trace.end(spanId, records);
    trace.rootFailed ||= parentIdOf(span) === '' && span.status.code === STATUS_ERROR;
    this.#write(recording, traceId, trace, records, undefined);
    if (trace.openSpans > 0) return;
    this.#traces.delete(traceId);
    if (!trace.isHome) return;
    this.#add(recording, endOf(traceId, trace.rootFailed ? 'error' : 'ok'));
    this.#over.set(traceId, trace);
    if (this.#over.size > MOST_OVER) this.#over.delete(this.#over.keys().next().value!);
  }

  #begin(traceId: string): OpenTrace {
    const over = this.#over.get(traceId);
    this.#over.delete(traceId);
    const trace = over ?? new OpenTrace();
    trace.isResumed = over !== undefined;
    this.#traces.set(traceId, trace);
    return trace;
  }

  #recordsOf(span: OtelSpan, ended: boolean): TraceRecord[] {
    return recordsOf(otlpRequestOf(span, ended), () => {});
  }

  #write(
    recording: Recording,
    traceId: string,
    trace: OpenTrace,
    records: readonly TraceRecord[],
    begins: 'run_start' | 'run_update' | undefined,
  ): void {
    // The process that began a trace is the one whose death ends it.
    if (begins !== undefined) {
      this.#add(recording, { event: begins, run_id: traceId, status: 'running', ...this.#platform.process });
    }
    for (const record of records) {
      if ('span_id' in record || trace.isNews(record)) this.#add(recording, record);
    }
  }

  #add({ buffer, serialiser }: Recording, record: TraceRecord | Record<string, unknown>): void {
    const ts = record.ts === undefined ? `,"ts":${secondsText(clockUs())}}` : '}';
    const json = serialiser.json(record);
    if (json?.endsWith('}')) buffer.add(`${json.slice(0, -1)}${ts}\n`);
  }

  #opened(span: OtelSpan): Recording {
    this.#recording ??= this.#open(span);
    return this.#recording;
  }

  #open(span: OtelSpan): Recording {
    const { run, dir, redact, sinks: more = [] } = this.#options;
    const root = dir ?? (this.#platform.env('TACHO_DIR') || './logs');
    const service = String(span.resource.attributes['service.name'] ?? span.name);
    const title = service.replace(/^unknown_service:?/, '') || span.name;
    const redactor = redactorOf(redact ?? true);
    const name = run ?? runIdOf(new Date(clockUs() / 1000), redactor?.text(title) ?? title);
    const folder = root === false ? undefined : this.#platform.openFolder?.(root, name);
    const sinks = [...(folder ? [folder] : []), ...more];
    this.#offExit = this.#platform.atExit((facts) => this.#exit(facts));
    return {
      serialiser: new Serialiser(redactor),
      buffer: new LineBuffer(sinks, this.#platform, () => {}),
      sinks,
      folder,
    };
  }

  /** The process ends with spans open: their runs were cut off. A file that is closed is opened again for it. */
  #exit({ code }: ExitFacts): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    if (code !== undefined) {
      this.#offExit?.();
      for (const [traceId, trace] of this.#traces) {
        if (trace.isHome)
          this.#add(recording, { ...endOf(traceId, 'interrupted'), attributes: { exit_code: code } });
      }
    }
    recording.buffer.write();
  }
}

/** Traces that are remembered after their end. */
const MOST_OVER = 1_000;
/** OpenTelemetry's SpanStatusCode.ERROR. */
const STATUS_ERROR = 2;

function endOf(traceId: string, status: string): Record<string, unknown> {
  return { event: 'run_end', run_id: traceId, status };
}

async function settled(steps: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(steps);
}
