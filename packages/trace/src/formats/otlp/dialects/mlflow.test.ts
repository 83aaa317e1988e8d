import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

test('a chat model as MLflow exports it: every value is JSON', () => {
  const span = spanWith({
    'mlflow.traceRequestId': '"tr-1"',
    'mlflow.spanType': '"CHAT_MODEL"',
    'mlflow.spanInputs': '{"messages": [{"role": "user", "content": "Hello"}]}',
    'mlflow.spanOutputs': '"Good morning."',
    'mlflow.llm.model': '"gpt-4o"',
    'mlflow.llm.provider': '"openai"',
    'mlflow.chat.tokenUsage':
      '{"input_tokens": 1200, "output_tokens": 90, "total_tokens": 1290, "cache_read_input_tokens": 1024}',
    'mlflow.llm.cost': '{"input_cost": 0.003, "output_cost": 0.001, "total_cost": 0.004}',
  });
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o',
    provider: 'openai',
    inputs: { messages: [{ role: 'user', content: 'Hello' }] },
    outputs: 'Good morning.',
    usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 90 },
    reportedCostUsd: 0.004,
    attributes: { 'mlflow.traceRequestId': '"tr-1"' },
  });
});

test.each([
  [
    'inside, by the total',
    {},
    { input_tokens: 1200, output_tokens: 90, total_tokens: 1290, cache_read_input_tokens: 1024 },
    1290,
  ],
  [
    'beside, as Anthropic’s client says',
    { 'mlflow.message.format': '"anthropic"' },
    { input_tokens: 1200, output_tokens: 90, total_tokens: 1290, cache_read_input_tokens: 1024 },
    2314,
  ],
  [
    'beside, for they are more than the input',
    {},
    { input_tokens: 5, output_tokens: 1, cache_read_input_tokens: 128955, cache_creation_input_tokens: 1253 },
    130214,
  ],
])('cached tokens: %s', (_, more, usage, total) => {
  const attributes = { ...more, 'mlflow.spanType': '"LLM"', 'mlflow.chat.tokenUsage': JSON.stringify(usage) };
  expect(countedTokens(runOf(tracesRequest([otlpSpan(attributes)])))).toBe(total);
});

test('usage as an object, which attributes in protobuf can be', () => {
  const span = spanWith({
    'mlflow.spanType': 'LLM',
    'mlflow.chat.tokenUsage': { input_tokens: 3, output_tokens: 1 },
  });
  expect(span).toMatchObject({ kind: 'llm', usage: { inputTokens: 3, outputTokens: 1 } });
});

test.each([
  ['AGENT', 'agent', undefined],
  ['TOOL', 'tool', undefined],
  ['RETRIEVER', 'retrieval', undefined],
  ['CHAIN', 'task', 'chain'],
  ['UNKNOWN', 'task', undefined],
  ['my own type', 'task', 'my own type'],
])('the type %s', (type, kind, role) => {
  const span = spanWith({ 'mlflow.spanType': JSON.stringify(type) });
  expect([span.kind, span.role]).toEqual([kind, role]);
});

test('session and user', () => {
  const attributes = {
    'mlflow.trace.session': '"s"',
    'mlflow.trace.user': '"u"',
    'mlflow.traceName': '"ask"',
  };
  expect(runOf(tracesRequest([otlpSpan(attributes)]))).toMatchObject({
    name: 'ask',
    sessionId: 's',
    labels: { user: 'u' },
  });
});
