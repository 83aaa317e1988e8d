import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

test('a call of a model with its flattened messages', () => {
  const span = spanWith({
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o-2024-08-06',
    'llm.provider': 'openai',
    'llm.system': 'openai',
    'llm.token_count.prompt': 1200,
    'llm.token_count.completion': 90,
    'llm.token_count.total': 1290,
    'llm.token_count.prompt_details.cache_read': 1024,
    'llm.token_count.completion_details.reasoning': 40,
    'llm.cost.total': 0.004,
    'llm.input_messages.10.message.role': 'user',
    'llm.input_messages.10.message.content': 'and tomorrow?',
    'llm.input_messages.9.message.role': 'user',
    'llm.input_messages.9.message.contents.0.message_content.type': 'text',
    'llm.input_messages.9.message.contents.0.message_content.text': 'Weather?',
    'llm.output_messages.0.message.role': 'assistant',
    'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c-1',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'weather',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"city":"Oslo"}',
    'output.value': '{"id":"chatcmpl-1","object":"chat.completion"}',
  });
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o-2024-08-06',
    provider: 'openai',
    callKey: 'chatcmpl-1',
    usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 50, reasoningTokens: 40 },
    reportedCostUsd: 0.004,
    inputs: [
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      { role: 'user', content: 'and tomorrow?' },
    ],
    outputs: [
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'c-1', name: 'weather', input: { city: 'Oslo' } }],
      },
    ],
  });
});

test.each([
  ['OpenAI’s answer', { id: 'chatcmpl-1', object: 'chat.completion' }, 'chatcmpl-1'],
  ['one with the id further down', { object: 'chat.completion', id: 'chatcmpl-1' }, 'chatcmpl-1'],
  [
    'LangChain’s result',
    { generations: [[{ message: { kwargs: { id: 'run-7', response_metadata: { id: 'chatcmpl-1' } } } }]] },
    'chatcmpl-1',
  ],
  [
    'LangChain’s own id, which no other report has',
    { generations: [[{ message: { id: 'run-7' } }]] },
    undefined,
  ],
  ['no id', { text: '"id"' }, undefined],
])('the id of a call: %s', (_, answer, key) => {
  const attributes = { 'openinference.span.kind': 'LLM', 'output.value': JSON.stringify(answer) };
  expect(spanWith(attributes).callKey).toBe(key);
  expect(spanWith({ ...attributes, 'openinference.span.kind': 'TOOL' }).callKey).toBeUndefined();
});

test('the answer need not be short where its id comes first, as every provider has it', () => {
  const keyOf = (answer: object): string | undefined =>
    spanWith({ 'openinference.span.kind': 'LLM', 'output.value': JSON.stringify(answer) }).callKey;
  const long = 'x'.repeat(100_000);
  expect(keyOf({ id: 'chatcmpl-1', text: long })).toBe('chatcmpl-1');
  expect(keyOf({ text: long, id: 'chatcmpl-1' })).toBeUndefined();
});

test.each([
  [
    'cached inside the prompt, as the specification has it',
    { prompt: 1170, read: 900, write: 200, completion: 45 },
    1215,
  ],
  ['beside it, for they are more', { prompt: 70, read: 900, write: 200, completion: 45 }, 1215],
  ['beside it, by the total', { prompt: 5000, read: 900, completion: 10, total: 5910 }, 5910],
  ['inside it, by the total', { prompt: 5000, read: 900, completion: 10, total: 5010 }, 5010],
])('tokens: %s', (_, { prompt, read, write, completion, total }: Record<string, number>, sum) => {
  const attributes = {
    'openinference.span.kind': 'LLM',
    'llm.token_count.prompt': prompt ?? null,
    'llm.token_count.completion': completion ?? null,
    'llm.token_count.total': total ?? null,
    'llm.token_count.prompt_details.cache_read': read ?? null,
    'llm.token_count.prompt_details.cache_write': write ?? null,
  };
  expect(countedTokens(runOf(tracesRequest([otlpSpan(attributes)])))).toBe(sum);
});

test.each([
  ['CHAIN', 'task', 'chain'],
  ['agent', 'agent', undefined],
  ['Reranker', 'retrieval', 'reranker'],
  ['GUARDRAIL', 'evaluation', 'guardrail'],
  ['SOMETHING', 'task', 'SOMETHING'],
  ['UNKNOWN', 'task', undefined],
])('the kind %s', (word, kind, role) => {
  const span = spanWith({ 'openinference.span.kind': word });
  expect([span.kind, span.role]).toEqual([kind, role]);
});

test('documents, embeddings and evaluations', () => {
  const retrieval = spanWith({
    'openinference.span.kind': 'RETRIEVER',
    'input.value': 'weather',
    'retrieval.documents.0.document.id': 'd',
    'retrieval.documents.0.document.content': 'rain',
    'retrieval.documents.0.document.metadata': '{"page":3}',
  });
  expect(retrieval).toMatchObject({
    inputs: 'weather',
    outputs: { documents: [{ id: 'd', content: 'rain', metadata: { page: 3 } }] },
  });
  const embedding = spanWith({
    'openinference.span.kind': 'EMBEDDING',
    'embedding.model_name': 'e-1',
    'embedding.embeddings.0.embedding.text': 'rain',
    'embedding.embeddings.0.embedding.vector': [0.5, 1],
  });
  expect(embedding).toMatchObject({ model: 'e-1', inputs: ['rain'], outputs: { embeddings: [[0.5, 1]] } });
  const judged = {
    'evaluations.0.evaluation.name': 'hallucination',
    'evaluations.0.evaluation.label': 'factual',
    'evaluations.0.evaluation.score': 1,
    'evaluations.0.evaluation.explanation': 'as the document says',
    'evaluations.0.evaluation.annotator_kind': 'LLM',
  };
  expect(runOf(tracesRequest([otlpSpan(judged)])).scores).toMatchObject([
    { name: 'hallucination', value: 1, label: 'factual', comment: 'as the document says', source: 'LLM' },
  ]);
});

test('a tool without a name of its own has that of its span', () => {
  const attributes = {
    'openinference.span.kind': 'TOOL',
    'input.value': '{"city":"Oslo"}',
    'output.value': 'rain',
  };
  const span = spanWith(attributes, '', { name: 'get_weather' });
  expect(span).toMatchObject({ tool: { name: 'get_weather' }, inputs: { city: 'Oslo' }, outputs: 'rain' });
});

test('a huge index makes no huge list', () => {
  const span = spanWith({
    'llm.input_messages.999999999.message.content': 'a',
    'llm.input_messages.3.message.content': 'b',
  });
  expect(span.inputs).toMatchObject([{ content: 'b' }, { content: 'a' }]);
});
