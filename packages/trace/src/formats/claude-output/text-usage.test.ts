import { expect, test } from 'vitest';
import { detect } from './detect.ts';
import { claudeUsageIn } from './text-usage.ts';

const tokens = { inputTokens: 1234, outputTokens: 567 };
const SEED_JSON = {
  usage: { input_tokens: 1234, output_tokens: 567 },
  model: 'claude-3-5-sonnet-20241022',
};

test.each([
  ['JSON', JSON.stringify(SEED_JSON), SEED_JSON.model],
  ['pretty-printed JSON', JSON.stringify(SEED_JSON, null, 2), SEED_JSON.model],
  ['JSON at the end of a line of text', `Usage: ${JSON.stringify(SEED_JSON)}`, SEED_JSON.model],
  ['pretty-printed JSON in a log', `Done.\n${JSON.stringify(SEED_JSON, null, 2)}\nBye.`, SEED_JSON.model],
  ['lines', 'input_tokens: 1234\noutput_tokens: 567\nmodel: claude-3-5-sonnet-20241022\n', SEED_JSON.model],
  ['key=value', 'usage: input_tokens=1234, output_tokens=567', undefined],
])('usage as %s', (_, text, model) => {
  expect(claudeUsageIn(text)).toMatchObject(tokens);
  expect(claudeUsageIn(text)?.model).toBe(model);
});

test('G21: the result wins over everything before it, however the log begins', () => {
  const log = [
    '{"type":"system","subtype":"init","session_id":"s","model":"m"}',
    'input_tokens: 1, output_tokens: 1',
    '{"type":"result","subtype":"success","num_turns":1,"usage":{"input_tokens":2,"output_tokens":606},"modelUsage":{"a":{"inputTokens":2,"outputTokens":606},"b":{"inputTokens":10,"outputTokens":4}},"total_cost_usd":0.5}',
  ].join('\n');
  expect(claudeUsageIn(log)).toEqual({
    inputTokens: 12,
    outputTokens: 610,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    model: 'a',
    costUsd: 0.5,
  });
});

test.each([
  'The limit is 4000 input_tokens.',
  'input_tokens: 12',
  'output_tokens = many, input_tokens = few',
  '{"input_tokens": 1, "output_tokens": 2}',
  '',
])('%j is no usage, and nobody’s log', (text) => {
  expect(claudeUsageIn(text)).toBeUndefined();
  expect(detect({ text, complete: true })).toBe(0);
});

test('text with both counts is recognised, but gives way to anything that knows better', () => {
  const likelihood = detect({ text: 'x\ninput_tokens: 1\noutput_tokens: 2\n', complete: true });
  expect(likelihood).toBeGreaterThan(0);
  expect(likelihood).toBeLessThan(0.3);
});
