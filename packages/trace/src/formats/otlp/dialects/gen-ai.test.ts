import { expect, test } from 'vitest';
import {
  attributeLists,
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const parts = (role: string, content: string): object => ({ role, parts: [{ type: 'text', content }] });
const messages = (...list: object[]): string => JSON.stringify(list);

test('a call of a model by the conventions of 1.41', () => {
  const span = spanWith({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.response.time_to_first_chunk': 0.25,
    'gen_ai.usage.input_tokens': 1170,
    'gen_ai.usage.cache_read.input_tokens': 900,
    'gen_ai.usage.cache_creation.input_tokens': 200,
    'gen_ai.usage.output_tokens': 45,
    'gen_ai.usage.reasoning.output_tokens': 5,
    'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
    'gen_ai.input.messages': messages(parts('user', 'Hello')),
    'gen_ai.output.messages': messages({ ...parts('assistant', 'Hi.'), finish_reason: 'stop' }),
  });
  expect(span).toMatchObject({
    kind: 'llm',
    model: 'claude-sonnet-4-5-20250929',
    provider: 'anthropic',
    callKey: 'msg_1',
    firstTokenUs: 1_700_000_000_250_000,
    usage: {
      inputTokens: 70,
      cacheReadTokens: 900,
      cacheWriteTokens: 200,
      outputTokens: 40,
      reasoningTokens: 5,
    },
    inputs: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ],
    outputs: [{ role: 'assistant', content: 'Hi.', finish_reason: 'stop' }],
  });
  expect(span.attributes).toEqual({
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.response.time_to_first_chunk': 0.25,
  });
});

test('the first generation’s names', () => {
  const span = spanWith({
    'gen_ai.system': 'az.ai.openai',
    'gen_ai.request.model': 'gpt-4',
    'gen_ai.usage.prompt_tokens': 10,
    'gen_ai.usage.completion_tokens': '4',
    'gen_ai.prompt': 'Hello',
    'gen_ai.completion': 'Hi.',
  });
  expect(span).toMatchObject({
    kind: 'llm',
    provider: 'az.ai.openai',
    model: 'gpt-4',
    usage: { inputTokens: 10, outputTokens: 4 },
    inputs: 'Hello',
    outputs: 'Hi.',
  });
  expect(span.attributes).toBeUndefined();
});

test.each([
  [
    'cached inside the input (golden case 2)',
    { input: 130213, read: 128955, write: 1253, output: 0 },
    130213,
  ],
  [
    'Anthropic’s figures beside it, under the same names (golden case 2)',
    { input: 5, read: 128955, write: 1253, output: 0 },
    130213,
  ],
  ['cached inside the input (golden case 3)', { input: 17903, read: 17817, output: 0 }, 17903],
  ['reasoning inside the output (golden case 4)', { input: 0, output: 1970, reasoning: 956 }, 1970],
  [
    'thoughts beside the output, by the total (golden case 5)',
    { input: 324, output: 1364, reasoning: 495, total: 2183 },
    2183,
  ],
  ['thoughts beside the output, for they are more', { input: 1, output: 10, reasoning: 495 }, 506],
  ['cached beside the input, by the total', { input: 5000, read: 900, output: 10, total: 5910 }, 5910],
  ['a total alone', { total: 7 }, 7],
  ['cached tokens alone', { read: 9 }, 9],
])('tokens: %s', (_, { input, read, write, output, reasoning, total }: Record<string, number>, sum) => {
  const said = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': input ?? null,
    'gen_ai.usage.cache_read.input_tokens': read ?? null,
    'gen_ai.usage.cache_write.input_tokens': write ?? null,
    'gen_ai.usage.output_tokens': output ?? null,
    'gen_ai.usage.reasoning.output_tokens': reasoning ?? null,
    'gen_ai.usage.total_tokens': total ?? null,
  };
  expect(countedTokens(runOf(tracesRequest([otlpSpan(said)])))).toBe(sum);
});

test('a total that is another sum is a doubt about the run, and stays', () => {
  const said = {
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 4,
    'gen_ai.usage.total_tokens': 99,
  };
  const run = runOf(tracesRequest([otlpSpan(said)]));
  expect(run.notes).toEqual([{ code: 'total-deviates', count: 1, example: '00000000000000a1' }]);
  expect(run.spans[0]!.attributes).toEqual({ 'gen_ai.usage.total_tokens': 99 });
});

test.each([
  ['chat', 'llm', undefined],
  ['text_completion', 'llm', 'text_completion'],
  ['embeddings', 'embedding', undefined],
  ['execute_tool', 'tool', undefined],
  ['invoke_agent', 'agent', undefined],
  ['invoke_workflow', 'agent', 'workflow'],
  ['search_memory', 'retrieval', 'search_memory'],
  ['create_agent', 'task', 'create_agent'],
  ['workflow', 'agent', 'workflow'],
  ['upsert_memory', 'task', 'upsert_memory'],
])('the operation %s', (operation, kind, role) => {
  const span = spanWith({ 'gen_ai.operation.name': operation });
  expect([span.kind, span.role]).toEqual([kind, role]);
});

test.each([
  [{ 'openinference.span.kind': 'RETRIEVER' }, 'retrieval'],
  [{ 'traceloop.span.kind': 'task' }, 'task'],
  [{ 'langfuse.observation.type': 'generation' }, 'llm'],
  [{ 'gen_ai.request.model': 'gpt-4o' }, 'llm'],
])('an operation that nobody knows yields to %o', (more, kind) => {
  const span = spanWith({ 'gen_ai.operation.name': 'my step', ...more });
  expect(span.kind).toBe(kind);
  expect(JSON.stringify(span)).toContain('my step');
});

test('an answer that is fetched again counts nothing', () => {
  const said = {
    'gen_ai.operation.name': 'fetch_response',
    'gen_ai.response.id': 'r',
    'gen_ai.usage.input_tokens': 10,
  };
  const run = runOf(tracesRequest([otlpSpan(said)]));
  expect(countedTokens(run)).toBe(0);
  expect(run.spans[0]!.attributes).toMatchObject({
    'gen_ai.response.id': 'r',
    'gen_ai.usage.input_tokens': 10,
  });
});

test('a tool', () => {
  const span = spanWith({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'weather',
    'gen_ai.tool.call.id': 'c-1',
    'gen_ai.tool.call.arguments': '{"city":"Oslo"}',
    'gen_ai.tool.call.result': { rain: true },
    'error.type': 'timeout',
  });
  expect(span).toMatchObject({
    kind: 'tool',
    tool: { name: 'weather', callId: 'c-1' },
    inputs: { city: 'Oslo' },
    outputs: { rain: true },
    status: 'error',
    error: { type: 'timeout', message: 'timeout' },
  });
});

test('a retrieval', () => {
  const span = spanWith({
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.retrieval.query.text': 'weather',
    'gen_ai.retrieval.documents': '[{"id":"d","score":0.5}]',
  });
  expect(span).toMatchObject({
    inputs: { query: 'weather' },
    outputs: { documents: [{ id: 'd', score: 0.5 }] },
  });
});

test.each([
  ['on the span', otlpSpan],
  [
    'in an event of the span',
    (attributes: Parameters<typeof otlpSpan>[0]) => {
      const { attributes: inside } = otlpSpan(attributes);
      const event = {
        name: 'gen_ai.evaluation.result',
        timeUs: 1_700_000_000_500_000,
        attributes: inside,
        droppedAttributes: 0,
      };
      return otlpSpan({}, { events: [event] });
    },
  ],
])('an evaluation %s is a score', (_, spanOf) => {
  const said = {
    'gen_ai.evaluation.name': 'Relevance',
    'gen_ai.evaluation.score.value': 4.5,
    'gen_ai.evaluation.score.label': 'relevant',
    'gen_ai.evaluation.explanation': 'it answers the question',
  };
  expect(runOf(tracesRequest([spanOf(said)])).scores).toEqual([
    {
      name: 'Relevance',
      value: 4.5,
      label: 'relevant',
      comment: 'it answers the question',
      spanId: '00000000000000a1',
    },
  ]);
});

test('messages in an event of the span, as Strands writes them', () => {
  const asked = messages(parts('user', 'Hello'));
  const answered = messages({ ...parts('assistant', 'Hi.'), finish_reason: 'end_turn' });
  const details = (said: Record<string, string>) => ({
    name: 'gen_ai.client.inference.operation.details',
    timeUs: 1,
    attributes: attributeLists({ 'gen_ai.operation.name': 'chat', ...said }),
    droppedAttributes: 0,
  });
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'strands-agents',
    'gen_ai.request.model': 'gpt-4.1-mini',
  };
  const span = spanWith(call, 'strands.telemetry.tracer', {
    events: [details({ 'gen_ai.input.messages': asked }), details({ 'gen_ai.output.messages': answered })],
  });
  expect(span).toMatchObject({
    kind: 'llm',
    inputs: [{ role: 'user', content: 'Hello' }],
    outputs: [{ role: 'assistant', content: 'Hi.', finish_reason: 'end_turn' }],
  });
  expect(span.events).toBeUndefined();
  // A framework sells no models.
  expect(span.provider).toBeUndefined();
});

test('an event that says something else than its span stays', () => {
  const events = ['first', 'second'].map((content) => ({
    name: 'gen_ai.client.inference.operation.details',
    timeUs: 1,
    attributes: attributeLists({ 'gen_ai.output.messages': messages(parts('assistant', content)) }),
    droppedAttributes: 0,
  }));
  const span = spanWith({ 'gen_ai.operation.name': 'chat' }, '', { events });
  expect(span.outputs).toEqual([{ role: 'assistant', content: 'first' }]);
  expect(span.events).toHaveLength(1);
});

test('Latitude’s spellings: cached tokens inside the input, instructions under a name of their own', () => {
  const span = spanWith({
    'gen_ai.operation.name': 'completion',
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.system.instructions': '[{"type":"text","content":"Think step by step."}]',
    'gen_ai.input.messages': messages(parts('user', 'Weather?')),
    'gen_ai.usage.input_tokens': 57,
    'gen_ai.usage.prompt_tokens': 57,
    'gen_ai.usage.cached_tokens': 40,
    'gen_ai.usage.output_tokens': 19,
    'gen_ai.usage.completion_tokens': 19,
  });
  expect(span).toMatchObject({
    kind: 'llm',
    provider: 'openai',
    usage: { inputTokens: 17, cacheReadTokens: 40, outputTokens: 19 },
    inputs: [
      { role: 'system', content: 'Think step by step.' },
      { role: 'user', content: 'Weather?' },
    ],
  });
});
