import type { SpanProcessorOptions } from './recorder/otel/options.ts';
import { OtelSpanProcessor } from './recorder/otel/span-processor.ts';
import { nodePlatform } from './recorder/sinks/node-platform.ts';

/**
 * Shows what a program with OpenTelemetry does while it does it:
 * `new NodeTracerProvider({ spanProcessors: [new TachoSpanProcessor(), …] })`. Needs no package of OpenTelemetry.
 */
export class TachoSpanProcessor extends OtelSpanProcessor {
  constructor(options: SpanProcessorOptions = {}) {
    super(options, nodePlatform);
  }
}

export type { SpanProcessorOptions } from './recorder/otel/options.ts';
