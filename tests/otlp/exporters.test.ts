import { SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { only, parentOf, type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';

let tacho: ReceivingTacho;
beforeAll(async () => {
  tacho = await receivingTacho();
});
afterAll(() => tacho.close());

type Exporter = ConstructorParameters<typeof BatchSpanProcessor>[0];
const GZIP = 'gzip' as never;

const EXPORTERS: Record<string, () => Exporter> = {
  'HTTP, protobuf': () => new ProtobufExporter({ url: `${tacho.url}/v1/traces` }),
  'HTTP, protobuf, gzip': () => new ProtobufExporter({ url: `${tacho.url}/v1/traces`, compression: GZIP }),
  'HTTP, JSON': () => new JsonExporter({ url: `${tacho.url}/v1/traces` }),
  'HTTP, JSON, gzip': () => new JsonExporter({ url: `${tacho.url}/v1/traces/`, compression: GZIP }),
  gRPC: () => new GrpcExporter({ url: `http://${tacho.grpc}` }),
  'gRPC, gzip': () => new GrpcExporter({ url: `http://${tacho.grpc}`, compression: GZIP }),
};

/** An agent that calls a model twice and a tool that fails. */
function work(tracer: Tracer, name: string): void {
  tracer.startActiveSpan(name, { attributes: { 'gen_ai.operation.name': 'invoke_agent' } }, (agent) => {
    for (let call = 0; call < 2; call++) {
      tracer.startActiveSpan('chat', (span) => {
        span.setAttributes({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': 'gpt-4o-2024-08-06',
          'gen_ai.response.id': `${name}-${call}`,
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.cache_read.input_tokens': 60,
          'gen_ai.usage.output_tokens': 10,
        });
        span.end();
      });
    }
    tracer.startActiveSpan('execute_tool search', (span) => {
      span.setAttributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' });
      span.recordException(new TypeError('no such index'));
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'no such index' });
      span.end();
    });
    agent.end();
  });
}

test.each(Object.keys(EXPORTERS))('what the SDK sends by %s is all there', async (how) => {
  const exporter = EXPORTERS[how]!();
  const provider = new NodeTracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  work(provider.getTracer('test'), `agent by ${how}`);
  await provider.forceFlush();
  await provider.shutdown();
  trace.disable();

  const run = await tacho.named(`agent by ${how}`);
  expect(run.spans).toHaveLength(4);
  expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
  expect(run.summary.tokens).toBe(220);
  expect(run.summary.costUsd).toBeGreaterThan(0);
  const agent = only(run, ({ kind }) => kind === 'agent');
  expect(agent.parentId).toBeUndefined();
  expect(agent.endUs).toBeGreaterThanOrEqual(agent.startUs);
  for (const call of run.spans.filter(({ kind }) => kind === 'llm')) {
    expect(parentOf(run, call)).toBe(agent);
    expect(call).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      usage: { inputTokens: 40, cacheReadTokens: 60, outputTokens: 10 },
      status: 'ok',
    });
  }
  const tool = only(run, ({ kind }) => kind === 'tool');
  expect(tool).toMatchObject({ tool: { name: 'search' }, status: 'error' });
  expect(tool.error).toMatchObject({ message: 'no such index' });
});
