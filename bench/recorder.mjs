// What recording costs: one span with attributes and usage, started, ended and written to disk.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { RunTrace } from '@tacho/trace';
import { alternate, atMost } from './figure.mjs';

const SPANS = 30_000;
/** Spans in one turn of the event loop. OpenTelemetry's processor needs turns to export in; a real program has them. */
const TURN = 500;
const ROUNDS = 11;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export async function benchRecorder() {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-'));
  // Variables of the person who measures must not send the spans somewhere else.
  for (const name of ['TACHO_URL', 'TACHO_DIR', 'TACHO_DISABLED']) delete process.env[name];
  try {
    const ns = await alternate(
      {
        tacho: () => recordWithTacho(folder),
        openTelemetry: () => recordWithOpenTelemetry(folder),
        limit: () => writeBare(folder),
        off: recordOff,
      },
      ROUNDS,
    );
    return [
      atMost({
        name: 'recorder: a span to disk',
        unit: 'ns',
        ours: ns.tacho,
        beside: ns.openTelemetry,
        besideName: 'OpenTelemetry JS, batch processor, JSON file',
        maxRatio: 1 / 3,
      }),
      atMost({
        name: 'recorder: a span to disk, beside the limit',
        unit: 'ns',
        ours: ns.tacho,
        beside: ns.limit,
        besideName: 'JSON.stringify and buffered writes of the same lines',
        maxRatio: 1.5,
      }),
      atMost({
        name: 'recorder: a span when switched off',
        unit: 'ns',
        ours: ns.off,
        beside: 50,
        besideName: 'the limit of 50 ns',
        maxRatio: 1,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const turnOver = () => new Promise((resolve) => setImmediate(resolve));

/** @param {number} startedMs */
const perSpan = (startedMs) => ((performance.now() - startedMs) * 1e6) / SPANS;

const attributesOf = (/** @type {number} */ n) => ({
  'request.temperature': 0.2,
  'request.max_tokens': 1024,
  attempt: n,
});

/** @param {string} dir */
async function recordWithTacho(dir) {
  const trace = new RunTrace({ task: 'bench', dir, artifacts: false });
  const started = performance.now();
  for (let n = 0; n < SPANS; n++) {
    const span = trace.start('chat', { kind: 'llm', model: 'gpt-5', attributes: attributesOf(n) });
    span.logUsage({ inputTokens: 1200 + (n & 255), cacheReadTokens: 800, outputTokens: 350 });
    span.end();
    if (n % TURN === TURN - 1) await turnOver();
  }
  await trace.flush();
  const ns = perSpan(started);
  await trace.end();
  const lines = readFileSync(join(trace.path, 'telemetry.jsonl'), 'utf8').split('\n').length - 1;
  if (lines !== SPANS * 2 + 2) throw new Error(`${lines} lines instead of ${SPANS * 2 + 2}`);
  rmSync(trace.path, { recursive: true });
  return ns;
}

/** @param {string} dir */
async function recordWithOpenTelemetry(dir) {
  const path = join(dir, 'otel.jsonl');
  const file = openSync(path, 'a');
  let exported = 0;
  const exporter = {
    /** OpenTelemetry's own JSON, one export a line, one write a batch: its file format. */
    export(spans, done) {
      writeSync(file, JsonTraceSerializer.serializeRequest(spans));
      writeSync(file, '\n');
      exported += spans.length;
      done({ code: 0 });
    },
    async shutdown() {},
  };
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: SPANS * 2 });
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench');
  const started = performance.now();
  for (let n = 0; n < SPANS; n++) {
    const span = tracer.startSpan('chat', {
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5', ...attributesOf(n) },
    });
    span.setAttributes({
      'gen_ai.usage.input_tokens': 2000 + (n & 255),
      'gen_ai.usage.cache_read.input_tokens': 800,
      'gen_ai.usage.output_tokens': 350,
    });
    span.end();
    if (n % TURN === TURN - 1) await turnOver();
  }
  await processor.forceFlush();
  const ns = perSpan(started);
  await processor.shutdown();
  closeSync(file);
  if (exported !== SPANS) throw new Error(`OpenTelemetry exported ${exported} of ${SPANS} spans`);
  rmSync(path);
  return ns;
}

/** The same lines, by nothing but JSON.stringify and a write for every 64 KiB. @param {string} dir */
async function writeBare(dir) {
  const path = join(dir, 'bare.jsonl');
  const file = openSync(path, 'a');
  let lines = '';
  const started = performance.now();
  for (let n = 0; n < SPANS; n++) {
    const id = `0123456789ab.${n}`;
    const startMs = performance.timeOrigin + performance.now();
    lines += `${JSON.stringify({
      event: 'span_start',
      span_id: id,
      name: 'chat',
      kind: 'llm',
      model: 'gpt-5',
      attributes: attributesOf(n),
      ts: startMs / 1000,
    })}\n`;
    const endMs = performance.timeOrigin + performance.now();
    lines += `${JSON.stringify({
      event: 'span_end',
      span_id: id,
      status: 'ok',
      duration_ms: endMs - startMs,
      usage: { requests: 1, input_tokens: 1200 + (n & 255), cache_read_tokens: 800, output_tokens: 350 },
      ts: endMs / 1000,
    })}\n`;
    if (lines.length >= 65536) {
      writeSync(file, lines);
      lines = '';
    }
    if (n % TURN === TURN - 1) await turnOver();
  }
  writeSync(file, lines);
  const ns = perSpan(started);
  closeSync(file);
  rmSync(path);
  return ns;
}

function recordOff() {
  const trace = new RunTrace({ task: 'bench', enabled: false });
  const options = { kind: 'llm', model: 'gpt-5' };
  const started = performance.now();
  for (let n = 0; n < SPANS; n++) {
    const span = trace.start('chat', options);
    span.logUsage({ inputTokens: 1200 + (n & 255), outputTokens: 350 });
    span.end();
  }
  return perSpan(started);
}
