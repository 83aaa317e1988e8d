import type { RunTraceOptions } from './options.ts';
import { Recorder } from './recorder.ts';
import { browserPlatform } from './sinks/browser-platform.ts';
import { type HttpSinkOptions, HttpSink as PortableHttpSink } from './sinks/http-sink.ts';

/** The same recorder where there is no Node: records go to a Tacho server (`url`) or to sinks of your own. */
export class RunTrace extends Recorder {
  constructor(options: RunTraceOptions = {}) {
    super(options, browserPlatform);
  }
}

/** Sends records to a Tacho server, beside whatever `url` says. */
export class HttpSink extends PortableHttpSink {
  constructor(options: HttpSinkOptions) {
    super(options, browserPlatform);
  }
}

export type * from './options.ts';
export type { Sink } from './sink.ts';
export type { HttpSinkOptions } from './sinks/http-sink.ts';
export { MemorySink } from './sinks/memory-sink.ts';
export type { SpanHandle, SpanLinkOptions, SpanOptions } from './span-handle.ts';
