import { expect, test } from 'vitest';
import {
  attributeLists,
  countedTokens,
  logsRequest,
  otlpSpan,
  runOf,
  SPAN_ID,
  spanWith,
  TRACE_ID,
  taken,
  tracesRequest,
} from '../../../../../tests/otlp/plain-request.ts';
import type { OtlpEvent } from './request.ts';

const event = (name: string, attributes: Parameters<typeof attributeLists>[0]): OtlpEvent => ({
  name,
  timeUs: 1_700_000_000_500_000,
  attributes: attributeLists(attributes),
  droppedAttributes: 0,
});

test.each([
  ['a trace id of zeros', { traceId: '0'.repeat(32) }, /trace id of 32 hexadecimal digits/],
  ['a short trace id', { traceId: 'abc' }, /trace id of 32 hexadecimal digits/],
  ['a span id of zeros', { spanId: '0'.repeat(16) }, /span id of 16 hexadecimal digits/],
  ['no start', { startUs: 0 }, /no start time/],
])('%s is refused in a sentence, and costs no other span', (_, wrong, reason) => {
  const { records, refused } = taken(tracesRequest([otlpSpan({}, wrong), otlpSpan({})]));
  expect(refused).toEqual([expect.stringMatching(reason)]);
  expect(records.filter((record) => record.event === 'span')).toHaveLength(1);
});

test('what was dropped before a span was sent is a doubt about the run', () => {
  const spans = [
    otlpSpan({}, { droppedAttributes: 3, droppedEvents: 2 }),
    otlpSpan({}, { spanId: '00000000000000a2', droppedLinks: 1 }),
    otlpSpan({}, { spanId: '00000000000000a3' }),
  ];
  const run = runOf(tracesRequest(spans));
  expect(run.notes).toEqual([{ code: 'records-dropped', count: 6, example: SPAN_ID }]);
  expect(run.spans.map(({ attributes }) => attributes)).toEqual([
    { 'otel.dropped_attributes_count': 3, 'otel.dropped_events_count': 2 },
    { 'otel.dropped_links_count': 1 },
    undefined,
  ]);
  // A request that comes twice was dropped from once.
  expect(runOf(tracesRequest(spans), tracesRequest(spans)).notes).toMatchObject([{ count: 6 }]);
});

test('links lead to spans; what they say beside it is kept, and one to nowhere is none', () => {
  const link = (spanId: string, traceId: string, attributes = {}) => ({
    spanId,
    traceId,
    traceState: '',
    attributes: attributeLists(attributes),
    droppedAttributes: 0,
  });
  const other = 'c'.repeat(32);
  const links = [
    link('00000000000000b1', TRACE_ID),
    link('00000000000000b2', other, { why: 'retry' }),
    link('', other, { batch: 7 }),
    link('0'.repeat(16), other),
  ];
  const span = spanWith({}, '', { links });
  expect(span.links).toEqual([
    { type: 'follows_from', spanId: '00000000000000b1' },
    { type: 'follows_from', spanId: '00000000000000b2', runId: other },
  ]);
  expect(span.attributes).toEqual({
    link_attributes: [
      { span_id: '00000000000000b2', attributes: { why: 'retry' } },
      { attributes: { batch: 7 } },
    ],
  });
});

test('a parent of zeros is none; one that is no id is kept as it came', () => {
  const root = spanWith({}, '', { parentSpanId: '0'.repeat(16) });
  expect([root.parentId, root.attributes]).toEqual([undefined, undefined]);
  expect(spanWith({}, '', { parentSpanId: 'nonsense' }).attributes).toEqual({ parent_span_id: 'nonsense' });
});

test('the root names the run, whenever it comes; the session is its own', () => {
  const child = otlpSpan({ 'session.id': 'child' }, { spanId: '00000000000000a2', parentSpanId: SPAN_ID });
  const root = otlpSpan({ 'session.id': 'root' }, { name: 'the root' });
  for (const spans of [
    [child, root],
    [root, child],
  ])
    expect(runOf(tracesRequest(spans))).toMatchObject({ name: 'the root', sessionId: 'root' });
});

test('a failed span says why, by its status or by its exception', () => {
  const exception = event('exception', {
    'exception.type': 'Timeout',
    'exception.message': 'too late',
    'exception.stacktrace': 'at a',
  });
  expect(spanWith({}, '', { statusCode: 2, events: [exception] }).error).toEqual({
    type: 'Timeout',
    message: 'too late',
    stack: 'at a',
  });
  expect(spanWith({}, '', { statusCode: 2, statusMessage: 'gone', events: [exception] }).error?.message).toBe(
    'gone',
  );
  // Somebody caught it.
  expect(spanWith({}, '', { events: [exception] }).status).toBe('ok');
  expect(spanWith({ 'error.type': 'Timeout' }, '', { statusCode: 1 }).status).toBe('ok');
});

test('messages in events of a span are its inputs and outputs', () => {
  const events = [
    event('gen_ai.system.message', { content: 'Be brief.', 'gen_ai.system': 'openai' }),
    event('gen_ai.user.message', { content: '[{"text": "Weather?"}]' }),
    event('gen_ai.tool.message', { id: 'c-1', content: 'rain' }),
    event('gen_ai.choice', { message: '[{"text": "It rains."}]', finish_reason: 'end_turn' }),
    event('retry', { attempt: 1 }),
  ];
  const span = spanWith({ 'gen_ai.operation.name': 'chat' }, '', { events });
  expect(span.inputs).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ text: 'Weather?' }] },
    { role: 'tool', content: 'rain', tool_call_id: 'c-1' },
  ]);
  expect(span.outputs).toEqual([
    { role: 'assistant', content: [{ text: 'It rains.' }], finish_reason: 'end_turn' },
  ]);
  expect(span.events).toMatchObject([{ name: 'retry', attributes: { attempt: 1 } }]);
  const older = [event('gen_ai.content.prompt', { 'gen_ai.prompt': '[{"role":"user","content":"Hello"}]' })];
  expect(spanWith({}, '', { events: older }).inputs).toEqual([{ role: 'user', content: 'Hello' }]);
});

test('messages in logs are those of their span, whichever comes first', () => {
  const logs = logsRequest([
    { eventName: 'gen_ai.user.message', body: { content: 'Weather?' } },
    { attributes: attributeLists({ 'event.name': 'gen_ai.system.message' }), body: { content: 'Be brief.' } },
    {
      eventName: 'gen_ai.choice',
      body: { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'It rains.' } },
    },
  ]);
  const spans = tracesRequest([otlpSpan({ 'gen_ai.operation.name': 'chat' }, { name: 'chat' })]);
  for (const requests of [
    [logs, spans],
    [spans, logs],
  ]) {
    const run = runOf(...requests);
    expect(run.spans).toMatchObject([
      {
        spanId: SPAN_ID,
        name: 'chat',
        kind: 'llm',
        status: 'ok',
        inputs: [
          { role: 'user', content: 'Weather?' },
          { role: 'system', content: 'Be brief.' },
        ],
        outputs: [{ role: 'assistant', content: 'It rains.', finish_reason: 'stop' }],
      },
    ]);
    expect(run.notes).toEqual([]);
  }
});

test('the log with the details of a call says what its span says, and counts once', () => {
  const said = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 4,
  };
  const details = {
    ...said,
    'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Weather?' }] }],
    'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'It rains.' }] }],
  };
  const log = { eventName: 'gen_ai.client.inference.operation.details', attributes: attributeLists(details) };
  const run = runOf(tracesRequest([otlpSpan(said)]), logsRequest([log]));
  expect(run.spans).toMatchObject([
    {
      kind: 'llm',
      model: 'gpt-4o',
      inputs: [{ role: 'user', content: 'Weather?' }],
      outputs: [{ role: 'assistant', content: 'It rains.' }],
    },
  ]);
  expect(countedTokens(run)).toBe(14);
});

test('other logs of a span are its events; a log of none is refused; an evaluation may be of the whole trace', () => {
  const evaluation = attributeLists({
    'gen_ai.evaluation.name': 'Tone',
    'gen_ai.evaluation.score.value': 0.5,
  });
  const { records, refused } = taken(
    logsRequest([
      { body: 'retrying', severity: 'WARN', attributes: attributeLists({ attempt: 2 }) },
      { body: 'nobody’s', spanId: '' },
      { body: 'nobody’s', traceId: '' },
      { eventName: 'gen_ai.evaluation.result', attributes: evaluation, spanId: '' },
      { eventName: 'gen_ai.evaluation.result', attributes: evaluation },
    ]),
  );
  expect(refused).toEqual(
    Array.from({ length: 2 }, () => expect.stringMatching(/^a log record is not kept: /)),
  );
  expect(records).toMatchObject([
    { event: 'span_event', span_id: SPAN_ID, name: 'retrying', level: 'warn', attributes: { attempt: 2 } },
    { event: 'score', run_id: TRACE_ID, name: 'Tone', value: 0.5 },
    { event: 'score', run_id: TRACE_ID, span_id: SPAN_ID, name: 'Tone', value: 0.5 },
  ]);
  expect(records[1]).not.toHaveProperty('span_id');
});

test('the resource is a fact of the run, and what made a span one of the span', () => {
  const request = tracesRequest([otlpSpan({})], '@traceloop/instrumentation-openai', {
    'service.name': 'bot',
    'openinference.project.name': 'weather',
    'host.arch': 'arm64',
  });
  const [scoped] = request.resourceSpans[0]!.scopeSpans;
  Object.assign(scoped!.scope, { version: '0.27.0', attributes: attributeLists({ build: 7 }) });
  expect(runOf(request)).toMatchObject({
    project: 'weather',
    labels: { service: 'bot' },
    attributes: { resource: { 'service.name': 'bot', 'host.arch': 'arm64' } },
    spans: [
      {
        attributes: {
          scope: '@traceloop/instrumentation-openai',
          scope_version: '0.27.0',
          scope_attributes: { build: 7 },
        },
      },
    ],
  });
});

const call = (spanId: string, parentSpanId: string, more = {}) =>
  otlpSpan(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 90,
      ...more,
    },
    { spanId, parentSpanId },
  );

test.each([
  ['without the id of the answer', {}, {}],
  ['with the id in both', { 'gen_ai.response.id': 'chatcmpl-1' }, { 'gen_ai.response.id': 'chatcmpl-1' }],
  ['with the id in the inner one', {}, { 'gen_ai.response.id': 'chatcmpl-1' }],
])('LangChain’s span of a call around that of the client counts once, %s', (_, outer, inner) => {
  const spans = [call('00000000000000a2', SPAN_ID, inner), call(SPAN_ID, '', outer)];
  expect(countedTokens(runOf(tracesRequest(spans)))).toBe(1290);
  expect(countedTokens(runOf(tracesRequest(spans.toReversed())))).toBe(1290);
});
