import { expect, test } from 'vitest';
import {
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const SCOPE = 'gcp.vertex.agent';
const response = (usage: object): string =>
  JSON.stringify({ content: { role: 'model', parts: [{ text: 'It rains.' }] }, usage_metadata: usage });
const call = {
  'gen_ai.system': 'gcp.vertex.agent',
  'gen_ai.request.model': 'gemini-2.5-pro',
  'gcp.vertex.agent.session_id': 's-1',
  'gcp.vertex.agent.llm_request':
    '{"model": "gemini-2.5-pro", "contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}',
};
const G5 = {
  prompt_token_count: 324,
  candidates_token_count: 1364,
  thoughts_token_count: 495,
  total_token_count: 2183,
};

test('a call of a model', () => {
  const attributes = {
    ...call,
    'gen_ai.usage.input_tokens': 324,
    'gen_ai.usage.output_tokens': 1364,
    'gcp.vertex.agent.llm_response': response(G5),
  };
  const run = runOf(tracesRequest([otlpSpan(attributes, { name: 'call_llm' })], SCOPE));
  expect(run.sessionId).toBe('s-1');
  const [span] = run.spans;
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'gemini-2.5-pro',
    usage: { inputTokens: 324, outputTokens: 1364, reasoningTokens: 495 },
    inputs: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    outputs: { content: { parts: [{ text: 'It rains.' }] } },
    attributes: { 'gen_ai.system': 'gcp.vertex.agent' },
  });
  expect(span!.provider).toBeUndefined();
  expect(countedTokens(run)).toBe(2183);
});

test.each([
  ['the whole total as the output, to June 2025', { 'gen_ai.usage.output_tokens': 2183 }, G5, 2183],
  [
    'cached tokens inside the prompt',
    { 'gen_ai.usage.output_tokens': 1364 },
    { ...G5, cached_content_token_count: 300 },
    2183,
  ],
  ['what tools read', {}, { ...G5, tool_use_prompt_token_count: 17, total_token_count: 2200 }, 2200],
])('tokens: %s', (_, said, usage, total) => {
  const attributes = {
    ...call,
    'gen_ai.usage.input_tokens': 324,
    ...said,
    'gcp.vertex.agent.llm_response': response(usage),
  };
  expect(countedTokens(runOf(tracesRequest([otlpSpan(attributes)], SCOPE)))).toBe(total);
});

test('without its content a call has the counts of its attributes', () => {
  const attributes = {
    ...call,
    'gcp.vertex.agent.llm_response': {},
    'gen_ai.usage.input_tokens': 324,
    'gen_ai.usage.output_tokens': 1364,
    'gen_ai.usage.experimental.reasoning_tokens': 495,
  };
  expect(countedTokens(runOf(tracesRequest([otlpSpan(attributes)], SCOPE)))).toBe(2183);
});

test('a call of a tool, without the placeholders', () => {
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'get_weather',
    'gen_ai.tool.call.id': '<not specified>',
    'gcp.vertex.agent.llm_request': '{}',
    'gcp.vertex.agent.llm_response': '{}',
    'gcp.vertex.agent.tool_call_args': '{"city": "Oslo"}',
    'gcp.vertex.agent.tool_response': '{"rain": true}',
  };
  const span = spanWith(tool, SCOPE, { name: 'execute_tool get_weather' });
  expect(span).toMatchObject({ kind: 'tool', inputs: { city: 'Oslo' }, outputs: { rain: true } });
  expect(span.tool).toEqual({ name: 'get_weather' });
  const merged = { ...tool, 'gen_ai.tool.name': '(merged tools)', 'gcp.vertex.agent.tool_call_args': 'N/A' };
  expect(spanWith(merged, SCOPE)).toMatchObject({ kind: 'task', role: 'merged-tools' });
});

test.each([
  ['invocation', 'agent'],
  ['agent_run [root_agent]', 'agent'],
  ['invoke_agent root_agent', 'agent'],
  ['call_llm', 'llm'],
  ['send_data', 'task'],
])('a span named %s, without an operation', (name, kind) => {
  expect(spanWith({}, SCOPE, { name }).kind).toBe(kind);
  expect(spanWith({}, 'another', { name }).kind).toBe('task');
});
