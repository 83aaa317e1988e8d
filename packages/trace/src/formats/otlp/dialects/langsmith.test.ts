import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const SCOPE = 'langsmith';

test('a call of a model as the SDK exports it', () => {
  const attributes = {
    'langsmith.span.id': '3f2b',
    'langsmith.span.kind': 'llm',
    'langsmith.trace.name': 'ChatOpenAI',
    'langsmith.trace.session_name': 'weather',
    'langsmith.metadata.thread_id': 'thread-1',
    'langsmith.metadata.ls_provider': 'openai',
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'langchain',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.usage.input_tokens': 1200,
    'gen_ai.usage.output_tokens': 90,
    'gen_ai.usage.total_tokens': 1290,
    // As Python prints a dict.
    'gen_ai.usage.input_token_details': "{'cache_read': 1024}",
    'gen_ai.usage.output_token_details': "{'reasoning': 40}",
    'gen_ai.prompt': '{"messages": [[{"type": "human", "content": "Hello"}]]}',
    'gen_ai.completion': '{"generations": [[{"text": "Good morning."}]]}',
  };
  const run = runOf(tracesRequest([otlpSpan(attributes)], SCOPE));
  expect(run).toMatchObject({ project: 'weather', sessionId: 'thread-1' });
  expect(run.spans[0]).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o',
    provider: 'openai',
    callKey: 'chatcmpl-1',
    usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 50, reasoningTokens: 40 },
    inputs: { messages: [[{ type: 'human', content: 'Hello' }]] },
    outputs: { generations: [[{ text: 'Good morning.' }]] },
    // Who passes calls on sells no models.
    attributes: { 'gen_ai.system': 'langchain' },
  });
  expect(countedTokens(run)).toBe(1290);
});

test('usage in one object', () => {
  const metadata = {
    input_tokens: 1200,
    output_tokens: 90,
    total_tokens: 1290,
    input_token_details: { cache_read: 900, cache_creation: 100 },
    output_token_details: { reasoning: 40 },
  };
  const attributes = { 'langsmith.span.kind': 'llm', 'langsmith.usage_metadata': JSON.stringify(metadata) };
  const run = runOf(tracesRequest([otlpSpan(attributes)], SCOPE));
  expect(run.spans[0]!.usage).toMatchObject({
    inputTokens: 200,
    cacheReadTokens: 900,
    cacheWriteTokens: 100,
  });
  expect(countedTokens(run)).toBe(1290);
});

test.each([
  ['retriever', 'embeddings', 'retrieval', undefined],
  ['prompt', 'chat', 'task', 'prompt'],
  ['chain', 'chain', 'task', 'chain'],
  ['tool', 'execute_tool', 'tool', undefined],
  ['parser', 'parser', 'task', 'parser'],
])(
  'its own kind %s goes before the operation %s that it writes for others',
  (kind, operation, ours, role) => {
    const span = spanWith({ 'langsmith.span.kind': kind, 'gen_ai.operation.name': operation }, SCOPE);
    expect([span.kind, span.role]).toEqual([ours, role]);
  },
);

test('a tool has the name of its span', () => {
  const attributes = { 'langsmith.span.kind': 'tool' };
  expect(spanWith(attributes, SCOPE, { name: 'get_weather' }).tool).toEqual({ name: 'get_weather' });
});
