import { otlp } from '@tacho/trace/formats/otlp/format';
import { expect, test } from 'vitest';
import { comparable, fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { Ingest } from '../../ingest/ingest.ts';
import { memoryStore } from '../../store/duckdb-store.ts';
import { Admission } from '../admission.ts';
import { OtlpReceiver } from './receiver.ts';

/** A request with twenty traces, more spans than a piece of a file has, and spans that cannot be kept. */
function manySpans(): string {
  const spans = Array.from({ length: 2600 }, (_, at) => ({
    traceId: (at % 20).toString(16).padStart(32, 'a'),
    spanId: at % 97 === 0 ? 'nonsense' : (at + 1).toString(16).padStart(16, '0'),
    ...(at >= 20 && { parentSpanId: ((at % 20) + 1).toString(16).padStart(16, '0') }),
    name: `step ${at}`,
    startTimeUnixNano: `${1_760_000_000_000 + at}000000`,
    endTimeUnixNano: at % 50 === 0 ? '0' : `${1_760_000_000_100 + at}000000`,
    attributes: [
      { key: 'gen_ai.conversation.id', value: { stringValue: `c${at % 20}` } },
      { key: 'text', value: { stringValue: 'x'.repeat(2000) } },
    ],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'many' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's' }, spans }] }] });
}

const bodies: [string, Buffer, 'json' | 'protobuf'][] = [
  ...fixturesOf('otlp').flatMap(({ name, bytes }): [string, Buffer, 'json' | 'protobuf'][] => {
    if (name === 'printed.pb') return [[name, bytes, 'protobuf']];
    if (name === 'printed.json') return [[name, bytes, 'json']];
    // Other files have several requests; each line of those is one.
    if (!name.endsWith('.jsonl')) return [];
    const lines = bytes.toString('utf8').trimEnd().split('\n');
    return lines.map((line, at) => [`${name}, line ${at + 1}`, Buffer.from(line), 'json']);
  }),
  ['2600 spans', Buffer.from(manySpans()), 'json'],
  ['2600 spans, printed', Buffer.from(JSON.stringify(JSON.parse(manySpans()), null, 2)), 'json'],
];

test.each(bodies)(
  '%s: sent to the server or read from a file, the same runs and refusals',
  async (_, bytes, encoding) => {
    const store = await memoryStore();
    const ingest = new Ingest(store, { price: () => undefined });
    const taken: unknown[] = [];
    const accept = ingest.accept.bind(ingest);
    ingest.accept = (batch) => {
      taken.push(...batch.records);
      return accept(batch);
    };
    const receiver = new OtlpReceiver(ingest, new Admission());
    const { rejected } = await receiver.take({ signal: 'traces', encoding, bytes, uri: 'test' });
    await ingest.close();
    await store.close();
    const file = await readBytes(otlp, bytes);
    expect(file.refusals).toHaveLength(rejected);
    const sent = runsOf(taken as Parameters<typeof runsOf>[0]);
    expect([...runsOf(file.records)].map(([id, run]) => [id, comparable(run)])).toEqual(
      [...sent].map(([id, run]) => [id, comparable(run)]),
    );
    expect(sent.size).toBeGreaterThan(0);
  },
);

test.each(['[]', '"text"', 'null', '7'])('a body that is %s is no request: 400', async (body) => {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price: () => undefined });
  const receiver = new OtlpReceiver(ingest, new Admission());
  const request = { signal: 'traces', encoding: 'json', bytes: Buffer.from(body), uri: 'test' } as const;
  await expect(receiver.take(request)).rejects.toMatchObject({ status: 400, code: 'malformed' });
  await ingest.close();
  await store.close();
});
