import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparable, fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { emptyRun, foldRun } from '../../model/fold.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { SPAN_KINDS, SPAN_STATUSES } from '../../model/span.ts';
import { UNKNOWN_TIME_US } from '../unknown-time.ts';
import { otlp } from './format.ts';
import { anyValue } from './json-fields.ts';
import { write } from './write.ts';

const START = 1_760_000_000;

function written(run: Run): { lines: JsonObject[]; spans: JsonObject[]; text: string } {
  const text = [...write(run)].join('');
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
  const below = (value: JsonValue | undefined, name: string): JsonObject[] =>
    isObject(value) && Array.isArray(value[name]) ? value[name].filter(isObject) : [];
  const spans = lines
    .flatMap((line) => below(line, 'resourceSpans'))
    .flatMap((resource) => below(resource, 'scopeSpans'))
    .flatMap((scope) => below(scope, 'spans'));
  return { lines, spans, text };
}

function attributesOf(owner: JsonObject): JsonObject {
  const list = owner.attributes as { key: string; value: JsonValue }[];
  return Object.fromEntries(list.map(({ key, value }) => [key, anyValue(value)]));
}

async function again(run: Run): Promise<Run> {
  const { records, refusals } = await readBytes(otlp, Buffer.from(written(run).text));
  expect(refusals).toEqual([]);
  const runs = runsOf(records);
  expect([...runs.keys()]).toEqual([run.runId]);
  return runs.get(run.runId)!;
}

const runOf = (...records: object[]): Run =>
  foldRun(records.map((record) => ({ run_id: 'a run', ...record })) as TraceRecord[], 'a run');

test('a call of a model has the names of the conventions, with counts that are wholes', () => {
  const run = runOf(
    { event: 'run_start', ts: START, session_id: 'conv' },
    {
      event: 'span',
      span_id: 'call',
      kind: 'llm',
      ts: START,
      end_ts: START + 2,
      model: 'm-1',
      provider: 'anthropic',
      first_token_ts: START + 0.5,
      call_key: 'msg_1|req_1',
      usage: {
        input_tokens: 10,
        cache_read_tokens: 200,
        cache_write_tokens: 30,
        cache_write_1h_tokens: 4,
        output_tokens: 50,
        reasoning_tokens: 6,
      },
      inputs: [{ role: 'user', content: 'Hello' }],
      outputs: [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ls', input: { a: 1 } }] }],
    },
  );
  const [span] = written(run).spans;
  expect(span).toMatchObject({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    kind: 3,
    startTimeUnixNano: '1760000000000000000',
    endTimeUnixNano: '1760000002000000000',
    status: { code: 1 },
  });
  const { 'tacho.span': _, ...attributes } = attributesOf(span!);
  expect(attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'm-1',
    'gen_ai.response.model': 'm-1',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.usage.input_tokens': 244,
    'gen_ai.usage.cache_read.input_tokens': 200,
    'gen_ai.usage.cache_creation.input_tokens': 34,
    'gen_ai.usage.output_tokens': 56,
    'gen_ai.usage.reasoning.output_tokens': 6,
    'gen_ai.response.time_to_first_chunk': 0.5,
    'gen_ai.conversation.id': 'conv',
    'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]',
    'gen_ai.output.messages':
      '[{"role":"assistant","parts":[{"type":"tool_call","id":"t","name":"ls","arguments":{"a":1}}]}]',
  });
});

test('tools, agents, errors, links and scores have theirs', async () => {
  const run = runOf(
    { event: 'run_start', ts: START },
    {
      event: 'span',
      span_id: 'boss',
      kind: 'agent',
      component: 'planner',
      ts: START,
      end_ts: START + 9,
      inputs: 'Plan it.',
    },
    {
      event: 'span',
      span_id: 'tool',
      parent: 'boss',
      kind: 'tool',
      ts: START + 1,
      end_ts: START + 2,
      tool: { name: 'grep', call_id: 'c1' },
      inputs: { q: 'x' },
      error: { type: 'Timeout', message: 'too slow', stack: 'at grep' },
      status: 'error',
      links: [
        { type: 'waits_for', span_id: 'boss' },
        { type: 'spawned', span_id: 'b', run_id: 'other' },
      ],
    },
    { event: 'score', name: 'depth', value: 4, max: 5, span_id: 'tool', comment: 'Not deep.' },
    { event: 'score', name: 'all', value: 7, round: 'r1' },
  );
  const [boss, tool] = written(run).spans;
  expect(attributesOf(boss!)).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'planner',
  });
  expect(tool).toMatchObject({
    kind: 1,
    parentSpanId: boss!.spanId,
    status: { code: 2, message: 'too slow' },
  });
  expect(attributesOf(tool!)).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'grep',
    'gen_ai.tool.call.id': 'c1',
    'gen_ai.tool.call.arguments': '{"q":"x"}',
    'error.type': 'Timeout',
  });
  const events = (span: JsonObject): unknown[] =>
    (span.events as JsonObject[]).map((event) => [event.name, attributesOf(event)]);
  expect(events(tool!)).toEqual([
    [
      'exception',
      { 'exception.type': 'Timeout', 'exception.message': 'too slow', 'exception.stacktrace': 'at grep' },
    ],
    [
      'gen_ai.evaluation.result',
      {
        'gen_ai.evaluation.name': 'depth',
        'gen_ai.evaluation.score.value': 4,
        'gen_ai.evaluation.explanation': 'Not deep.',
      },
    ],
  ]);
  expect(events(boss!)).toEqual([
    ['gen_ai.evaluation.result', { 'gen_ai.evaluation.name': 'all', 'gen_ai.evaluation.score.value': 7 }],
  ]);
  const links = tool!.links as JsonObject[];
  expect(links.map(attributesOf)).toEqual([
    { 'tacho.link.type': 'waits_for' },
    { 'tacho.link.type': 'spawned' },
  ]);
  expect(links[0]!.spanId).toBe(boss!.spanId);
  expect(links[1]!.traceId).not.toBe(tool!.traceId);
  expect(comparable(await again(run))).toEqual(comparable(run));
});

test('ids that are legal stay, others are made, no two the same', () => {
  const spans = Array.from({ length: 3000 }, (_, at) => ({
    event: 'span',
    span_id: `s${at}`,
    ts: START,
    end_ts: START + 1,
  }));
  const legal = '00f067aa0ba902b7';
  const run = foldRun(
    [...spans, { event: 'span', span_id: legal, parent: 's1', ts: START, end_ts: START + 1 }].map(
      (record) => ({
        ...record,
        run_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      }),
    ) as TraceRecord[],
  );
  const { spans: out } = written(run);
  expect(new Set(out.map((span) => span.spanId)).size).toBe(3001);
  expect(out.at(-1)).toMatchObject({
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: legal,
    parentSpanId: out[1]!.spanId,
  });
});

test('a span that never ended ends at 0 and says so; it is open when it is read again', async () => {
  const run = runOf({ event: 'run_start', ts: START }, { event: 'span_start', span_id: 'a', ts: START });
  const [span] = written(run).spans;
  expect(span!.endTimeUnixNano).toBe('0');
  expect(attributesOf(span!)).toMatchObject({ 'tacho.open': true });
  expect((await again(run)).spans[0]!.endUs).toBeUndefined();
});

test('a run is cut into requests that receivers take, each of which names it', async () => {
  const spans = Array.from({ length: 1200 }, (_, at) => ({
    event: 'span',
    span_id: `s${at}`,
    ts: START + at,
    end_ts: START + at + 1,
  }));
  const run = runOf({ event: 'run_start', ts: START, labels: { agent: 'x' } }, ...spans, {
    event: 'run_end',
    ts: START + 2000,
  });
  const { lines } = written(run);
  expect(lines).toHaveLength(3);
  expect(comparable(await again(run))).toEqual(comparable(run));
  // Lines in any order, one of them twice: as a collector with retries may send them.
  const shuffled = [lines[2], lines[0], lines[1], lines[2]].map((line) => JSON.stringify(line)).join('\n');
  const runs = runsOf((await readBytes(otlp, Buffer.from(shuffled))).records);
  const { spans: found, ...header } = runs.get('a run')!;
  expect([...runs.keys()]).toEqual(['a run']);
  expect(found).toHaveLength(1200);
  expect(header).toMatchObject({
    labels: { agent: 'x' },
    status: 'ok',
    startUs: START * 1e6,
    endUs: (START + 2000) * 1e6,
  });
});

test('large spans make shorter requests', () => {
  const spans = Array.from({ length: 20 }, (_, at) => ({
    event: 'span',
    span_id: `s${at}`,
    ts: START,
    end_ts: START + 1,
    outputs: 'x'.repeat(500_000),
  }));
  for (const line of [...write(runOf(...spans))].join('').trimEnd().split('\n'))
    expect(line.length).toBeLessThan(3e6);
});

test('a run without spans, and one without times, come back', async () => {
  const empty = { ...emptyRun('nothing'), name: 'Nothing', labels: { a: 'b' } };
  expect(comparable(await again(empty))).toEqual(comparable(empty));
  const timeless = {
    ...emptyRun('no times'),
    spans: [{ spanId: 'a', name: 'a', kind: 'task' as const, startUs: 0, endUs: 0, status: 'ok' as const }],
  };
  expect((await again(timeless)).spans).toEqual(timeless.spans);
  expect(UNKNOWN_TIME_US).toBeGreaterThan(0);
});

test('what came as OTLP goes out with its resource, scopes and attributes', async () => {
  const { bytes } = fixturesOf('otlp').find(({ name }) => name === 'collector.jsonl')!;
  const [run] = [...runsOf((await readBytes(otlp, bytes)).records).values()];
  const { lines, spans } = written(run!);
  const [first] = lines[0]!.resourceSpans as [{ resource: JsonObject; scopeSpans: JsonObject[] }];
  expect(attributesOf(first.resource)).toMatchObject({
    'service.name': 'review-bot',
    'service.version': '2.4.0',
    'telemetry.sdk.language': 'python',
  });
  expect(first.scopeSpans.map(({ scope }) => scope)).toEqual([
    { name: 'opentelemetry.instrumentation.anthropic', version: '0.47.0' },
  ]);
  expect(spans.map((span) => span.spanId)).toContain('a000000000000003');
});

const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('-0', '0')) as JsonValue);
const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    'gen_ai.request.model',
    'gen_ai.tool.name',
    'scope',
    'tacho.open',
    'session.id',
    'input.value',
    'level',
  ),
);
const object = fc.dictionary(word, json, { maxKeys: 4 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const microseconds = fc.integer({ min: START * 1e6, max: (START + 86_400) * 1e6 });

const spans = fc.uniqueArray(
  fc.record({
    spanId: word,
    parentId: maybe(word),
    name: word,
    kind: fc.constantFrom(...SPAN_KINDS),
    role: maybe(word),
    component: maybe(word),
    startUs: microseconds,
    lastsUs: maybe(fc.integer({ min: 0, max: 1e9 })),
    status: fc.constantFrom(...SPAN_STATUSES),
    error: maybe(fc.record({ type: word, message: word, stack: word })),
    model: maybe(word),
    provider: maybe(word),
    usage: maybe(
      fc.record({
        input_tokens: fc.nat(),
        cache_read_tokens: fc.nat(),
        cache_write_1h_tokens: fc.nat(),
        output_tokens: fc.nat(),
        reasoning_tokens: fc.nat(),
        requests: fc.nat(3),
      }),
    ),
    tool: maybe(fc.record({ name: word, call_id: word, category: word })),
    inputs: maybe(json),
    outputs: maybe(json),
    attributes: maybe(object),
    events: maybe(
      fc.array(fc.record({ name: word, ts: microseconds.map((us) => us / 1e6), attributes: object }), {
        maxLength: 3,
      }),
    ),
    links: maybe(fc.array(fc.record({ type: word, span_id: word }), { maxLength: 2 })),
  }),
  { selector: ({ spanId }) => spanId, maxLength: 6 },
);

test('any run that the stream can tell comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(spans, object, maybe(word), async (made, attributes, sessionId) => {
      const records = made.map(({ spanId, parentId, startUs, lastsUs, ...fields }) => ({
        event: 'span',
        span_id: spanId,
        parent: parentId,
        ts: startUs / 1e6,
        end_ts: lastsUs === undefined ? undefined : (startUs + lastsUs) / 1e6,
        ...fields,
      }));
      const run = runOf(
        { event: 'run_start', ts: START, attributes, session_id: sessionId },
        ...(JSON.parse(JSON.stringify(records)) as object[]),
        { event: 'run_end', ts: START + 90_000 },
      );
      expect(comparable(await again(run))).toEqual(comparable(run));
    }),
    { numRuns: 300 },
  );
});
