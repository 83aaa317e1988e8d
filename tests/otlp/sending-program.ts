import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** The tracing of a program that sends what it does to a Tacho, as its authors would set it up. */
export type SendingProgram = {
  provider: NodeTracerProvider;
  /** Resolves when everything was sent and acknowledged. */
  sent(): Promise<void>;
  close(): Promise<void>;
};

export function sendingProgram(url: string): SendingProgram {
  const provider = new NodeTracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))],
  });
  provider.register();
  return {
    provider,
    sent: () => provider.forceFlush(),
    async close() {
      await provider.shutdown();
      trace.disable();
    },
  };
}
