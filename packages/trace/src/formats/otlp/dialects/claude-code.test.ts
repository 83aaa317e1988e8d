import { expect, test } from 'vitest';
import {
  attributeLists,
  countedTokens,
  otlpSpan,
  runOf,
  spanWith,
  tracesRequest,
} from '../../../../../../tests/otlp/plain-request.ts';

const SCOPE = 'com.anthropic.claude_code.tracing';

test('a call of a model: the API’s figures, caches beside the input', () => {
  const request = {
    'span.type': 'llm_request',
    model: 'claude-haiku-4-5',
    'gen_ai.system': 'anthropic',
    'session.id': 's-1',
    input_tokens: 10,
    output_tokens: 224,
    cache_read_tokens: 23_030,
    cache_creation_tokens: 781,
    ttft_ms: 595,
    request_id: 'req_1',
    stop_reason: 'tool_use',
  };
  const run = runOf(tracesRequest([otlpSpan(request, { name: 'claude_code.llm_request' })], SCOPE));
  expect(run.spans[0]).toMatchObject({
    kind: 'llm',
    model: 'claude-haiku-4-5',
    provider: 'anthropic',
    callKey: 'req_1',
    firstTokenUs: 1_700_000_000_595_000,
    usage: { inputTokens: 10, outputTokens: 224, cacheReadTokens: 23_030, cacheWriteTokens: 781 },
  });
  expect(run.sessionId).toBe('s-1');
  expect(countedTokens(run)).toBe(24_045);
});

test('a call of a tool, with what it was given and what it gave', () => {
  const tool = {
    'span.type': 'tool',
    tool_name: 'Bash',
    full_command: 'ls | wc -l',
    tool_use_id: 'toolu_1',
    duration_ms: 28,
  };
  const output = attributeLists({ bash_command: 'ls | wc -l', output: '3\n' });
  const events = [{ name: 'tool.output', timeUs: 1, attributes: output, droppedAttributes: 0 }];
  const span = spanWith(tool, SCOPE, { events });
  expect(span).toMatchObject({
    kind: 'tool',
    tool: { name: 'Bash', callId: 'toolu_1' },
    inputs: { command: 'ls | wc -l' },
    outputs: '3\n',
  });
  expect(span.events).toBeUndefined();
});

test.each([
  ['tool.execution', 'execution'],
  ['tool.blocked_on_user', 'permission'],
])('%s is no second call of the tool', (type, role) => {
  const span = spanWith({ 'span.type': type, tool_use_id: 'toolu_1' }, SCOPE);
  expect(span).toMatchObject({ kind: 'task', role });
  expect(span.tool).toBeUndefined();
});

test('a failed execution says what failed', () => {
  const failed = {
    'span.type': 'tool.execution',
    success: false,
    error: 'exit 1',
    error_class: 'ShellError',
  };
  expect(spanWith(failed, SCOPE)).toMatchObject({
    status: 'error',
    error: { type: 'ShellError', message: 'exit 1' },
  });
});

test('a turn is an agent, and its prompt the run’s task where it may be told', () => {
  const turn = (prompt: string) =>
    runOf(tracesRequest([otlpSpan({ 'span.type': 'interaction', user_prompt: prompt })], SCOPE));
  const told = turn('Count the pods.');
  expect(told.task).toBe('Count the pods.');
  expect(told.spans[0]).toMatchObject({ kind: 'agent', inputs: 'Count the pods.' });
  const untold = turn('<REDACTED>');
  expect(untold.task).toBeUndefined();
  expect(untold.spans[0]!.inputs).toBeUndefined();
});

test('elsewhere its words are anybody’s', () => {
  const span = spanWith({ 'span.type': 'tool', input_tokens: 10, output: 'x' });
  expect(span.kind).toBe('task');
  expect(span.usage).toBeUndefined();
  expect(span.outputs).toBeUndefined();
});
