import { type Context, context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Sink } from '../sink.ts';
import { nodePlatform } from '../sinks/node-platform.ts';
import type { SpanProcessorOptions } from './options.ts';
import type { OtelSpan } from './otel-span.ts';
import { OtelSpanProcessor } from './span-processor.ts';

let lines: string[];
const memory: Sink = {
  write: (text) => void lines.push(...text.trim().split('\n')),
  flush: async () => {},
  close: async () => {},
};
const options: SpanProcessorOptions = { dir: false, sinks: [memory] };

let processor: OtelSpanProcessor;
let provider: NodeTracerProvider;
beforeEach(() => {
  lines = [];
  processor = new OtelSpanProcessor(options, nodePlatform);
  provider = new NodeTracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [processor] });
});
afterEach(() => provider.shutdown());

const tracer = () => provider.getTracer('test');
const under = (span: ReturnType<typeof start>): Context => trace.setSpan(context.active(), span);
const start = (name: string, attributes = {}, parent: Context = context.active()) =>
  tracer().startSpan(name, { attributes }, parent);
const turn = (): Promise<void> => new Promise((wake) => setImmediate(wake));
const records = (): TraceRecord[] => lines.map((line) => JSON.parse(line) as TraceRecord);
const ofRun = (runId: string): TraceRecord[] => records().filter((record) => record.run_id === runId);

test('a span is out at the end of the turn in which it starts, and again when it ends', async () => {
  const span = start('chat', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' });
  await turn();
  const { traceId, spanId } = span.spanContext();
  const running = foldRun(records());
  expect(running).toMatchObject({ runId: traceId, status: 'running', process: { pid: process.pid } });
  expect(running.spans).toMatchObject([{ spanId, name: 'chat', kind: 'llm', model: 'gpt-4o' }]);
  expect(running.spans[0]!.endUs).toBeUndefined();

  span.setAttributes({ 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 4 });
  span.end();
  await turn();
  const done = foldRun(records());
  expect(done.status).toBe('ok');
  expect(done.spans).toMatchObject([{ usage: { inputTokens: 10, outputTokens: 4 }, status: 'ok' }]);
  expect(done.spans[0]!.endUs).toBeGreaterThanOrEqual(done.spans[0]!.startUs);
});

test('each trace is a run of its own, which ends when nothing of it is open', async () => {
  const one = start('one');
  const two = start('two');
  const below = start('below', {}, under(one));
  one.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' });
  one.end();
  two.end();
  await turn();
  const run = (span: typeof one) => foldRun(ofRun(span.spanContext().traceId));
  expect(run(two).status).toBe('ok');
  expect(run(one)).toMatchObject({
    status: 'running',
    spans: [{ name: 'one', status: 'error' }, { name: 'below' }],
  });
  below.end();
  await turn();
  expect(run(one).status).toBe('error');
  expect(run(one).spans[1]!.parentId).toBe(one.spanContext().spanId);

  const late = start('late', {}, under(one));
  await turn();
  expect(run(one).status).toBe('running');
  late.end();
  await turn();
  expect(run(one)).toMatchObject({ status: 'error', spans: [{}, {}, { name: 'late', status: 'ok' }] });
});

test('a trace that began elsewhere is not ended here, and has no process here', async () => {
  const remote = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1, isRemote: true };
  const span = start('served', {}, trace.setSpanContext(context.active(), remote));
  span.end();
  await turn();
  const run = foldRun(ofRun(remote.traceId));
  expect(run.status).toBe('running');
  expect(run.process).toBeUndefined();
  expect(run.spans).toMatchObject([{ name: 'served', parentId: remote.spanId, status: 'ok' }]);
});

test('what the start said is not said again', async () => {
  const prompt = 'x'.repeat(10_000);
  const span = start('chat', { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': prompt });
  await turn();
  const before = lines.length;
  expect(lines.join('\n')).toContain(prompt);
  span.end();
  await turn();
  expect(lines.slice(before).join('\n')).not.toContain(prompt);
  expect(JSON.stringify(foldRun(records()).spans[0]!.inputs)).toContain(prompt);
});

test('secrets are taken out', async () => {
  const key = `sk-proj-${'a1B2'.repeat(12)}`;
  start('call', { 'http.request.header.authorization': `Bearer ${key}` }).end();
  await processor.forceFlush();
  expect(lines.join('\n')).not.toContain(key);
  expect(lines.length).toBeGreaterThan(1);
});

test('off it writes nothing, and nothing that a span does reaches the program', async () => {
  const off = new OtelSpanProcessor({ ...options, enabled: false }, nodePlatform);
  const broken = {
    get name(): string {
      throw new Error('a span that cannot be read');
    },
    resource: { attributes: {} },
    spanContext: () => ({ traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }),
  } as unknown as OtelSpan;
  for (const each of [off, processor]) {
    each.onStart(broken);
    each.onEnd(broken);
    await each.forceFlush();
    await each.shutdown();
  }
  expect(records().filter((record) => 'span_id' in record)).toEqual([]);
});
