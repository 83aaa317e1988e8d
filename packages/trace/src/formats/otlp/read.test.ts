import { expect, test } from 'vitest';
import {
  comparable,
  fixturesOf,
  headOf,
  type Reading,
  readBytes,
  runsOf,
} from '../../../../../tests/format-cases.ts';
import { detect, isDocument } from './detect.ts';
import { otlp } from './format.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const spanId = (number: number): string => number.toString(16).padStart(16, '0');
const span = (number: number, more: object = {}): object => ({
  traceId: TRACE,
  spanId: spanId(number),
  name: `step ${number}`,
  startTimeUnixNano: `${1_760_000_000_000 + number}000000`,
  endTimeUnixNano: `${1_760_000_000_001 + number}000000`,
  ...more,
});
const resource = {
  attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }],
};
const request = (...spans: object[]): object => ({
  resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's' }, spans }] }],
});

const resourcesOf = (one: object): object[] => (one as { resourceSpans: object[] }).resourceSpans;

const read = (text: string, chunk?: number): Promise<Reading> =>
  readBytes(otlp, Buffer.from(text), chunk === undefined ? {} : { chunk });
const names = ({ records }: Reading): unknown[] =>
  records.filter(({ event }) => event === 'span').map(({ name }) => name);
const fixture = (name: string): Buffer => fixturesOf('otlp').find((one) => one.name === name)!.bytes;
const run = ({ records }: Reading) => runsOf(records).get(TRACE)!;

test.each([
  ['a line', JSON.stringify(request(span(1), span(2)))],
  ['two lines', `${JSON.stringify(request(span(1)))}\n${JSON.stringify(request(span(2)))}\n`],
  ['two on one line', `${JSON.stringify(request(span(1)))}${JSON.stringify(request(span(2)))}`],
  ['an array on one line', JSON.stringify([request(span(1)), request(span(2))])],
  [
    'an array with one a line',
    `[\n${JSON.stringify(request(span(1)))},\n${JSON.stringify(request(span(2)))}\n]\n`,
  ],
  ['a printed array', JSON.stringify([request(span(1)), request(span(2))], null, 2)],
  ['printed with tabs', JSON.stringify(request(span(1), span(2)), null, '\t')],
  [
    'two printed ones',
    [request(span(1)), request(span(2))].map((one) => JSON.stringify(one, null, 2)).join('\n'),
  ],
  [
    'CRLF and a byte order mark',
    `\ufeff${JSON.stringify(request(span(1), span(2)), null, 1)}`.replaceAll('\n', '\r\n'),
  ],
  ['Tempo’s answer', JSON.stringify({ batches: resourcesOf(request(span(1), span(2))) })],
  ['Tempo’s answer, printed', JSON.stringify({ batches: resourcesOf(request(span(1), span(2))) }, null, 2)],
  ['Tempo’s later answer', JSON.stringify({ trace: request(span(1), span(2)), metrics: {} })],
  ['Jaeger’s answer', JSON.stringify({ result: request(span(1), span(2)) })],
  ['Jaeger’s answer, printed', JSON.stringify({ result: request(span(1), span(2)) }, null, 2)],
  ['Tempo’s later answer, printed', JSON.stringify({ trace: request(span(1), span(2)) }, null, 2)],
  [
    'a resource a line',
    [span(1), span(2)].map((one) => JSON.stringify(resourcesOf(request(one))[0])).join('\n'),
  ],
])('%s: the same two spans and their resource, whatever the chunks', async (_, text) => {
  for (const chunk of [1, 7, 65_536]) {
    const reading = await read(text, chunk);
    expect(reading.refusals).toEqual([]);
    expect(names(reading)).toEqual(['step 1', 'step 2']);
    expect(run(reading).labels).toEqual({ service: 'shop' });
  }
});

test('a request longer than what is parsed at once is the same run as one that is not', async () => {
  const spans = Array.from({ length: 3000 }, (_, at) =>
    span(at + 1, { attributes: [{ key: 'text', value: { stringValue: `{"[${'x'.repeat(2000)}` } }] }),
  );
  const whole = await read(spans.map((one) => JSON.stringify(request(one))).join('\n'));
  const [text, printed] = [JSON.stringify(request(...spans)), JSON.stringify(request(...spans), null, 1)];
  expect(text.length).toBeGreaterThan(5e6);
  for (const one of [text, printed]) {
    const reading = await read(one);
    expect(reading.refusals).toEqual([]);
    expect(comparable(run(reading))).toEqual(comparable(run(whole)));
  }
});

test('a resource that stands behind its spans is theirs', async () => {
  const [owned] = (request(span(1), span(2)) as { resourceSpans: [{ scopeSpans: object[] }] }).resourceSpans;
  const text = JSON.stringify({ resourceSpans: [{ scopeSpans: owned.scopeSpans, resource }] }, null, 2);
  expect(run(await read(text)).labels).toEqual({ service: 'shop' });
});

test('protobuf, one message or a stream of them, is the run that JSON is', async () => {
  for (const [binary, json] of [
    ['printed.pb', 'printed.json'],
    ['collector.binpb', 'collector.jsonl'],
  ] as const) {
    const [one, other] = [await readBytes(otlp, fixture(binary)), await readBytes(otlp, fixture(json))];
    expect(one.refusals).toEqual([]);
    expect([...runsOf(one.records).values()].map(comparable)).toEqual(
      [...runsOf(other.records).values()].map(comparable),
    );
  }
});

test('a stream in protobuf that is cut off keeps what came before, and says where it ends', async () => {
  const bytes = fixture('collector.binpb');
  const { records, refusals } = await readBytes(otlp, bytes.subarray(0, bytes.length - 100));
  expect(records.filter(({ event }) => event === 'span')).toHaveLength(4);
  expect(refusals).toEqual([{ offset: expect.any(Number), reason: expect.stringContaining('cut off') }]);
});

test('a span in protobuf that is broken inside costs no other', async () => {
  const bytes = Buffer.from(fixture('collector.binpb'));
  // The length of the span's name: longer than the span.
  bytes[bytes.indexOf('execute_tool read_file') - 1] = 0x7f;
  const { records, refusals } = await readBytes(otlp, bytes);
  expect(records.filter(({ event }) => event === 'span')).toHaveLength(4);
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).toMatchObject({
    offset: expect.any(Number),
    reason: expect.stringMatching(/^not an OTLP message: /),
  });
});

test('memory stays flat over one message in protobuf and over a stream', async () => {
  const [resourceBytes, ...rest] = splitFirstResource(fixture('collector.binpb').subarray(4));
  expect(rest).toEqual([]);
  for (const framed of [false, true]) {
    let given = 0;
    let ahead = 0;
    const frame = Buffer.alloc(4);
    frame.writeUInt32BE(resourceBytes!.length);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 20_000; at++) {
        ahead++;
        yield framed ? Buffer.concat([frame, resourceBytes!]) : resourceBytes!;
      }
    }
    let most = 0;
    for await (const records of otlp.read!({ chunks: chunks(), refuse: () => expect.unreachable() })) {
      given += records.filter(({ event }) => event === 'span').length;
      // Two spans a message: never more are held than make a batch.
      most = Math.max(most, ahead - given / 2);
    }
    expect(given).toBe(40_000);
    expect(most).toBeLessThan(600);
  }
});

/** The first message of a stream, which is a request with one resource. */
function splitFirstResource(stream: Buffer): Buffer[] {
  const length = fixture('collector.binpb').readUInt32BE(0);
  return [stream.subarray(0, length)];
}

test('a span without what it needs is refused with its own line and text; the others are read', async () => {
  const text = JSON.stringify(request(span(1), span(2, { spanId: 'nonsense' }), span(3)), null, 2);
  const reading = await read(text);
  expect(names(reading)).toEqual(['step 1', 'step 3']);
  // The span begins two lines before that; the first line is 1.
  const line = text.split('\n').findIndex((one) => one.includes('nonsense')) - 1;
  expect(reading.refusals).toEqual([
    {
      line,
      offset: expect.any(Number),
      reason: expect.stringContaining('span id'),
      text: expect.stringContaining('nonsense'),
    },
  ]);
});

test.each([
  ['metrics', '{"resourceMetrics":[]}', /metrics are not kept/],
  ['another object', '{"a":1,"b":2}', /expected "resourceSpans", found "a", "b"/],
  ['text', 'hello', /expected an export request in JSON, found "hello"/],
  ['half a line', JSON.stringify(request(span(9))).slice(0, 60), /./],
])('%s between requests is refused with its line', async (_, text, reason) => {
  const good = (number: number): string => JSON.stringify(request(span(number)));
  const reading = await read(`${good(1)}\n${text}\n${good(2)}\n`);
  expect(names(reading)).toEqual(['step 1', 'step 2']);
  expect(reading.refusals).toHaveLength(1);
  expect(reading.refusals[0]!.line).toBe(2);
  expect(reading.refusals[0]!.reason).toMatch(reason);
});

test('a misspelt list is read, and told', async () => {
  const text = JSON.stringify(request(span(1))).replace('"spans"', '"spanz"');
  for (const one of [text, JSON.stringify(JSON.parse(text), null, 2)]) {
    const reading = await read(one);
    expect(names(reading)).toEqual(['step 1']);
    expect(reading.refusals.map(({ reason }) => reason)).toEqual([
      'the list "spanz" holds what "spans" should: it was read as that',
    ]);
  }
});

test('a lost bracket in the middle costs the span that it belongs to', async () => {
  const text = JSON.stringify(request(span(1), span(2), span(3), span(4)), null, 2);
  for (const [at, char] of [...text].entries()) {
    if (!'{}[]"'.includes(char)) continue;
    const reading = await read(text.slice(0, at) + text.slice(at + 1));
    expect(names(reading).length).toBeGreaterThanOrEqual(3);
    expect(reading.refusals.length).toBeGreaterThan(0);
  }
});

test('what grows line by line is told from a document', () => {
  const shape = (bytes: Uint8Array): boolean => isDocument(headOf(bytes));
  expect(
    ['printed.json', 'by-hand.json', 'printed.pb', 'collector.binpb'].map((name) => shape(fixture(name))),
  ).toEqual(Array(4).fill(true));
  expect(['collector.jsonl', 'written-by-tacho.jsonl'].map((name) => shape(fixture(name)))).toEqual([
    false,
    false,
  ]);
  expect(shape(Buffer.from(JSON.stringify(request(span(1)))))).toBe(false);
});

test('what Tempo answers, and what stands alone, is known by its content, and other batches are nobody’s', () => {
  const likelihood = (value: object): number => detect({ text: JSON.stringify(value), complete: true });
  const resources = resourcesOf(request(span(1)));
  expect(likelihood({ batches: resources })).toBe(0.95);
  expect(likelihood({ trace: request(span(1)) })).toBe(0.95);
  expect(likelihood(resources[0]!)).toBe(0.9);
  expect(likelihood([span(1)])).toBe(0.9);
  expect(likelihood({ trace_id: 'a', span_id: 'b', name: 'c', start_time_unix_nano: 1 })).toBe(0.9);
  expect(likelihood({ traceId: 'a', spanId: 'b', name: 'c' })).toBe(0);
  expect(likelihood({ batches: [{ resource: 'gpu', items: [] }] })).toBe(0);
  expect(likelihood({ trace: { id: '1' } })).toBe(0);
});

test('a JSON document that was sent as bytes is its text', async () => {
  const value = (bytes: Uint8Array) => ({ bytesValue: Buffer.from(bytes).toString('base64') });
  const attributes = [
    { key: 'gen_ai.prompt', value: value(Buffer.from('{"messages":["¿Qué?"]}')) },
    { key: 'seal', value: value(Uint8Array.of(0x7b, 0xff, 0xfe)) },
    { key: 'id', value: value(Uint8Array.of(1, 2, 3)) },
  ];
  const [one] = run(await read(JSON.stringify(request(span(1, { attributes }))))).spans;
  expect(one!.inputs).toEqual({ messages: ['¿Qué?'] });
  expect(one!.attributes).toMatchObject({ seal: 'e//+', id: 'AQID' });
});
