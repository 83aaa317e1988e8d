import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpSink, RunTrace } from '../../index.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { HttpAnswer, HttpRequest, Platform } from '../platform.ts';
import { HttpSink as PortableHttpSink } from './http-sink.ts';
import { nodePlatform } from './node-platform.ts';

const START = '{"event":"run_start","run_id":"r1","ts":1}\n';
const line = (n: number): string => `{"event":"span_start","span_id":"s${n}","name":"n","ts":2}\n`;

/** A platform whose server answers from a list, and whose clock does not make tests wait. */
function scripted(answers: (Partial<HttpAnswer> | 'down')[]): {
  platform: Platform;
  bodies: string[];
  told: string[];
  pauses: number[];
} {
  const bodies: string[] = [];
  const told: string[] = [];
  const pauses: number[] = [];
  const platform: Platform = {
    ...nodePlatform,
    tell: (sentence) => void told.push(sentence),
    later(ms, fn) {
      pauses.push(ms);
      const timer = setTimeout(fn, ms >= 5000 ? ms : Math.min(ms, 1));
      return () => clearTimeout(timer);
    },
    async transport(request: HttpRequest) {
      bodies.push(request.body);
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer === 'down') throw new Error('ECONNREFUSED');
      return { status: 200, text: '{}', ...answer };
    },
  };
  return { platform, bodies, told, pauses };
}

const idsIn = (body: string): unknown[] =>
  body
    .split('\n')
    .slice(0, -1)
    .map((text) => (JSON.parse(text) as TraceRecord).span_id);

describe('against a server of its own making', () => {
  test('every record carries the run, in order, in few requests', async () => {
    const { platform, bodies } = scripted([{}]);
    const sink = new PortableHttpSink({ url: 'http://x/' }, platform);
    sink.write(START);
    for (let n = 0; n < 100; n++) sink.write(line(n));
    await sink.close();
    const records = bodies
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as TraceRecord);
    expect(records).toHaveLength(101);
    expect(new Set(records.map(({ run_id }) => run_id))).toEqual(new Set(['r1']));
    expect(idsIn(bodies.join(''))).toEqual([undefined, ...Array.from({ length: 100 }, (_, n) => `s${n}`)]);
    expect(bodies.length).toBeLessThan(4);
  });

  test('tries again after failures, with growing pauses, and loses nothing', async () => {
    const { platform, bodies, told, pauses } = scripted([
      'down',
      { status: 503 },
      { status: 429 },
      'down',
      {},
    ]);
    const sink = new PortableHttpSink({ url: 'http://x' }, platform);
    sink.write(START + line(1));
    await expect.poll(() => bodies.length).toBe(5);
    await sink.close();
    expect(new Set(bodies).size).toBe(1);
    expect(told).toEqual([expect.stringContaining('cannot be reached')]);
    const [first, second, third] = pauses.filter((ms) => ms !== 100 && ms < 5000);
    expect(first).toBeGreaterThanOrEqual(250);
    expect(second).toBeGreaterThanOrEqual(500);
    expect(third).toBeGreaterThanOrEqual(1000);
  });

  test('waits as long as Retry-After says', async () => {
    const { platform, bodies, pauses } = scripted([{ status: 429, retryAfter: '3' }, {}]);
    const sink = new PortableHttpSink({ url: 'http://x' }, platform);
    sink.write(START);
    await expect.poll(() => bodies.length).toBe(2);
    expect(Math.max(...pauses)).toBeGreaterThan(2900);
    await sink.close();
  });

  test('drops the oldest beyond its limit, never what is about the run, tells once, and reports it in the run', async () => {
    const { platform, bodies, told } = scripted(['down', 'down', 'down', {}]);
    const sink = new PortableHttpSink({ url: 'http://x', maxWaiting: 2000 }, platform);
    sink.write(START);
    for (let n = 0; n < 200; n++) sink.write(line(n));
    await expect.poll(() => bodies.length).toBeGreaterThanOrEqual(4);
    await sink.close();
    const sent = bodies.slice(3).join('');
    expect(sent).toContain('"event":"run_start"');
    expect(idsIn(sent)).toContain('s199');
    expect(idsIn(sent)).not.toContain('s0');
    const dropped = 200 - idsIn(sent).filter((id) => id !== undefined).length;
    expect(sent).toContain(`"quality":[{"code":"records-dropped","count":${dropped}}]`);
    expect(told.filter((sentence) => sentence.includes('oldest are dropped'))).toHaveLength(1);
    expect(told.filter((sentence) => sentence.includes(`${dropped} records`))).toHaveLength(1);
  });

  test('makes requests smaller when they are too large', async () => {
    const { platform, bodies } = scripted([{ status: 413 }, { status: 413 }, {}]);
    const sink = new PortableHttpSink({ url: 'http://x' }, platform);
    sink.write(START);
    for (let n = 0; n < 40; n++) sink.write(line(n));
    await sink.close();
    expect(idsIn(bodies.slice(2).join(''))).toHaveLength(41);
    expect(bodies[2]!.length).toBeLessThan(bodies[0]!.length / 2);
  });

  test('a wrong token ends it: told once, with what to do', async () => {
    const { platform, bodies, told } = scripted([{ status: 401 }]);
    const sink = new PortableHttpSink({ url: 'http://x' }, platform);
    sink.write(START);
    await sink.flush();
    sink.write(line(1));
    await sink.close();
    expect(bodies).toHaveLength(1);
    expect(told).toEqual([expect.stringContaining('TACHO_TOKEN')]);
  });

  test('gives up waiting for a server that is away, and says what is missing', async () => {
    const { platform, told } = scripted(['down']);
    const sink = new PortableHttpSink({ url: 'http://x', giveUpMs: 20 }, platform);
    sink.write(START + line(1));
    await sink.close();
    expect(told.at(-1)).toBe('2 records have not reached http://x.');
  });
});

describe('against a real server', () => {
  let server: Server;
  const requests: { path: string; token: string | undefined; records: TraceRecord[] }[] = [];

  async function listen(port = 0): Promise<string> {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
        requests.push({
          path: request.url!,
          token: request.headers.authorization,
          records: text
            .split('\n')
            .slice(0, -1)
            .map((each) => JSON.parse(each) as TraceRecord),
        });
        response.end('{"accepted":1,"duplicates":0,"runs":[],"refused":[]}');
      });
    });
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    requests.length = 0;
    server.closeAllConnections();
    server.close();
  });

  test('a run arrives, compressed and with its token', async () => {
    const url = await listen();
    const trace = new RunTrace({ task: 'far', dir: false, url, token: 'secret-token', gzip: true });
    trace.span('work', () => trace.event('half', { text: 'ü' }));
    await trace.end();
    expect(requests[0]).toMatchObject({ path: '/v1/telemetry', token: 'Bearer secret-token' });
    const records = requests.flatMap((request) => request.records);
    expect(records.map(({ event }) => event)).toEqual([
      'run_start',
      'span_start',
      'span_event',
      'span_end',
      'run_end',
    ]);
    expect(records.every(({ run_id }) => run_id === trace.runId)).toBe(true);
  });

  test('a server that comes later gets everything', async () => {
    const url = await listen();
    const { port } = server.address() as AddressInfo;
    server.close();
    const sink = new HttpSink({ url });
    sink.write(START + line(1));
    const closed = sink.close();
    setTimeout(() => void listen(port), 300);
    await closed;
    expect(requests.flatMap((request) => request.records)).toHaveLength(2);
  });
});
