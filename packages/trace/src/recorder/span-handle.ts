/// <reference lib="esnext.disposable" preserve="true" />
import type { SpanKind } from '../model/span.ts';
import type { DecisionOptions, EndOptions, EventOptions, ScoreOptions, UsageOptions } from './options.ts';

export type SpanOptions = {
  /** The span's id, which nothing else in the run may have; default: a new one. For ids that other files name too. */
  id?: string;
  /** Default: `stage` for a span without parent, else `task`. */
  kind?: SpanKind | (string & {});
  /** A finer word for the kind: `library-analysis`. */
  role?: string;
  /** The part of the system it is about: `encoding`. */
  component?: string;
  /** The strip of the timeline it is drawn on; default: the nearest agent's. */
  lane?: string;
  /** Default: the span around the running code; `null`: none. */
  parent?: SpanHandle | null;
  model?: string;
  provider?: string;
  inputs?: unknown;
  attributes?: Record<string, unknown>;
  tool?: string | { name: string; callId?: string; category?: string };
  links?: readonly SpanLinkOptions[];
};

export type SpanLinkOptions = {
  type: 'waits_for' | 'follows_from' | 'spawned' | (string & {});
  span: SpanHandle | string;
};

/** A span being recorded. No method ever throws; after the end, what still comes is recorded as an update. */
export interface SpanHandle {
  /** The span's id in its run; empty when recording is off. */
  readonly id: string;
  /** Ends it: `ok` unless told otherwise. A second end does nothing. */
  end(options?: EndOptions): void;
  /** Ends it with an error: type, message and stack are kept. An AbortError ends it as cancelled. */
  fail(error: unknown): void;
  /** Runs `fn` in a child span, which ends with it; what `fn` returns or throws comes out unchanged. */
  span<Result>(name: string, fn: (span: SpanHandle) => Result): Result;
  span<Result>(name: string, options: SpanOptions, fn: (span: SpanHandle) => Result): Result;
  /** Starts a child span that is ended by hand, or by `using`. */
  start(name: string, options?: SpanOptions): SpanHandle;
  /** Tokens of a model call: a response of a known API, or numbers. */
  logUsage(response: unknown, options?: UsageOptions): void;
  event(name: string, attributes?: Record<string, unknown>, options?: EventOptions): void;
  score(name: string, value: number | boolean | null, options?: ScoreOptions): void;
  decision(name: string, options?: DecisionOptions): void;
  /** Names the strip of the timeline on which this span is drawn. */
  nameLane(name: string): void;
  setAttributes(attributes: Record<string, unknown>): void;
  setInputs(inputs: unknown): void;
  setOutputs(outputs: unknown): void;
  /** The first content token, or tool call, of a streamed answer is here. */
  firstToken(): void;
  [Symbol.dispose](): void;
}

/** The span of a recorder that is off. */
export const NO_SPAN: SpanHandle = Object.freeze({
  id: '',
  end() {},
  fail() {},
  span(_name: string, options: unknown, fn?: (span: SpanHandle) => unknown): never {
    return runOff(options, fn) as never;
  },
  start: () => NO_SPAN,
  logUsage() {},
  event() {},
  score() {},
  decision() {},
  nameLane() {},
  setAttributes() {},
  setInputs() {},
  setOutputs() {},
  firstToken() {},
  [Symbol.dispose]() {},
});

/** `span(name, fn)` and `span(name, options, fn)` when there is nothing to record. */
export function runOff(options: unknown, fn: ((span: SpanHandle) => unknown) | undefined): unknown {
  return (typeof options === 'function' ? (options as (span: SpanHandle) => unknown) : fn!)(NO_SPAN);
}
