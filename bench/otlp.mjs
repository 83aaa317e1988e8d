// Ingest of OTLP over HTTP: what OpenTelemetry's exporters send, in gzip, answered when it is durable.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bareInsert } from './bare-insert.mjs';
import { alternate, atMost } from './figure.mjs';
import { otlpBodies } from './otlp-bodies.mjs';
import { sendAll } from './send.mjs';
import { agentSpans } from './store-rows.mjs';
import { inFolder, serveTacho } from './tacho.mjs';

const SPANS = 30_000;
/** Spans in one request: what a batch processor that is behind sends through a collector. */
const BATCH = 2_500;
const ROUNDS = 5;
const WARM_UP = 2;
const GOAL = 100_000;

/** What is sent: its encoding, and the spans of one trace (a run of many agents, or many small runs). */
const KINDS = {
  'protobuf, one long trace': ['protobuf', SPANS],
  'protobuf, traces of 50 spans': ['protobuf', 50],
  'JSON, one long trace': ['json', SPANS],
};
const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchOtlp() {
  return inFolder(async (folder) => {
    const home = join(folder, 'home');
    const server = await serveTacho({ home });
    // Every round brings spans of its own: text that was there before would be stored without being written.
    let seed = 0;
    const send = async (encoding, inTrace) => {
      const items = agentSpans(SPANS, { seed: ++seed * 7 });
      const bodies = otlpBodies(items, BATCH, inTrace, encoding).map((body) => gzipSync(body, { level: 1 }));
      const headers = { 'content-type': TYPES[encoding], 'content-encoding': 'gzip' };
      const isTaken = (answer) => answer.length === 0 || answer.toString() === '{}';
      const ms = await sendAll(`${server.url}/v1/traces`, bodies, headers, isTaken);
      return (SPANS / ms) * 1000;
    };
    const contestants = Object.fromEntries(
      Object.entries(KINDS).map(([name, [encoding, inTrace]]) => [name, () => send(encoding, inTrace)]),
    );
    const rates = await alternate(contestants, ROUNDS, WARM_UP);
    await server.stop();
    const bare = await bareInsert(join(home, 'tacho.duckdb'), SPANS, ROUNDS);
    return Object.entries(rates).flatMap(([name, rate]) => figuresOf(name, rate, bare));
  });
}

function figuresOf(name, rate, bare) {
  return [
    {
      name: `ingest of OTLP over HTTP in gzip, durable: ${name}`,
      unit: 'spans/s',
      ours: rate,
      beside: GOAL,
      besideName: 'the limit',
      ratio: rate / GOAL,
      goal: `at least ${GOAL.toLocaleString('en')} spans/s`,
      holds: rate >= GOAL,
    },
    atMost({
      name: `ingest of OTLP over HTTP in gzip, a span: ${name}`,
      unit: 'µs/span',
      ours: 1e6 / rate,
      beside: 1e6 / bare,
      besideName: 'the bare insert of the same rows',
      maxRatio: 2,
    }),
  ];
}
