import { expect, test } from 'vitest';
import { otlpSpan, runOf, spanWith, tracesRequest } from '../../../../../../tests/otlp/plain-request.ts';

test('a workflow is an agent, and its run is named by what ran', () => {
  const workflow = {
    'nat.span.kind': 'WORKFLOW',
    'openinference.span.kind': 'CHAIN',
    'nat.subspan.name': 'react_agent',
    'nat.conversation.id': 'c-1',
    'input.value': 'What is 2*3?',
  };
  const run = runOf(tracesRequest([otlpSpan(workflow, { name: '<workflow>' })]));
  expect(run).toMatchObject({ name: 'react_agent', sessionId: 'c-1' });
  expect(run.spans[0]).toMatchObject({ kind: 'agent', role: 'workflow', inputs: 'What is 2*3?' });
});

test('a framework is no provider of models', () => {
  const call = {
    'nat.span.kind': 'LLM',
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o',
    'llm.provider': 'llama_index',
    'llm.token_count.prompt': 100,
    'llm.token_count.completion': 20,
  };
  const span = spanWith(call);
  expect(span).toMatchObject({ kind: 'llm', model: 'gpt-4o', usage: { inputTokens: 100, outputTokens: 20 } });
  expect(span.provider).toBeUndefined();
  expect(span.attributes).toMatchObject({ 'llm.provider': 'llama_index' });
});

test('a function is a task, in the toolkit’s first name as well', () => {
  const named = { 'aiq.span.kind': 'FUNCTION', 'openinference.span.kind': 'CHAIN' };
  expect(spanWith(named)).toMatchObject({ kind: 'task' });
});
