import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const SCOPE = 'pydantic-ai';

test('a call of a model of the first version: its messages are a list of events', () => {
  const events = [
    {
      content: 'Be brief.',
      role: 'system',
      'gen_ai.message.index': 0,
      'event.name': 'gen_ai.system.message',
    },
    { content: 'Weather?', role: 'user', 'gen_ai.message.index': 0, 'event.name': 'gen_ai.user.message' },
    {
      index: 0,
      message: {
        role: 'assistant',
        tool_calls: [
          { id: 'c-1', type: 'function', function: { name: 'weather', arguments: { city: 'Oslo' } } },
        ],
      },
      'event.name': 'gen_ai.choice',
    },
  ];
  const span = spanWith(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.usage.details.reasoning_tokens': 40,
      'gen_ai.usage.details.cache_read_tokens': 1024,
      'operation.cost': 0.0042,
      events: JSON.stringify(events),
    },
    SCOPE,
  );
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o-2024-08-06',
    provider: 'openai',
    usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 50, reasoningTokens: 40 },
    reportedCostUsd: 0.0042,
    inputs: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
    ],
    outputs: [
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'c-1', name: 'weather', input: { city: 'Oslo' } }],
      },
    ],
  });
  expect(span.attributes).not.toHaveProperty('events');
});

test('the run of an agent has the sum of its calls, which count once (golden case 8)', () => {
  const agent = {
    'gen_ai.agent.name': 'forecaster',
    agent_name: 'forecaster',
    model_name: 'gpt-4o',
    'gen_ai.usage.input_tokens': 113,
    'gen_ai.usage.output_tokens': 11,
    'pydantic_ai.all_messages': '[{"role": "user", "parts": [{"type": "text", "content": "Weather?"}]}]',
    final_result: 'It rains.',
  };
  const chat = (spanId: string, input: number, output: number) =>
    otlpSpan(
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': input,
        'gen_ai.usage.output_tokens': output,
      },
      { spanId, parentSpanId: '00000000000000a1' },
    );
  const spans = [
    chat('00000000000000a2', 56, 5),
    chat('00000000000000a3', 57, 6),
    otlpSpan(agent, { name: 'forecaster run' }),
  ];
  const run = runOf(tracesRequest(spans, SCOPE));
  expect(countedTokens(run)).toBe(124);
  expect(run.spans[2]).toMatchObject({
    kind: 'agent',
    model: 'gpt-4o',
    inputs: [{ role: 'user', content: 'Weather?' }],
    outputs: 'It rains.',
  });
});

test.each([
  [
    'running tool',
    { 'gen_ai.tool.name': 'weather', tool_arguments: '{"city":"Oslo"}', tool_response: 'rain' },
  ],
  ['running tool: weather', { tool_arguments: '{"city":"Oslo"}', tool_response: 'rain' }],
])('a tool without an operation: %s', (name, attributes) => {
  expect(spanWith(attributes, SCOPE, { name })).toMatchObject({
    kind: 'tool',
    tool: { name: 'weather' },
    inputs: { city: 'Oslo' },
    outputs: 'rain',
  });
});

test('its plain words mean nothing in another scope', () => {
  const span = spanWith(
    { events: '[]', final_result: 'x', agent_name: 'y', scores: '{"a":{"value":1}}' },
    'mine',
  );
  expect(span).toMatchObject({
    kind: 'task',
    attributes: { events: '[]', final_result: 'x', agent_name: 'y' },
  });
  expect(span.outputs).toBeUndefined();
});

test('scores of a case of Pydantic Evals', () => {
  const attributes = {
    case_name: 'rain',
    inputs: '"Weather?"',
    output: '"It rains."',
    scores:
      '{"accuracy": {"name": "accuracy", "value": 0.75, "reason": "nearly", "source": {"name": "Judge"}}}',
    // What was judged without a name is no score, and takes none with it.
    assertions: '{"polite": {"value": true}, "": {"value": true}, "short": {"value": false}}',
    labels: '{"tone": {"value": "dry"}}',
  };
  const run = runOf(tracesRequest([otlpSpan(attributes)], 'pydantic-evals'));
  expect(run.scores).toMatchObject([
    { name: 'accuracy', value: 0.75, comment: 'nearly', source: 'Judge', spanId: '00000000000000a1' },
    { name: 'polite', value: 1 },
    { name: 'short', value: 0 },
    { name: 'tone', value: null, label: 'dry' },
  ]);
});

test('Logfire’s copy of a span that begins is that span, running; the real one ends it', () => {
  const pending = otlpSpan(
    {
      'logfire.span_type': 'pending_span',
      'logfire.pending_parent_id': '0000000000000000',
      'logfire.msg': 'ask',
    },
    { spanId: '00000000000000b1', parentSpanId: '00000000000000a1', name: 'ask' },
  );
  const begun = runOf(tracesRequest([pending], SCOPE));
  expect(begun).toMatchObject({
    name: 'ask',
    status: 'running',
    spans: [{ spanId: '00000000000000a1', name: 'ask' }],
  });
  expect(begun.spans[0]!.parentId).toBeUndefined();
  expect(begun.spans[0]!.endUs).toBeUndefined();
  expect(begun.spans[0]!.attributes).toEqual({ 'logfire.msg': 'ask', scope: SCOPE });
  const ended = runOf(tracesRequest([pending], SCOPE), tracesRequest([otlpSpan({}, { name: 'ask' })], SCOPE));
  expect(ended.spans).toMatchObject([{ spanId: '00000000000000a1', status: 'ok' }]);
});
