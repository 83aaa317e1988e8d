import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const call = {
  'operation.name': 'ai.generateText.doGenerate forecast',
  'ai.operationId': 'ai.generateText.doGenerate',
  'ai.model.id': 'gpt-4o',
  'ai.model.provider': 'openai.chat',
  'ai.response.id': 'r-1',
  'ai.response.text': 'It rains.',
  'ai.prompt.messages': '[{"role":"user","content":"Weather?"}]',
  'ai.usage.inputTokens': 100,
  'ai.usage.cachedInputTokens': 60,
  'ai.usage.outputTokens': 25,
  'ai.usage.reasoningTokens': 5,
  'ai.usage.totalTokens': 125,
};

test('the call inside counts, the sum around it does not', () => {
  const outer = {
    'ai.operationId': 'ai.generateText',
    'ai.usage.inputTokens': 100,
    'ai.usage.outputTokens': 25,
    'ai.telemetry.metadata.sessionId': 's-1',
  };
  const spans = [
    otlpSpan(call, { spanId: '00000000000000a2', parentSpanId: '00000000000000a1' }),
    otlpSpan(outer, { name: 'ai.generateText' }),
  ];
  const run = runOf(tracesRequest(spans, 'ai'));
  expect(countedTokens(run)).toBe(125);
  expect(run).toMatchObject({ sessionId: 's-1', name: 'ai.generateText' });
  expect(run.spans).toMatchObject([
    {
      kind: 'llm',
      model: 'gpt-4o',
      provider: 'openai.chat',
      callKey: 'r-1',
      usage: { inputTokens: 40, cacheReadTokens: 60, outputTokens: 20, reasoningTokens: 5 },
      inputs: [{ role: 'user', content: 'Weather?' }],
      outputs: 'It rains.',
    },
    { kind: 'agent' },
  ]);
});

test('the provider’s own words say how long a cache lasts, and what it cost', () => {
  const metadata = {
    anthropic: {
      usage: { cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1076 } },
    },
    openrouter: { usage: { cost: 0.5 } },
  };
  const span = spanWith({
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 48183,
    'gen_ai.usage.output_tokens': 714,
    'gen_ai.usage.cache_read.input_tokens': 47105,
    'gen_ai.usage.cache_creation.input_tokens': 1076,
    'ai.response.providerMetadata': JSON.stringify(metadata),
  });
  expect(span.usage).toMatchObject({
    inputTokens: 2,
    cacheReadTokens: 47105,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 1076,
    outputTokens: 714,
  });
  expect(span.reportedCostUsd).toBe(0.5);
  expect(span.attributes).toMatchObject({ 'ai.response.providerMetadata': JSON.stringify(metadata) });
});

test.each([
  ['ai.toolCall', 'tool'],
  ['ai.embed.doEmbed', 'embedding'],
  ['ai.streamObject.doStream', 'llm'],
  ['ai.streamText', 'agent'],
  ['ai.embed', 'task'],
])('the operation %s', (operation, kind) => {
  expect(spanWith({ 'ai.operationId': operation }, 'ai').kind).toBe(kind);
});

test('tokens of an embedding', () => {
  const attributes = { 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 12, 'ai.values': ['"rain"'] };
  expect(spanWith(attributes, 'ai').usage).toMatchObject({ inputTokens: 12 });
});

test('version 7: a step of an agent sums up its calls', () => {
  const counts = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 25 };
  const step = (operation: string, spanId: string, parentSpanId = '') =>
    otlpSpan({ 'gen_ai.operation.name': operation, ...counts }, { spanId, parentSpanId });
  const run = runOf(
    tracesRequest(
      [
        step('chat', '00000000000000a3', '00000000000000a2'),
        step('agent_step', '00000000000000a2', '00000000000000a1'),
        step('invoke_agent', '00000000000000a1'),
      ],
      '@ai-sdk/otel',
    ),
  );
  expect(countedTokens(run)).toBe(125);
});
