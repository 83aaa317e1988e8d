import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const SCOPE = 'langfuse-sdk';
const usage = (details: object): string => JSON.stringify(details);

test('a generation as the SDK sends it', () => {
  const span = spanWith(
    {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-4o',
      'langfuse.observation.model.parameters': '{"temperature": 0.2}',
      'langfuse.observation.input': '[{"role": "user", "content": "Hello"}]',
      'langfuse.observation.output': 'Good morning.',
      'langfuse.observation.usage_details': usage({
        input: 20,
        input_cached_tokens: 100,
        output: 7,
        output_reasoning_tokens: 3,
        total: 130,
      }),
      'langfuse.observation.cost_details': usage({ input: 0.001, output: 0.002 }),
      'langfuse.observation.completion_start_time': '"2023-11-14T22:13:20.250000Z"',
      'langfuse.environment': 'production',
    },
    SCOPE,
  );
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gpt-4o',
    inputs: [{ role: 'user', content: 'Hello' }],
    outputs: 'Good morning.',
    usage: { inputTokens: 20, cacheReadTokens: 100, outputTokens: 7, reasoningTokens: 3 },
    reportedCostUsd: 0.003,
    firstTokenUs: 1_700_000_000_250_000,
    attributes: { 'langfuse.observation.model.parameters': '{"temperature": 0.2}', scope: SCOPE },
  });
});

test.each([
  [
    'its own buckets, of which the input is what is left',
    { input: 5, input_cached_tokens: 128955, input_cache_creation: 1253, output: 10 },
    130223,
  ],
  [
    'the lifetimes of what was written',
    {
      input: 2,
      input_cached_tokens: 47105,
      input_cache_creation: 0,
      input_cache_creation_1h: 1076,
      output: 714,
    },
    48897,
  ],
  [
    'Anthropic’s words',
    { input: 70, cache_read_input_tokens: 900, cache_creation_input_tokens: 200, output: 45 },
    1215,
  ],
  [
    'OpenAI’s usage as it came, with its details inside',
    {
      prompt_tokens: 1200,
      completion_tokens: 90,
      total_tokens: 1290,
      prompt_tokens_details: { cached_tokens: 1024 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    1290,
  ],
  [
    'OpenAI’s usage of the Responses API',
    {
      input_tokens: 1200,
      output_tokens: 90,
      total_tokens: 1290,
      input_tokens_details: { cached_tokens: 1024 },
      output_tokens_details: { reasoning_tokens: 40 },
    },
    1290,
  ],
  ['a total alone', { total: 42 }, 42],
])('tokens: %s', (_, details, total) => {
  const attributes = {
    'langfuse.observation.type': 'generation',
    'langfuse.observation.usage_details': usage(details),
  };
  const run = runOf(tracesRequest([otlpSpan(attributes)], SCOPE));
  expect(countedTokens(run)).toBe(total);
  // The words are the user's to choose: what they were is kept.
  expect(run.spans[0]!.attributes).toMatchObject({ 'langfuse.observation.usage_details': usage(details) });
});

test('what was written for an hour is told apart', () => {
  const details = { input: 2, input_cache_creation_5m: 100, input_cache_creation_1h: 1076 };
  expect(spanWith({ 'langfuse.observation.usage_details': usage(details) }, SCOPE).usage).toMatchObject({
    cacheWriteTokens: 100,
    cacheWrite1hTokens: 1076,
  });
});

test.each([
  ['tool', 'tool'],
  ['agent', 'agent'],
  ['retriever', 'retrieval'],
  ['embedding', 'embedding'],
  ['guardrail', 'evaluation'],
  ['chain', 'task'],
  ['span', 'task'],
])('the type %s', (type, kind) => {
  expect(spanWith({ 'langfuse.observation.type': type }, SCOPE).kind).toBe(kind);
});

test('a call whose type is "span", as Python’s SDK to 3.3.0 has it', () => {
  const attributes = { 'langfuse.observation.type': 'span', 'langfuse.observation.model.name': 'gpt-4o' };
  expect(spanWith(attributes, SCOPE)).toMatchObject({ kind: 'llm', model: 'gpt-4o' });
});

test('an error has its message, though the status says nothing', () => {
  const said = { 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': 'no quota' };
  expect(spanWith(said, SCOPE)).toMatchObject({ status: 'error', error: { message: 'no quota' } });
  expect(spanWith({ ...said, 'langfuse.observation.level': 'WARNING' }, SCOPE)).toMatchObject({
    status: 'ok',
  });
});

test('the run has the trace’s name, session and user', () => {
  const attributes = {
    'langfuse.trace.name': 'answer a question',
    'session.id': 's-1',
    'user.id': 'u-1',
    'langfuse.release': 'v7',
    'langfuse.internal.as_root': true,
  };
  const run = runOf(tracesRequest([otlpSpan(attributes, { parentSpanId: '00000000000000ff' })], SCOPE));
  expect(run).toMatchObject({
    name: 'answer a question',
    sessionId: 's-1',
    labels: { user: 'u-1', release: 'v7' },
  });
});
