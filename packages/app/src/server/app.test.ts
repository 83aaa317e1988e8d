import { gzipSync } from 'node:zlib';
import type { TraceRecord } from '@tacho/trace/model/record';
import { redactorOf } from '@tacho/trace/model/redact';
import { nowUs } from '@tacho/trace/model/time';
import type { ApiError, IngestAnswer, RunList } from '@tacho/trace/wire/runs';
import { decodeStructure } from '@tacho/trace/wire/structure';
import type { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ingest } from '../ingest/ingest.ts';
import { memoryStore } from '../store/duckdb-store.ts';
import type { AskableStore } from '../store/store.ts';
import { Admission } from './admission.ts';
import { createApp } from './app.ts';
import { LiveHub } from './live.ts';
import { ENDPOINTS } from './openapi.ts';
import { OtlpReceiver } from './otlp/receiver.ts';

let store: AskableStore;
let ingest: Ingest;
let live: LiveHub;
let app: Hono;

beforeEach(async () => {
  store = await memoryStore();
  ingest = new Ingest(store, {
    price: ({ model, usage }) =>
      model === 'known' ? { costUsd: usage.inputTokens / 1e6, row: 'known @ always' } : undefined,
  });
  live = new LiveHub(nowUs);
  ingest.onChange(
    (change) => live.publish(change),
    () => live.watched,
  );
  const admission = new Admission();
  app = createApp(
    {
      store,
      ingest,
      live,
      admission,
      otlp: new OtlpReceiver(ingest, admission),
      health: () => ({ name: 'tacho', version: '0', pid: 1, startedUs: 0, store: store.path, watching: [] }),
      offers: async () => [],
      takeOffer: async () => false,
    },
    { version: '0' },
  );
});
afterEach(async () => {
  live.close();
  await ingest.close();
  await store.close();
});

const records: TraceRecord[] = [
  { event: 'run_start', run_id: 'r1', ts: 1700000000, name: 'first run', task: 'find it' },
  { event: 'span_start', run_id: 'r1', span_id: 'a', ts: 1700000000, kind: 'agent', name: 'main' },
  {
    event: 'span',
    run_id: 'r1',
    span_id: 'c',
    parent: 'a',
    ts: 1700000001,
    duration_ms: 500,
    kind: 'llm',
    model: 'known',
    usage: { input_tokens: 1000, output_tokens: 10 },
    inputs: { messages: ['x'.repeat(50_000)] },
    outputs: 'fine',
  },
  { event: 'span_end', run_id: 'r1', span_id: 'a', ts: 1700000002, outputs: 'done' },
  { event: 'run_end', run_id: 'r1', ts: 1700000002.5, status: 'ok' },
];
const lines = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  query = '',
): Promise<Response> {
  return app.request(`http://localhost/v1/telemetry${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-ndjson', ...headers },
  });
}
const get = async <T>(path: string): Promise<T> =>
  (await (await app.request(`http://localhost${path}`)).json()) as T;

test('what is sent can be read: list, run, structure, span, report', async () => {
  const answer = (await (await post(lines(records))).json()) as IngestAnswer;
  expect(answer).toEqual({ accepted: 5, duplicates: 0, runs: ['r1'], refused: [] });
  const list = await get<RunList>('/api/runs');
  expect(list.runs).toHaveLength(1);
  expect(list.runs[0]).toMatchObject({
    runId: 'r1',
    name: 'first run',
    status: 'ok',
    tokens: 1010,
    costUsd: 0.001,
    spans: 2,
    durationUs: 2_500_000,
  });
  const bytes = await (await app.request('http://localhost/api/runs/r1/structure')).arrayBuffer();
  const { columns } = decodeStructure(new Uint8Array(bytes));
  expect(columns.count).toBe(2);
  expect([...columns.parent.slice(0, 2)]).toEqual([-1, 0]);
  expect(await get('/api/runs/r1/spans/1')).toMatchObject({
    outputs: 'fine',
    priceRow: 'known @ always',
    inputs: { messages: [{ $cut: true, length: 50_000 }] },
  });
  const whole = await get<{ inputs: { messages: string[] } }>('/api/runs/r1/spans/1?full=1');
  expect(whole.inputs.messages[0]).toHaveLength(50_000);
  expect(await get('/api/runs/r1/report')).toMatchObject({
    costUsd: 0.001,
    models: [{ model: 'known', calls: 1 }],
  });
});

test('the same batch twice, whole or in part, in one run or after a restart of the ingest, counts once', async () => {
  await post(lines(records.slice(0, 3)));
  await post(lines(records));
  expect((await (await post(lines(records))).json()) as IngestAnswer).toMatchObject({
    accepted: 0,
    duplicates: 5,
  });
  const later = new Ingest(store, { price: () => undefined });
  await later.accept({ records });
  const again = await get<RunList>('/api/runs');
  expect(again.runs[0]).toMatchObject({ tokens: 1010, spans: 2 });
});

test('payloads survive updates that do not repeat them', async () => {
  await post(lines(records));
  await post(
    lines([{ event: 'span_update', run_id: 'r1', span_id: 'c', attributes: { more: 1 }, ts: 1700000001.2 }]),
  );
  expect(await get('/api/runs/r1/spans/1')).toMatchObject({ outputs: 'fine', attributes: { more: 1 } });
});

test('gzip is taken; what is no gzip, too large, or of a foreign type is told so', async () => {
  expect((await post(gzipSync(lines(records)), { 'content-encoding': 'gzip' })).status).toBe(200);
  expect((await post('plain', { 'content-encoding': 'gzip' })).status).toBe(400);
  expect((await post('x', { 'content-encoding': 'br' })).status).toBe(415);
  expect((await post('x', { 'content-type': 'text/plain' })).status).toBe(415);
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, 32));
  expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
});

test('a broken line is refused with its place, and the rest is taken', async () => {
  const body = `${JSON.stringify(records[0])}\n{"event":"span_sta\n{"event":"nonsense"}\n${JSON.stringify(records[1])}\n`;
  const answer = (await (await post(body)).json()) as IngestAnswer;
  expect(answer.accepted).toBe(2);
  expect(answer.refused.map(({ line }) => line)).toEqual([2, 3]);
  const kept = await get<{ total: number; lines: { line: number; text: string; reason: string }[] }>(
    '/api/quarantine',
  );
  expect(kept.total).toBe(2);
  expect(kept.lines.map(({ text }) => text)).toContain('{"event":"nonsense"}');
});

test('with redaction on, secrets are not stored', async () => {
  const redactor = redactorOf(true)!;
  const careful = new Ingest(store, {
    price: () => undefined,
    redact: (record) => redactor.value(record) as TraceRecord,
  });
  const key = `sk-ant-api03-${'a1B2'.repeat(8)}`;
  await careful.accept({
    records: [
      {
        ...records[2]!,
        inputs: { api_key: 'hunter2', text: `use ${key} now`, max_tokens: 5 },
      } as TraceRecord,
    ],
  });
  expect(await get('/api/runs/r1/spans/0')).toMatchObject({
    inputs: { api_key: '[redacted]', text: 'use [redacted] now', max_tokens: 5 },
    usage: { inputTokens: 1000 },
  });
});

test('strangers do not get in', async () => {
  const hosts = await app.request('http://evil.example/api/runs', { headers: { host: 'evil.example' } });
  expect(hosts.status).toBe(403);
  const origin = await post(lines(records), { origin: 'http://evil.example' });
  expect(origin.status).toBe(403);
  expect((await post(lines(records), { origin: 'http://localhost', host: 'localhost' })).status).toBe(200);
  const answer = await app.request('http://localhost/api/runs');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('a token is demanded where there is one, from header or cookie', async () => {
  const admission = new Admission();
  const guarded = createApp(
    {
      store,
      ingest,
      live,
      admission,
      otlp: new OtlpReceiver(ingest, admission),
      health: () => ({ name: 'tacho', version: '0', pid: 1, startedUs: 0, store: '', watching: [] }),
      offers: async () => [],
      takeOffer: async () => false,
    },
    { version: '0', token: 's3cret' },
  );
  const status = async (headers: Record<string, string>, path = '/api/runs'): Promise<Response> =>
    guarded.request(`http://10.0.0.1${path}`, { headers });
  expect((await status({})).status).toBe(401);
  expect((await status({ authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await status({ authorization: 'Bearer s3cret' })).status).toBe(200);
  const entry = await status({}, '/runs?token=s3cret&status=ok');
  expect(entry.status).toBe(303);
  expect(entry.headers.get('location')).toBe('/runs?status=ok');
  const cookie = entry.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect((await status({ cookie: cookie.split(';')[0]! })).status).toBe(200);
});

test('every error has one shape, over all endpoints', async () => {
  const failing: [string, RequestInit, number][] = [
    ['/api/runs/none', {}, 404],
    ['/api/runs/none', { method: 'DELETE' }, 404],
    ['/api/runs/none/structure', {}, 404],
    ['/api/runs/none/spans/0', {}, 404],
    ['/api/runs/none/report', {}, 404],
    ['/api/runs/none/export?format=telemetry', {}, 404],
    ['/api/runs/none/export?format=nonsense', {}, 400],
    ['/api/runs?sort=nonsense', {}, 400],
    ['/api/runs?limit=many', {}, 400],
    ['/api/runs?limit=0', {}, 400],
    ['/api/runs?limit=1.5', {}, 400],
    ['/api/runs?status=finished', {}, 400],
    ['/api/runs?label=agent', {}, 400],
    ['/api/sessions?limit=-1', {}, 400],
    ['/api/quarantine?limit=x', {}, 400],
    ['/api/query', {}, 404],
    ['/api/offers/none', { method: 'POST', headers: { 'content-type': 'application/json' } }, 404],
    ['/api/nonsense', {}, 404],
    ['/v1/telemetry', { method: 'POST' }, 415],
  ];
  for (const [path, init, status] of failing) {
    const response = await app.request(`http://localhost${path}`, init);
    expect([path, response.status]).toEqual([path, status]);
    expect(await response.json()).toEqual({
      error: expect.objectContaining({
        code: expect.any(String),
        message: expect.stringMatching(/^[A-Z].*\.$/s),
      }),
    });
  }
});

test('numbers in an address that cannot be are the asker’s mistake', async () => {
  await ingest.accept({ records });
  for (const no of ['1e99', '-1', '1.5', '99999999999999999999', 'first'])
    expect((await app.request(`/api/runs/r1/spans/${no}`)).status).toBe(404);
  for (const query of ['fromUs=1e300', 'toUs=-1e19', 'limit=Infinity'])
    expect((await app.request(`/api/runs?${query}`)).status).toBe(400);
});

test('a long export lets others have their turn', async () => {
  const spans = Array.from({ length: 3000 }, (_, no) => ({
    event: 'span',
    run_id: 'long',
    span_id: `s${no}`,
    name: 'x'.repeat(200),
    ts: 1_775_831_521 + no,
    duration_ms: 1,
  }));
  await post(lines(spans as unknown as TraceRecord[]));
  const response = await app.request('http://localhost/api/runs/long/export?format=telemetry');
  let turns = 0;
  let next = setImmediate(function count() {
    turns++;
    next = setImmediate(count);
  });
  let chunks = 0;
  for await (const _ of response.body!) chunks++;
  clearImmediate(next);
  expect(chunks).toBeGreaterThan(5);
  expect(turns).toBeGreaterThanOrEqual(chunks - 1);
});

test('a cursor that nobody gave out is refused with what to do', async () => {
  await ingest.accept({ records });
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const genuine = encoded(['start', 1, '5', 1]);
  const madeUp = [
    ['start', 1, 'abc', 1],
    ['start', 1, '', 1],
    ['cost', 1, '1e999', 1],
    ['cost', 1, '0x1', 1],
  ];
  const cursors = [...madeUp.map(encoded), encoded('start'), encoded(null), 'x', `${genuine}!`, '\0ÿ'];
  for (const cursor of cursors) {
    const { error } = await refused(`/api/runs?cursor=${encodeURIComponent(cursor)}`);
    expect(error.message).toMatch(/^The cursor ".+" is none that this list gave out\.$/);
    expect(error.hint).toMatch(/the first page is the one without a cursor\.$/);
  }
  expect((await refused(`/api/runs?sort=cost&cursor=${genuine}`)).error.message).toBe(
    'The cursor is of the list by start, descending, and this is the list by cost, ascending.',
  );
  expect((await get<RunList>(`/api/runs?cursor=${genuine}`)).runs).toEqual([]);
  for (const key of ['\0', '\ud800', "'"])
    expect((await get<RunList>(`/api/runs?sort=name&cursor=${encoded(['name', 0, key, 1])}`)).total).toBe(1);
  for (const path of ['/api/report', '/api/sessions', '/api/tools'])
    expect((await refused(`${path}?cursor=${genuine}`)).error.message).toMatch(
      /without pages\. Leave it out\.$/,
    );
});

async function refused(path: string): Promise<ApiError> {
  const answer = await app.request(`http://localhost${path}`);
  expect(answer.status).toBe(400);
  return (await answer.json()) as ApiError;
}

test('a run is deleted with everything in it', async () => {
  await post(lines(records));
  expect((await app.request('http://localhost/api/runs/r1', { method: 'DELETE' })).status).toBe(204);
  expect((await get<RunList>('/api/runs')).total).toBe(0);
  await post(lines(records));
  expect((await get<RunList>('/api/runs')).runs[0]).toMatchObject({ spans: 2, tokens: 1010 });
});

test('the described endpoints are the routes that exist', () => {
  const routes = new Set(
    app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '*' && path !== '/*')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1')}`),
  );
  expect([...routes].sort()).toEqual(
    ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
  );
});
