/// <reference lib="esnext.disposable" preserve="true" />
import { runIdOf } from '../model/ids.ts';
import type { TraceRecord } from '../model/record.ts';
import { redactorOf } from '../model/redact.ts';
import { heldWhileAwaited } from './awaited.ts';
import { clockUs } from './clock.ts';
import { errorFields } from './error-fields.ts';
import type {
  DecisionOptions,
  EventOptions,
  RunEndOptions,
  RunFields,
  RunTraceOptions,
  ScoreOptions,
  UsageOptions,
} from './options.ts';
import type { ExitFacts, Platform, RunFolder } from './platform.ts';
import { recordDecision, recordEvent, recordScore } from './record-moments.ts';
import { Recording } from './recording.ts';
import { environmentAttributes, runRecordFields } from './run-fields.ts';
import { attributesOf, beginInside, endInside, surroundingRun } from './run-inside.ts';
import { Serialiser } from './serialiser.ts';
import type { Sink } from './sink.ts';
import { HttpSink } from './sinks/http-sink.ts';
import type { SpanOptions } from './span-handle.ts';
import { NO_SPAN, runOff, type SpanHandle } from './span-handle.ts';
import { logSpanUsage } from './usage/log-usage.ts';

/** Everything a recorder that is on holds. */
type On = {
  recording: Recording;
  sinks: readonly Sink[];
  folder: RunFolder | undefined;
  http: HttpSink | undefined;
  artifacts: boolean;
  /** The run's start and end are another process's to record. */
  joined: boolean;
  /** It is a span of the run that the environment names. */
  inside: boolean;
};

/** Records one run. Off (TACHO_DISABLED, `enabled: false`) every method does nothing, and `span` only calls its function. */
export class Recorder {
  /** The run's id; empty when recording is off. */
  readonly runId: string;
  readonly #platform: Platform;
  readonly #on: On | undefined;
  #outputs = 0;
  #ending: Promise<void> | undefined;
  #offExit: (() => void) | undefined;
  #offIdle: (() => void) | undefined;

  constructor(options: RunTraceOptions, platform: Platform) {
    this.#platform = platform;
    let runId = '';
    try {
      if (options.enabled ?? !isSet(platform.env('TACHO_DISABLED'))) {
        const opened = open(options, platform);
        runId = opened.runId;
        this.#on = opened;
        this.#begin(opened, runId, options);
      }
    } catch (problem) {
      platform.tell(`recording is off for this run: ${String(problem)}`);
      this.#on = undefined;
    }
    this.runId = runId;
  }

  /** The run's folder on disk, where it has one. */
  get path(): string | undefined {
    return this.#on?.folder?.path;
  }

  /** Runs `fn` in a span, which ends with it; what `fn` returns or throws comes out unchanged. */
  span<Result>(name: string, fn: (span: SpanHandle) => Result): Result;
  span<Result>(name: string, options: SpanOptions, fn: (span: SpanHandle) => Result): Result;
  span<Result>(
    name: string,
    options: SpanOptions | ((span: SpanHandle) => Result),
    fn?: (span: SpanHandle) => Result,
  ): Result {
    const recording = this.#on?.recording;
    if (recording === undefined) return runOff(options, fn) as Result;
    return typeof options === 'function'
      ? recording.runIn(recording.current(), name, undefined, options)
      : recording.runIn(recording.current(), name, options, fn!);
  }

  /** Starts a span that is ended by hand, or by `using`. It does not become the parent of what follows: its own `span` and `start` do that. */
  start(name: string, options?: SpanOptions): SpanHandle {
    const recording = this.#on?.recording;
    return recording === undefined ? NO_SPAN : recording.startIn(recording.current(), name, options);
  }

  /** Tokens of a model call: a response of a known API, or numbers. They go to the current span when it is a model call. */
  logUsage(response: unknown, options?: UsageOptions): void {
    this.#with((recording) => logSpanUsage(recording, recording.current(), response, options));
  }

  event(name: string, attributes?: Record<string, unknown>, options?: EventOptions): void {
    this.#with((recording) => recordEvent(recording, recording.current()?.id, name, attributes, options));
  }

  decision(name: string, options?: DecisionOptions): void {
    this.#with((recording) => recordDecision(recording, recording.current()?.id, name, options));
  }

  /** A judgement of the run: `score('score', 8.5, { round: 'r1', dimensions: { depth: 7 } })`. */
  score(name: string, value: number | boolean | null, options?: ScoreOptions): void {
    this.#with((recording) => recordScore(recording, recording.top?.id, name, value, options));
  }

  /** Names the strip of the timeline of the current span; outside any span, that of the top-level spans to come. */
  nameLane(name: string): void {
    this.#with((recording) => {
      const current = recording.current();
      if (current === undefined) recording.rootLane = name;
      else current.nameLane(name);
    });
  }

  /** Says, or corrects, what is known of the run. */
  set(fields: RunFields): void {
    this.#with((recording) => this.#describe(recording, fields));
  }

  /** Hours an expert would need for the task. */
  setTac(hours: number): void {
    this.set({ tacHours: hours });
  }

  /** The file that the run produced; its bytes and lines are counted now. The last one named is the run's output. */
  setOutput(path: string): void {
    this.#with((recording) => {
      this.#outputs++;
      if (recording.top !== undefined) {
        recording.top.setAttributes({ output: this.#measure(path) });
        return;
      }
      recording.addRecord('run_update', {
        output: this.#measure(path),
        attributes: { outputs_written: this.#outputs },
      });
    });
  }

  /** Ends the run: `ok`, or `error` when a top-level span failed, unless told otherwise. Resolves when everything is out. */
  end(options: RunEndOptions = {}): Promise<void> {
    const on = this.#on;
    if (on === undefined) return Promise.resolve();
    this.#ending ??= this.#held(this.#end(on, options));
    return this.#ending;
  }

  /** Records what somebody else made of something the program did: a reader's records of the run, as they are. */
  append(records: Iterable<TraceRecord>): void {
    this.#with((recording) => {
      for (const { event, ts, run_id: _run, ...fields } of records)
        recording.addRecord(event, fields, ts === undefined ? undefined : Math.round(ts * 1e6));
    });
  }

  /** Resolves when everything recorded so far is out. */
  flush(): Promise<void> {
    if (this.#on === undefined) return Promise.resolve();
    this.#on.recording.write();
    return this.#held(settle(this.#on.sinks, (sink) => sink.flush()));
  }

  #held(work: Promise<void>): Promise<void> {
    return heldWhileAwaited(work, () => this.#platform.keepAlive());
  }

  [Symbol.dispose](): void {
    void this.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  #with(record: (recording: Recording) => void): void {
    const recording = this.#on?.recording;
    if (recording === undefined) return;
    try {
      record(recording);
    } catch {
      // What the program handed over cannot be read. That costs this record, never the program.
    }
  }

  #begin(on: On, runId: string, options: RunTraceOptions): void {
    if (on.inside) {
      beginInside(on.recording, options, this.#platform);
      if (options.criteria !== undefined) this.#judge(on.recording, options.criteria);
    } else if (on.joined) this.#describe(on.recording, options);
    else this.#writeStart(on.recording, runId, options);
    this.#offExit = this.#platform.atExit((facts) => this.#exit(on, facts));
    const { http } = on;
    if (http !== undefined) this.#offIdle = this.#platform.beforeExit(() => http.finishUnawaited());
  }

  #writeStart(recording: Recording, runId: string, options: RunTraceOptions): void {
    const { attributes, name, criteria, ...fields } = options;
    recording.addRecord('run_start', {
      run_id: runId,
      ...runRecordFields({
        ...fields,
        name: name ?? options.task ?? runId,
        attributes: {
          ...this.#platform.facts,
          ...environmentAttributes((variable) => this.#platform.env(variable)),
          ...attributes,
        },
      }),
      ...this.#platform.process,
    });
    if (criteria !== undefined) this.#judge(recording, criteria);
  }

  #describe(recording: Recording, { criteria, ...fields }: RunFields): void {
    const { top } = recording;
    const record = top === undefined ? runRecordFields(fields) : attributesOf(fields);
    if (Object.keys(record).length > 0) {
      if (top === undefined) recording.addRecord('run_update', record);
      else top.setAttributes(record);
    }
    if (criteria !== undefined) this.#judge(recording, criteria);
  }

  #judge(recording: Recording, criteria: Record<string, boolean>): void {
    for (const [id, met] of Object.entries(criteria)) {
      recording.addRecord('score', { name: `criterion:${id}`, value: met ? 1 : 0, max: 1 });
    }
  }

  #measure(path: string): Record<string, unknown> {
    try {
      return { path, ...this.#platform.measure?.(path) };
    } catch {
      // Not there yet, or not readable: the path is known all the same.
      return { path };
    }
  }

  async #end(on: On, options: RunEndOptions): Promise<void> {
    this.#writeEnd(on, options);
    // Work may outlive its run; its last lines still need the exit's flush.
    if (on.recording.openSpans === 0) this.#offExit?.();
    await settle(on.sinks, (sink) => sink.close());
    this.#offIdle?.();
  }

  #writeEnd({ recording, folder, artifacts, joined }: On, options: RunEndOptions): void {
    if (joined) {
      this.#with(() => {
        if (recording.top === undefined) this.#describe(recording, options);
        else {
          if (options.criteria !== undefined) this.#judge(recording, options.criteria);
          endInside(recording, options);
        }
      });
      recording.write();
      return;
    }
    const outcome = recording.rootFailed ? 'error' : 'ok';
    let fields: Record<string, unknown> = { status: outcome };
    this.#with(() => {
      const { status, error, criteria, ...described } = options;
      if (criteria !== undefined) this.#judge(recording, criteria);
      fields = {
        ...runRecordFields(described),
        status: status ?? (error === undefined ? outcome : 'error'),
        error: error === undefined ? undefined : errorFields(error),
      };
    });
    recording.addRecord('run_end', fields);
    recording.write();
    if (artifacts) folder?.writeArtifacts();
  }

  #exit(on: On, { code, error }: ExitFacts): void {
    if (code === undefined || this.#ending !== undefined || (on.joined && !on.inside)) {
      on.recording.write();
      if (code === undefined) on.http?.sendLast();
      return;
    }
    const cutOff = code !== 0 || on.recording.openWork > 0;
    void this.end({
      ...(error !== undefined ? { error } : cutOff && { status: 'interrupted' }),
      attributes: { exit_code: code },
    });
  }
}

function open(options: RunTraceOptions, platform: Platform): On & { runId: string } {
  const around = surroundingRun(options, platform);
  const join = around ?? (options.join === false ? undefined : options.join);
  const url = given(options.url, platform.env('TACHO_URL'));
  const dir = given(options.dir, platform.env('TACHO_DIR')) ?? (options.dir === false ? undefined : './logs');
  const token = options.token ?? platform.env('TACHO_TOKEN');
  const redactor = redactorOf(options.redact ?? true);
  const title = options.name ?? options.task ?? 'run';
  let runId =
    join?.runId ??
    options.runId ??
    // Its slug names folders and stands in addresses: without the secrets that the stream hides, too.
    runIdOf(new Date(clockUs() / 1000), redactor?.text(title) ?? title);
  // Where a server collects runs of many folders and machines, the second and the task do not tell them apart.
  if (join === undefined && options.runId === undefined && (url !== undefined || dir === undefined))
    runId += `-${randomSuffix()}`;
  const folder =
    join === undefined
      ? dir === undefined
        ? undefined
        : platform.openFolder?.(dir, runId)
      : join.folder === undefined
        ? undefined
        : platform.joinFolder?.(join.folder, runId);
  const http =
    url === undefined
      ? undefined
      : new HttpSink(
          {
            url,
            ...(token !== undefined && { token }),
            ...(options.gzip === true && { gzip: true }),
            ...(join !== undefined && { runId }),
          },
          platform,
        );
  const sinks: Sink[] = [...(folder ? [folder] : []), ...(http ? [http] : []), ...(options.sinks ?? [])];
  const serialiser = new Serialiser(redactor);
  return {
    runId: folder?.runId ?? runId,
    recording: new Recording(serialiser, sinks, platform, platform.context, join?.parent),
    sinks,
    folder,
    http,
    artifacts: options.artifacts !== false,
    joined: join !== undefined,
    inside: around !== undefined,
  };
}

function given(option: string | false | undefined, variable: string | undefined): string | undefined {
  if (option === false) return undefined;
  return option ?? (variable === undefined || variable === '' ? undefined : variable);
}

function isSet(variable: string | undefined): boolean {
  return variable === '1' || variable?.toLowerCase() === 'true';
}

function randomSuffix(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36).padStart(6, '0').slice(-6);
}

/** All sinks at once; one that fails is not the others' affair, nor the host's. */
async function settle(sinks: readonly Sink[], step: (sink: Sink) => Promise<void>): Promise<void> {
  await Promise.allSettled(sinks.map(async (sink) => step(sink)));
}
