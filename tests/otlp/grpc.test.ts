import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Ingest } from '../../packages/app/src/ingest/ingest.ts';
import { Admission } from '../../packages/app/src/server/admission.ts';
import { type GrpcListening, listenGrpc } from '../../packages/app/src/server/otlp/grpc-server.ts';
import { OtlpReceiver } from '../../packages/app/src/server/otlp/receiver.ts';
import { memoryStore } from '../../packages/app/src/store/duckdb-store.ts';
import { type Store, StoreTroubleError } from '../../packages/app/src/store/store.ts';
import { until } from '../server-process.ts';
import { fieldsOf, protobufRequest, TRACE_ID } from './protobuf-request.ts';

let store: Store;
let ingest: Ingest;
const opened: { close(): unknown }[] = [];
beforeAll(async () => {
  store = await memoryStore();
  ingest = new Ingest(store, { price: () => undefined });
});
afterAll(async () => {
  for (const each of opened.reverse()) await each.close();
  await ingest.close();
  await store.close();
});

type Ask = (
  bytes: Uint8Array,
  how?: { signal?: string; metadata?: Record<string, string> },
) => Promise<Uint8Array>;

/** A server with this door, and a client that sends bytes to it. */
async function asking(admission: Admission, token?: string): Promise<Ask> {
  const server: GrpcListening = await listenGrpc({
    port: 0,
    host: '127.0.0.1',
    otlp: new OtlpReceiver(ingest, admission),
    admission,
    ...(token !== undefined && { token }),
  });
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  opened.push(server, client);
  return (bytes, { signal = 'trace.v1.TraceService', metadata = {} } = {}) =>
    new Promise((resolve, reject) => {
      const headers = new Metadata();
      for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
      const same = (message: Buffer): Buffer => message;
      client.makeUnaryRequest(
        `/opentelemetry.proto.collector.${signal}/Export`,
        same,
        same,
        Buffer.from(bytes),
        headers,
        (error, answer) => (error === null ? resolve(answer!) : reject(error)),
      );
    });
}

const refusal = (answer: Promise<unknown>): Promise<ServiceError> =>
  answer.then(
    () => {
      throw new Error('It was taken.');
    },
    (error: ServiceError) => error,
  );

/** Seconds after which the server wants it again: google.rpc.Status > Any > RetryInfo > Duration. */
function retryAfter({ metadata }: ServiceError): number | undefined {
  const [details] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(details)) return undefined;
  const any = fieldsOf(String(fieldsOf(details)[3]));
  expect(any[1]).toBe('type.googleapis.com/google.rpc.RetryInfo');
  return Number(fieldsOf(String(fieldsOf(String(any[2]))[1]))[1]);
}

const SPAN = protobufRequest(['00000000000000a1']);

describe('what is taken', () => {
  test('everything: an empty answer; a part: what was not, and why', async () => {
    const ask = await asking(new Admission());
    expect(await ask(SPAN)).toHaveLength(0);
    const partial = fieldsOf(await ask(protobufRequest(['00000000000000a2', '0000000000000000'])));
    expect(fieldsOf(String(partial[1]))).toEqual({
      1: 1,
      2: expect.stringMatching(/^1 span was not kept: .+/),
    });
    expect((await store.read((reader) => reader.run(TRACE_ID)))?.spans).toHaveLength(2);
  });

  test('logs and metrics have an answer that no client repeats', async () => {
    const ask = await asking(new Admission());
    for (const signal of ['logs.v1.LogsService', 'metrics.v1.MetricsService'])
      expect(await ask(new Uint8Array(), { signal })).toHaveLength(0);
  });
});

describe('what is not', () => {
  test('no protobuf: INVALID_ARGUMENT, which nobody sends again', async () => {
    const error = await refusal((await asking(new Admission()))(new Uint8Array([0x0a, 0xff, 0x7f])));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toMatch(/protobuf/);
    expect(retryAfter(error)).toBeUndefined();
  });

  test('no room: RESOURCE_EXHAUSTED with RetryInfo, before the message is read and after', async () => {
    const admission = new Admission({ bytes: 8 << 20 });
    const ask = await asking(admission);
    admission.hold(3 << 20);
    const after = await refusal(ask(Buffer.alloc(6 << 20)));
    admission.hold(4 << 20);
    const before = await refusal(ask(SPAN));
    for (const error of [after, before])
      expect([error.code, retryAfter(error)]).toEqual([status.RESOURCE_EXHAUSTED, 1]);
    admission.release(7 << 20);
    expect(await ask(SPAN)).toHaveLength(0);
  });

  test('calls that come to nothing leave no room taken', async () => {
    const admission = new Admission({ bytes: 4 << 20 });
    const ask = await asking(admission);
    for (const bytes of [Buffer.alloc(65 << 20), new Uint8Array([0x0a, 0xff, 0x7f]), Buffer.alloc(5 << 20)])
      await refusal(ask(bytes));
    await until(async () => (await ask(SPAN).catch(() => undefined)) !== undefined, 5_000);
  });

  test('a store in trouble: UNAVAILABLE with RetryInfo', async () => {
    const ask = await asking(new Admission());
    const { accept } = ingest;
    ingest.accept = () => Promise.reject(new StoreTroubleError('x', 'the disk is full.'));
    const error = await refusal(ask(SPAN));
    ingest.accept = accept;
    expect([error.code, retryAfter(error)]).toEqual([status.UNAVAILABLE, 5]);
    expect(error.details).toContain('the disk is full.');
  });

  test('a message of more than 64 MiB: RESOURCE_EXHAUSTED, and nobody sends it again', async () => {
    const error = await refusal((await asking(new Admission()))(Buffer.alloc(65 * 1024 * 1024)));
    expect([error.code, retryAfter(error)]).toEqual([status.RESOURCE_EXHAUSTED, undefined]);
  });

  test('with a token: only who bears it', async () => {
    const ask = await asking(new Admission(), 's3cret');
    expect((await refusal(ask(SPAN))).code).toBe(status.UNAUTHENTICATED);
    const wrong = { metadata: { authorization: 'Bearer wrong' } };
    expect((await refusal(ask(SPAN, wrong))).code).toBe(status.UNAUTHENTICATED);
    expect(await ask(SPAN, { metadata: { authorization: 'Bearer s3cret' } })).toHaveLength(0);
  });
});

test('a port that is taken is told as an error, and by nobody else', async () => {
  const admission = new Admission();
  const options = { host: '127.0.0.1', otlp: new OtlpReceiver(ingest, admission), admission };
  const first = await listenGrpc({ ...options, port: 0 });
  const said = vi.spyOn(console, 'error');
  await expect(listenGrpc({ ...options, port: first.port })).rejects.toThrow(`Port ${first.port}`);
  expect(said).not.toHaveBeenCalled();
  await first.close();
});
