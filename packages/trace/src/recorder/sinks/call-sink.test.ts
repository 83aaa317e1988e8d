import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { formatNamed } from '../../formats/index.ts';
import { logLlmUsage } from './call-sink.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = (): Record<string, string> => ({
  INSTRUMENT_SINK: join(folder, 'instrumentation_calls.jsonl'),
  INSTRUMENT_STAGE: 'clean',
  RUN_ID: 'run-1',
});

test('a call is one line of the sink, which reads as a call of the stage', async () => {
  const usage = {
    model: 'gpt-4.1-mini',
    promptTokens: 120,
    completionTokens: 8,
    requestMs: 250,
    requestId: 'req_1',
  };
  expect(logLlmUsage(usage, environment())).toBe(true);
  expect(
    logLlmUsage({ ...usage, requestId: 'req_2', cached: true, cost: 0.5, stage: 'other' }, environment()),
  ).toBe(true);
  const bytes = readFileSync(environment().INSTRUMENT_SINK!);
  const [first] = bytes.toString().split('\n');
  expect(JSON.parse(first!)).toEqual({
    schema_version: 'instrumentation_call_v1',
    model: 'gpt-4.1-mini',
    provider: 'openai',
    prompt_tokens: 120,
    completion_tokens: 8,
    cached: false,
    request_ms: 250,
    request_id: 'req_1',
    cost: null,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    stage_id: 'clean',
    run_id: 'run-1',
  });
  const { records, refusals } = await readBytes(formatNamed('instrumentation-calls')!, bytes);
  expect(refusals).toEqual([]);
  const run = runsOf(records).get('run-1')!;
  expect(
    run.spans
      .filter(({ kind }) => kind === 'llm')
      .map(({ parentId, usage: read }) => [parentId, read?.outputTokens]),
  ).toEqual([
    ['clean', 8],
    ['other', 8],
  ]);
});

test('without a sink nothing happens; counts that cannot be are refused with a sentence', () => {
  const usage = { model: 'm', promptTokens: 1, completionTokens: 1 };
  expect(logLlmUsage(usage, {})).toBe(false);
  for (const bad of [
    { promptTokens: -1 },
    { completionTokens: 1.5 },
    { promptTokens: Number.NaN },
    { requestMs: -1 },
    { cost: Number.POSITIVE_INFINITY },
    { model: '' },
    { promptTokens: '7' },
  ])
    expect(() => logLlmUsage({ ...usage, ...(bad as object) }, environment())).toThrow(RangeError);
});

test('a sink that cannot be written does not hurt the program', () => {
  const usage = { model: 'm', promptTokens: 1, completionTokens: 1 };
  expect(logLlmUsage(usage, { INSTRUMENT_SINK: join(folder, 'no', 'such', 'folder') })).toBe(false);
});
