import { addUsage, type Usage } from '../model/usage.ts';
import { clockUs, millisecondsText, secondsText } from './clock.ts';
import { errorFields, isAbort } from './error-fields.ts';
import type { DecisionOptions, EndOptions, EventOptions, ScoreOptions, UsageOptions } from './options.ts';
import { recordDecision, recordEvent, recordScore } from './record-moments.ts';
import type { SpanHandle, SpanOptions } from './span-handle.ts';
import { type SpanHost, type UsageTarget, WAITING } from './span-host.ts';
import { startFields } from './start-fields.ts';
import { logSpanUsage } from './usage/log-usage.ts';
import { usageJson } from './usage/usage-json.ts';

/**
 * A span of a recorder that is on. Its lines are put together from text, not from objects: the two lines of a span are most
 * of what recording costs.
 */
export class RecordedSpan implements SpanHandle, UsageTarget {
  readonly id: string;
  /** The id as JSON: one from outside may hold anything. */
  readonly quotedId: string;
  readonly recording: SpanHost;
  readonly kind: string;
  /** The span of the code that called `span()`, of whatever run: where this run's context goes on after another's. */
  around: RecordedSpan | undefined;
  usage: Usage | undefined;
  readonly #isRoot: boolean;
  readonly #startUs: number;
  #ended = false;
  #noted = false;
  #waiting = '';
  #waitingFor = 0;
  #usageChanged = false;

  static start(
    recording: SpanHost,
    name: string,
    options: SpanOptions,
    parent: RecordedSpan | undefined,
  ): RecordedSpan {
    const startUs = clockUs();
    const { serialiser, outerParent } = recording;
    const above = parent?.quotedId ?? (outerParent === undefined ? undefined : serialiser.quote(outerParent));
    const kind = options.kind ?? (above === undefined ? 'stage' : 'task');
    const isRoot = parent === undefined || parent === recording.top;
    const span = new RecordedSpan(recording, kind, isRoot, startUs, options.id);
    let line = `{"event":"span_start","span_id":${span.quotedId}`;
    if (above !== undefined) line += `,"parent":${above}`;
    line += `,"name":${serialiser.quote(name)},"kind":${serialiser.quote(kind)}${startFields(options, serialiser)}`;
    if (parent === undefined && recording.rootLane !== undefined && options.lane === undefined) {
      line += `,"lane":${serialiser.quote(recording.rootLane)}`;
    }
    recording.noteStart();
    recording.add(line, startUs);
    return span;
  }

  private constructor(
    recording: SpanHost,
    kind: string,
    isRoot: boolean,
    startUs: number,
    id: string | undefined,
  ) {
    this.recording = recording;
    this.id = typeof id === 'string' && id !== '' ? id : recording.nextId();
    this.quotedId = this.id === id ? JSON.stringify(id) : `"${this.id}"`;
    this.kind = kind;
    this.#isRoot = isRoot;
    this.#startUs = startUs;
  }

  end(options?: EndOptions): void {
    if (this.#ended) return;
    if (options === undefined) this.#finish('ok', '');
    else this.#endWith(options);
  }

  fail(error: unknown): void {
    if (!this.#ended) this.#endWith({ error });
  }

  #endWith(options: EndOptions): void {
    let status = 'ok';
    let fields = '';
    try {
      const { serialiser } = this.recording;
      if (options.error !== undefined) {
        status = isAbort(options.error) ? 'cancelled' : 'error';
        fields += `,"error":${serialiser.json(errorFields(options.error))}`;
      }
      status = options.status ?? status;
      if (options.outputs !== undefined) this.setOutputs(options.outputs);
      if (options.attributes !== undefined) this.setAttributes(options.attributes);
      if (Number.isFinite(options.tokens)) fields += `,"tokens":${options.tokens}`;
      if (Number.isFinite(options.toolUses)) fields += `,"tool_uses":${options.toolUses}`;
      if (Number.isFinite(options.costUsd)) fields += `,"cost_usd":${options.costUsd}`;
    } catch {
      // Options whose getters throw: the end itself is recorded all the same.
    }
    this.#finish(status, fields);
  }

  #finish(status: string, fields: string): void {
    const endUs = clockUs();
    this.#ended = true;
    this.recording.noteEnd(this.#isRoot && status === 'error');
    const quoted = status === 'ok' ? '"ok"' : this.recording.serialiser.quote(status);
    const duration = millisecondsText(Math.max(0, endUs - this.#startUs));
    this.recording.add(
      `{"event":"span_end","span_id":${this.quotedId},"status":${quoted},"duration_ms":${duration}${fields}${this.#takeWaiting()}`,
      endUs,
    );
  }

  span<Result>(name: string, fn: (span: SpanHandle) => Result): Result;
  span<Result>(name: string, options: SpanOptions, fn: (span: SpanHandle) => Result): Result;
  span<Result>(
    name: string,
    options: SpanOptions | ((span: SpanHandle) => Result),
    fn?: (span: SpanHandle) => Result,
  ): Result {
    return typeof options === 'function'
      ? this.recording.runIn(this, name, undefined, options)
      : this.recording.runIn(this, name, options, fn!);
  }

  start(name: string, options?: SpanOptions): SpanHandle {
    return this.recording.startIn(this, name, options);
  }

  logUsage(response: unknown, options?: UsageOptions): void {
    attempt(() => logSpanUsage(this.recording, this, response, options));
  }

  event(name: string, attributes?: Record<string, unknown>, options?: EventOptions): void {
    attempt(() => recordEvent(this.recording, this.id, name, attributes, options));
  }

  score(name: string, value: number | boolean | null, options?: ScoreOptions): void {
    attempt(() => recordScore(this.recording, this.id, name, value, options));
  }

  decision(name: string, options?: DecisionOptions): void {
    attempt(() => recordDecision(this.recording, this.id, name, options));
  }

  nameLane(name: string): void {
    this.wait(WAITING.lane, 'lane', this.recording.serialiser.quote(name));
  }

  setAttributes(attributes: Record<string, unknown>): void {
    this.wait(WAITING.attributes, 'attributes', this.recording.serialiser.object(attributes));
  }

  setInputs(inputs: unknown): void {
    this.wait(WAITING.inputs, 'inputs', this.recording.serialiser.json(inputs));
  }

  setOutputs(outputs: unknown): void {
    this.wait(WAITING.outputs, 'outputs', this.recording.serialiser.json(outputs));
  }

  firstToken(): void {
    this.wait(WAITING.firstToken, 'first_token_ts', secondsText(clockUs()));
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** Adds tokens to what the span itself used; keeps the object it is given. */
  addUsage(usage: Usage): void {
    if (this.usage === undefined) this.usage = usage;
    else addUsage(this.usage, usage);
    this.#usageChanged = true;
    this.#note();
  }

  /**
   * A field waits for the span's end, which mostly comes in the same turn: one line instead of two. When the turn ends first,
   * it goes out as an update. `json` is undefined where there is nothing to say.
   */
  wait(flag: number, field: string, json: string | undefined): void {
    if (json === undefined) return;
    if ((this.#waitingFor & flag) !== 0) this.writeUpdate();
    this.#waitingFor |= flag;
    this.#waiting += `,"${field}":${json}`;
    this.#note();
  }

  #note(): void {
    if (this.#noted) return;
    this.#noted = true;
    this.recording.noteChanged(this);
  }

  /** Writes what waits, if anything still does. */
  writeUpdate(): void {
    this.#noted = false;
    const fields = this.#takeWaiting();
    if (fields !== '') this.recording.add(`{"event":"span_update","span_id":${this.quotedId}${fields}`);
  }

  #takeWaiting(): string {
    let fields = this.#waiting;
    this.#waiting = '';
    this.#waitingFor = 0;
    if (this.#usageChanged) {
      fields += `,"usage":${usageJson(this.usage!)}`;
      this.#usageChanged = false;
    }
    return fields;
  }
}

/** What the program hands over may throw when it is looked at. That costs the record, never the program. */
function attempt(record: () => void): void {
  try {
    record();
  } catch {
    // Nothing to record, then.
  }
}
