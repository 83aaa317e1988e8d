import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

test('a call of a model with its numbered prompts and completions', () => {
  const span = spanWith({
    'llm.request.type': 'chat',
    'gen_ai.system': 'OpenAI',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': 'Weather?',
    'gen_ai.prompt.1.role': 'assistant',
    'gen_ai.prompt.1.tool_calls.0.id': 'c-1',
    'gen_ai.prompt.1.tool_calls.0.name': 'weather',
    'gen_ai.prompt.1.tool_calls.0.arguments': '{"city":"Oslo"}',
    'gen_ai.prompt.2.role': 'tool',
    'gen_ai.prompt.2.content': 'rain',
    'gen_ai.prompt.2.tool_call_id': 'c-1',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.content': 'It rains.',
    'gen_ai.completion.0.finish_reason': 'stop',
    'gen_ai.usage.prompt_tokens': 1200,
    'gen_ai.usage.completion_tokens': 90,
    'llm.usage.total_tokens': 1290,
    'gen_ai.usage.cache_read_input_tokens': 1024,
  });
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o-2024-08-06',
    provider: 'OpenAI',
    usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 90 },
    inputs: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'c-1', name: 'weather', input: { city: 'Oslo' } }],
      },
      { role: 'tool', content: 'rain', tool_call_id: 'c-1' },
    ],
    outputs: [{ role: 'assistant', content: 'It rains.', finish_reason: 'stop' }],
  });
  expect(Object.keys(span.attributes!).filter((key) => /prompt|completion/.test(key))).toEqual([]);
});

test.each([
  ['by the total that Python’s instrumentation has', '', { input: 1170, total: 1215 }, 1215],
  [
    'beside the input, small, in JavaScript’s instrumentation of Anthropic’s client',
    '@traceloop/instrumentation-anthropic',
    { input: 5000, total: 5045 },
    6145,
  ],
  ['beside the input, large', '@traceloop/instrumentation-anthropic', { input: 70, total: 115 }, 1215],
])('cached tokens: %s', (_, scope, { input, total }, sum) => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': 45,
    'gen_ai.usage.total_tokens': total,
    'gen_ai.usage.cache_read.input_tokens': 900,
    'gen_ai.usage.cache_creation.input_tokens': 200,
  };
  const run = runOf(tracesRequest([otlpSpan(attributes)], scope));
  expect(countedTokens(run)).toBe(sum);
  expect(run.notes).toEqual([]);
});

test.each([
  ['workflow', 'agent', 'workflow'],
  ['agent', 'agent', undefined],
  ['task', 'task', undefined],
  ['session', 'task', 'session'],
])('the kind %s', (word, kind, role) => {
  const span = spanWith({ 'traceloop.span.kind': word, 'traceloop.entity.name': 'x' });
  expect([span.kind, span.role]).toEqual([kind, role]);
  expect(span.attributes).toMatchObject({ 'traceloop.entity.name': 'x' });
});

test('a tool, and whose session it is', () => {
  const attributes = {
    'traceloop.span.kind': 'tool',
    'traceloop.workflow.name': 'forecast',
    'traceloop.entity.name': 'weather',
    'traceloop.entity.input': '{"city":"Oslo"}',
    'traceloop.entity.output': '"rain"',
    'traceloop.association.properties.session_id': 's-1',
    'traceloop.association.properties.user_id': 'u-1',
  };
  const run = runOf(tracesRequest([otlpSpan(attributes, { name: 'weather.tool' })]));
  expect(run).toMatchObject({ name: 'forecast', sessionId: 's-1', labels: { user: 'u-1' } });
  expect(run.spans[0]).toMatchObject({ kind: 'tool', tool: { name: 'weather' }, inputs: { city: 'Oslo' } });
});
