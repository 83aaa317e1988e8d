import { gzipSync } from 'node:zlib';
import { decodeTraces } from '@tacho/trace/formats/otlp/decode-protobuf';
import type { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fieldsOf, protobufRequest, TRACE_ID } from '../../../../../tests/otlp/protobuf-request.ts';
import { Ingest } from '../../ingest/ingest.ts';
import { memoryStore } from '../../store/duckdb-store.ts';
import { type AskableStore, StoreTroubleError } from '../../store/store.ts';
import { Admission } from '../admission.ts';
import { createApp } from '../app.ts';
import { LiveHub } from '../live.ts';
import { bytesField, joined, textField, varintField } from './protobuf-message.ts';
import { OtlpReceiver } from './receiver.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

let store: AskableStore;
let ingest: Ingest;
let admission: Admission;
let app: Hono;

function appWith(token?: string): Hono {
  return createApp(
    {
      store,
      ingest,
      live: new LiveHub(() => 0),
      admission,
      otlp: new OtlpReceiver(ingest, admission),
      health: () => ({ name: 'tacho', version: '0', pid: 1, startedUs: 0, store: '', watching: [] }),
      offers: async () => [],
      takeOffer: async () => false,
    },
    { version: '0', ...(token !== undefined && { token }) },
  );
}

beforeEach(async () => {
  store = await memoryStore();
  ingest = new Ingest(store, { price: () => undefined });
  admission = new Admission();
  app = appWith();
});
afterEach(async () => {
  await ingest.close();
  await store.close();
});

type Body = string | Uint8Array<ArrayBuffer>;

function post(
  body: Body,
  type: string,
  { path = '/v1/traces', ...headers }: Record<string, string> = {},
): Promise<Response> {
  return Promise.resolve(
    app.request(`http://localhost${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': type, ...headers },
    }),
  );
}

const span = (spanId: string, traceId = TRACE_ID): object => ({
  traceId,
  spanId,
  name: 'step',
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000001000000000',
});
const request = (...spans: object[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

const bytesOf = async (answer: Response): Promise<Uint8Array> => new Uint8Array(await answer.arrayBuffer());
const spansOf = async (): Promise<number | undefined> =>
  (await store.read((reader) => reader.run(TRACE_ID)))?.spans.length;

describe('what is taken', () => {
  test('JSON is answered with JSON, protobuf with protobuf, and both are the same trace', async () => {
    const json = await post(request(span('00000000000000a1')), `${JSON_TYPE}; charset=utf-8`);
    expect([json.status, json.headers.get('content-type'), await json.json()]).toEqual([200, JSON_TYPE, {}]);
    const binary = await post(
      protobufRequest(['00000000000000a2', '00000000000000a1']),
      'Application/X-Protobuf',
    );
    expect([binary.status, binary.headers.get('content-type')]).toEqual([200, PROTOBUF]);
    expect(await bytesOf(binary)).toHaveLength(0);
    expect(await spansOf()).toBe(2);
  });

  test('gzip in either encoding, and the path with a slash behind it', async () => {
    const gzip = { 'content-encoding': 'gzip', path: '/v1/traces/' };
    const json = new Uint8Array(gzipSync(request(span('00000000000000a1'))));
    expect((await post(json, JSON_TYPE, gzip)).status).toBe(200);
    expect(
      (await post(new Uint8Array(gzipSync(protobufRequest(['00000000000000a2']))), PROTOBUF, gzip)).status,
    ).toBe(200);
    expect(await spansOf()).toBe(2);
  });

  test.each([
    ['protobuf', new Uint8Array(), PROTOBUF],
    ['JSON', '{}', JSON_TYPE],
  ])('nothing, in %s, is a success', async (_, body, type) => {
    expect((await post(body, type)).status).toBe(200);
  });

  test('a span that cannot be kept is counted and told, in quarantine, and costs no other', async () => {
    const body = request(span('00000000000000a1'), span('nonsense'), span('00000000000000a2'));
    const { partialSuccess } = (await (await post(body, JSON_TYPE)).json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedSpans).toBe('1');
    expect(partialSuccess.errorMessage).toMatch(/^1 span was not kept: .+\.$/);
    expect(await spansOf()).toBe(2);
    const { lines } = await store.read((reader) => reader.quarantine(10));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ uri: 'OTLP /v1/traces' });

    const binary = fieldsOf(
      await bytesOf(await post(protobufRequest(['00000000000000a1', '0000000000000000']), PROTOBUF)),
    );
    expect(fieldsOf(Buffer.from(String(binary[1]), 'latin1'))).toMatchObject({
      1: 1,
      2: expect.stringMatching(/^1 span was not kept/),
    });
  });
});

describe('what is not', () => {
  test.each([
    ['no JSON', '{"resourceSpans":', JSON_TYPE, {}, 400],
    ['an empty body', '', JSON_TYPE, {}, 400],
    ['no protobuf', new Uint8Array([0x0a, 0xff, 0xff, 0x7f]), PROTOBUF, {}, 400],
    ['no gzip', 'plain', PROTOBUF, { 'content-encoding': 'gzip' }, 400],
    ['another compression', 'x', PROTOBUF, { 'content-encoding': 'zstd' }, 415],
    ['another type', 'x', 'application/x-ndjson', {}, 415],
    ['a type that a form could send', 'x', 'text/plain', {}, 415],
  ])('%s: a google.rpc.Status in the encoding of the request', async (_, body, type, headers, status) => {
    const answer = await post(body, type, headers);
    expect(answer.status).toBe(status);
    if (type === PROTOBUF) {
      expect(answer.headers.get('content-type')).toBe(PROTOBUF);
      expect(fieldsOf(await bytesOf(answer))).toMatchObject({ 1: 3, 2: expect.stringMatching(/\w+ .*\.$/) });
    } else {
      expect(answer.headers.get('content-type')).toBe(JSON_TYPE);
      expect(await answer.json()).toEqual({ code: 3, message: expect.stringMatching(/\w+ .*\.$/) });
    }
  });

  test('a body that inflates to more than 64 MiB is refused while it inflates', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(65 * 1024 * 1024), { level: 1 }));
    const answer = await post(bomb, PROTOBUF, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    expect(fieldsOf(await bytesOf(answer))[2]).toContain('larger than 64 MiB');
    expect((await post(protobufRequest(['00000000000000a1']), PROTOBUF)).status).toBe(200);
  });

  test('no room: 429 with Retry-After, whether the bytes or the turns are taken', async () => {
    for (const full of [new Admission({ bytes: 10 }), new Admission({ records: 1, waiting: 0 })]) {
      admission = full;
      app = appWith();
      full.hold(1);
      await full.enter(1);
      const answer = await post(protobufRequest(['00000000000000a1']), PROTOBUF);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
      expect(fieldsOf(await bytesOf(answer))[1]).toBe(8);
      full.leave(1);
      full.release(1);
      admission = new Admission();
      app = appWith();
      expect((await post(protobufRequest(['00000000000000a1']), PROTOBUF)).status).toBe(200);
    }
  });

  test('a store in trouble: 503 with Retry-After, and not a word of success', async () => {
    ingest.accept = () => Promise.reject(new StoreTroubleError('x', 'the disk is full.'));
    const answer = await post(request(span('00000000000000a1')), JSON_TYPE);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({ code: 14, message: expect.stringContaining('the disk is full.') });
  });

  test('another method: 405 that says which', async () => {
    const answer = await app.request('http://localhost/v1/traces');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('the address of the server as if it were the whole of it: 404 that says where OTLP goes', async () => {
    const answer = await post(protobufRequest(['00000000000000a1']), PROTOBUF, { path: '/' });
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { error: { hint: string } }).error.hint).toContain('/v1/traces');
  });

  test('spans sent to the stream of our own records: 415 that says where they go', async () => {
    const answer = await post(protobufRequest(['00000000000000a1']), PROTOBUF, { path: '/v1/telemetry' });
    expect(answer.status).toBe(415);
    expect(((await answer.json()) as { error: { hint: string } }).error.hint).toContain('/v1/traces');
  });
});

describe('who gets in', () => {
  test('a foreign page does not, by origin or by name', async () => {
    const origin = await post(protobufRequest(['00000000000000a1']), PROTOBUF, {
      origin: 'https://evil.example',
    });
    expect([origin.status, fieldsOf(await bytesOf(origin))[1]]).toEqual([403, 7]);
    expect(
      (await post(protobufRequest(['00000000000000a1']), PROTOBUF, { host: 'evil.example' })).status,
    ).toBe(403);
    expect(await spansOf()).toBeUndefined();
  });

  test('with a token only who bears it, as OTEL_EXPORTER_OTLP_HEADERS sends it', async () => {
    app = appWith('s3cret');
    const none = await post(protobufRequest(['00000000000000a1']), PROTOBUF);
    expect([none.status, fieldsOf(await bytesOf(none))[1]]).toEqual([401, 16]);
    const authorization = 'Bearer s3cret';
    expect((await post(protobufRequest(['00000000000000a1']), PROTOBUF, { authorization })).status).toBe(200);
  });
});

describe('metrics', () => {
  const points = (kind: string): object => ({ [kind]: { dataPoints: [{}, {}] } });

  test('are told to be refused, so that a client neither fails nor sends them again', async () => {
    const metrics = [points('gauge'), points('sum'), points('histogram')];
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    const answer = await post(body, JSON_TYPE, { path: '/v1/metrics' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      partialSuccess: { rejectedDataPoints: '6', errorMessage: expect.stringContaining('no metrics') },
    });
    expect(await (await post('{}', JSON_TYPE, { path: '/v1/metrics' })).json()).toEqual({});
  });

  test('in protobuf as well', async () => {
    const gauge = bytesField(5, joined([bytesField(1, new Uint8Array()), bytesField(1, new Uint8Array())]));
    const metric = joined([textField(1, 'name'), gauge]);
    const body = bytesField(1, joined([varintField(9, 300), bytesField(2, bytesField(2, metric))]));
    const answer = await post(new Uint8Array(body), PROTOBUF, { path: '/v1/metrics' });
    const partial = Buffer.from(String(fieldsOf(await bytesOf(answer))[1]), 'latin1');
    expect(fieldsOf(partial)).toMatchObject({ 1: 2 });
    const cut = new Uint8Array(body).subarray(0, body.length - 1);
    expect((await post(new Uint8Array(cut), PROTOBUF, { path: '/v1/metrics' })).status).toBe(400);
  });
});

test('the bytes made here are what the decoder takes for a request', () => {
  expect(
    decodeTraces(protobufRequest(['00000000000000a1'])).resourceSpans[0]?.scopeSpans[0]?.spans[0],
  ).toMatchObject({
    traceId: TRACE_ID,
    spanId: '00000000000000a1',
    name: 'step',
  });
});
