import type { RunTraceOptions } from './recorder/options.ts';
import { Recorder } from './recorder/recorder.ts';
import { type HttpSinkOptions, HttpSink as PortableHttpSink } from './recorder/sinks/http-sink.ts';
import { nodePlatform } from './recorder/sinks/node-platform.ts';

/** Records one run of an agent, a workflow or a pipeline: to a folder, to a Tacho server, or to sinks of your own. */
export class RunTrace extends Recorder {
  constructor(options: RunTraceOptions = {}) {
    super(options, nodePlatform);
  }
}

/** Sends records to a Tacho server, beside whatever `url` says. */
export class HttpSink extends PortableHttpSink {
  constructor(options: HttpSinkOptions) {
    super(options, nodePlatform);
  }
}

export type * from './recorder/options.ts';
export type { Sink } from './recorder/sink.ts';
export { type LlmUsage, logLlmUsage } from './recorder/sinks/call-sink.ts';
export type { HttpSinkOptions } from './recorder/sinks/http-sink.ts';
export { MemorySink } from './recorder/sinks/memory-sink.ts';
export type { SpanHandle, SpanLinkOptions, SpanOptions } from './recorder/span-handle.ts';
