// Ingest through HTTP: NDJSON, plain and gzip, answered when it is durable.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bareInsert } from './bare-insert.mjs';
import { linesOf } from './corpus.mjs';
import { alternate, atMost } from './figure.mjs';
import { sendAll } from './send.mjs';
import { agentSpans } from './store-rows.mjs';
import { inFolder, serveTacho } from './tacho.mjs';

const SPANS = 30_000;
/** Spans in one request: what a recorder that is behind sends. */
const BATCH = 2_500;
const ROUNDS = 5;
const WARM_UP = 2;
const GOAL = 100_000;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchHttp() {
  return inFolder(async (folder) => {
    const home = join(folder, 'home');
    const server = await serveTacho({ home });
    // Every round brings spans of its own: text that was there before would be stored without being written.
    const rounds = ROUNDS + WARM_UP;
    const spans = agentSpans(SPANS * rounds * 2);
    let at = 0;
    const next = (encode) => {
      const runId = `bench-${at}`;
      const mine = spans.slice(at, at + SPANS);
      at += SPANS;
      const texts = [];
      for (let from = 0; from < SPANS; from += BATCH)
        texts.push(
          mine
            .slice(from, from + BATCH)
            .map((item) => linesOf(item, runId))
            .join(''),
        );
      return { texts, bodies: texts.map(encode) };
    };
    let parsed = [];
    const rates = await alternate(
      {
        plain: async () => {
          const { texts, bodies } = next((text) => Buffer.from(text));
          parsed = texts;
          return await rateOf(server.url, bodies, {});
        },
        gzip: async () =>
          await rateOf(server.url, next((text) => gzipSync(text, { level: 1 })).bodies, {
            'content-encoding': 'gzip',
          }),
        parse: () => parseAll(parsed),
      },
      ROUNDS,
      WARM_UP,
    );
    await server.stop();
    const bare = await bareInsert(join(home, 'tacho.duckdb'), SPANS, ROUNDS);
    const limit = {
      unit: 'µs/span',
      besideName: 'the bare insert of the same rows',
      beside: 1e6 / bare,
      maxRatio: 2,
    };
    const rate = (name, value) => ({
      name,
      unit: 'spans/s',
      ours: value,
      beside: GOAL,
      besideName: 'the limit',
      ratio: value / GOAL,
      goal: `at least ${GOAL.toLocaleString('en')} spans/s`,
      holds: value >= GOAL,
    });
    return [
      rate('ingest over HTTP, NDJSON, durable', rates.plain),
      rate('ingest over HTTP, NDJSON in gzip, durable', rates.gzip),
      atMost({ name: 'ingest over HTTP, a span', ours: 1e6 / rates.plain, ...limit }),
      atMost({ name: 'ingest over HTTP in gzip, a span', ours: 1e6 / rates.gzip, ...limit }),
      atMost({
        name: 'ingest over HTTP, a span, beside parsing',
        unit: 'µs/span',
        ours: 1e6 / rates.plain,
        beside: 1e6 / rates.parse,
        besideName: 'JSON.parse of every line',
        maxRatio: 2,
      }),
    ];
  });
}

/** Spans a second from the first byte sent to the last answer. */
async function rateOf(url, bodies, headers) {
  const type = { 'content-type': 'application/x-ndjson' };
  const ms = await sendAll(`${url}/v1/telemetry`, bodies, { ...type, ...headers }, isTaken);
  return (SPANS / ms) * 1000;
}

function isTaken(answer) {
  const { accepted, refused } = JSON.parse(answer.toString());
  return accepted === BATCH * 2 && refused.length === 0;
}

function parseAll(texts) {
  const started = performance.now();
  let values = 0;
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      JSON.parse(line);
      values++;
    }
  }
  if (values !== SPANS * 2) throw new Error(`${values} lines`);
  return (SPANS / (performance.now() - started)) * 1000;
}
