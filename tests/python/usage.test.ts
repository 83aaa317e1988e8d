import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '@tacho/trace/model/usage';
import { usageOfResponse } from '@tacho/trace/recorder/usage/response-usage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { home, python, withPython } from './python.ts';

/** The answers' reading by the Python client: each as a dict, and as objects with attributes. */
async function readInPython(answers: readonly unknown[]): Promise<Record<string, unknown>[][]> {
  const file = join(home, 'answers.json');
  writeFileSync(file, JSON.stringify(answers));
  const { said, errors } = await python(`
import json, types, tacho
def as_object(value):
    if isinstance(value, list): return [as_object(item) for item in value]
    if not isinstance(value, dict): return value
    return types.SimpleNamespace(**{name: as_object(field) for name, field in value.items()})
def read(answer):
    found = tacho.usage_of_response(answer)
    return None if found is None else found._asdict()
with open(${JSON.stringify(file)}, encoding="utf-8") as file:
    answers = json.load(file)
for answer in answers:
    print(json.dumps([read(answer), read(as_object(answer))]))`);
  expect(errors).toBe('');
  return said.map((line) => JSON.parse(line) as Record<string, unknown>[]);
}

/** What the TypeScript recorder reads, in the words of the Python client. */
function readHere(answer: unknown): Record<string, unknown> | null {
  const found = usageOfResponse(answer);
  if (found === undefined) return null;
  return {
    usage: inItsWords(found.usage),
    is_answer: found.isAnswer,
    model: found.model ?? null,
    provider: found.provider ?? null,
    response_id: found.responseId ?? null,
    request_ms: found.requestMs ?? null,
    deviating_total: found.deviatingTotal ?? null,
    service_tier: found.serviceTier ?? null,
  };
}

/** `cacheWrite1hTokens` is `cache_write_1h_tokens` there. */
function inItsWords(usage: Usage): Record<string, number> {
  return Object.fromEntries(
    Object.entries(usage).map(([name, count]) => [
      name.replace(/[A-Z]|1h/g, (word) => `_${word.toLowerCase()}`),
      count,
    ]),
  );
}

const G1 = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-5-codex',
  output: [],
  usage: {
    input_tokens: 117231,
    input_tokens_details: { cached_tokens: 115584 },
    output_tokens: 225,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 117456,
  },
};
const G2 = {
  type: 'message',
  id: 'msg_1',
  usage: {
    input_tokens: 5,
    cache_read_input_tokens: 128955,
    cache_creation_input_tokens: 1253,
    output_tokens: 0,
  },
};
const G3 = {
  usage: { prompt_tokens: 17903, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 17817 } },
};
const G4 = {
  usage: {
    prompt_tokens: 10,
    completion_tokens: 1970,
    total_tokens: 1980,
    completion_tokens_details: { reasoning_tokens: 956 },
  },
};
const G5 = {
  model_version: 'gemini-3-pro-preview',
  response_id: 'g5',
  usage_metadata: {
    prompt_token_count: 324,
    candidates_token_count: 1364,
    thoughts_token_count: 495,
    total_token_count: 2183,
  },
};

withPython('golden cases, as dicts and as objects', () => {
  test.each([
    ['G1', G1, { input_tokens: 1647, cache_read_tokens: 115584, output_tokens: 225 }],
    ['G2', G2, { input_tokens: 5, cache_read_tokens: 128955, cache_write_tokens: 1253 }],
    ['G3', G3, { input_tokens: 86, cache_read_tokens: 17817, output_tokens: 1 }],
    ['G4', G4, { input_tokens: 10, output_tokens: 1014, reasoning_tokens: 956 }],
    ['G5', G5, { input_tokens: 324, output_tokens: 1364, reasoning_tokens: 495 }],
    [
      'LangChain',
      {
        id: 'run-1',
        response_metadata: { model_name: 'gpt-5' },
        usage_metadata: {
          input_tokens: 350,
          output_tokens: 240,
          total_tokens: 590,
          input_token_details: { cache_creation: 200, cache_read: 100 },
          output_token_details: { reasoning: 40 },
        },
      },
      {
        input_tokens: 50,
        cache_read_tokens: 100,
        cache_write_tokens: 200,
        output_tokens: 200,
        reasoning_tokens: 40,
      },
    ],
  ])('%s', async (_, answer, buckets) => {
    const [[dict, object]] = (await readInPython([answer])) as [[{ usage: object }, unknown]];
    const filled = Object.fromEntries(Object.entries(dict.usage).filter(([, count]) => count > 0));
    expect(filled).toEqual({ ...buckets, requests: 1 });
    expect(dict).toMatchObject({ is_answer: true, deviating_total: null });
    expect(object).toEqual(dict);
  });
});

const count = fc.oneof(
  { weight: 8, arbitrary: fc.nat(5000) },
  fc.constantFrom(null, -1, 1.5, 2.5, '17', 'x', true, 1e300, {}, []),
);
const fields = (...names: string[]): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(names.map((name) => [name, count])), { requiredKeys: [] });
const details = fields('cached_tokens', 'cache_write_tokens', 'reasoning_tokens');
const aiDetails = fields('cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens');
const merged = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as object);
const usage = fc.oneof(
  fields('promptTokenCount', 'cachedContentTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'),
  fields('prompt_eval_count', 'eval_count'),
  merged(
    fields('prompt_tokens', 'completion_tokens', 'total_tokens', 'prompt_cache_hit_tokens'),
    fc.record({ prompt_tokens_details: details, completion_tokens_details: details }, { requiredKeys: [] }),
  ),
  merged(
    fields('input_tokens', 'output_tokens', 'total_tokens'),
    fc.record({ input_tokens_details: details, output_tokens_details: details }, { requiredKeys: [] }),
  ),
  merged(
    fields('input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'),
    fc.record(
      { cache_creation: fields('ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens') },
      { requiredKeys: [] },
    ),
  ),
  merged(
    fields('inputTokens', 'outputTokens', 'totalTokens', 'cachedInputTokens', 'reasoningTokens'),
    fields('cacheReadInputTokens', 'cacheWriteInputTokens'),
  ),
  merged(
    fields('inputTokens', 'outputTokens', 'promptTokens', 'completionTokens', 'totalTokens'),
    fc.record({ inputTokenDetails: aiDetails, outputTokenDetails: aiDetails }, { requiredKeys: [] }),
  ),
  fields('input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'tokens', 'total_tokens'),
);
const text = fc.constantFrom('', 'a', 'claude', 7, null);
const answer = fc.oneof(
  usage,
  count,
  merged(
    fc.record({ usage, totalUsage: usage, usageMetadata: usage }, { requiredKeys: [] }),
    fc.record(
      {
        id: text,
        model: text,
        modelVersion: text,
        type: fc.constantFrom('message', 'x'),
        service_tier: text,
      },
      { requiredKeys: [] },
    ),
    fc.record({ response: merged(fc.record({ usage }), fc.record({ id: text })) }, { requiredKeys: [] }),
    fc.record({ message: merged(fc.record({ usage }), fc.record({ model: text })) }, { requiredKeys: [] }),
  ),
);

withPython('answers of any shape', () => {
  test('are read as the TypeScript recorder reads them', async () => {
    const answers = fc.sample(answer, { numRuns: 3000, seed: 5 });
    const read = await readInPython(answers);
    let told = 0;
    answers.forEach((each, n) => {
      const expected = readHere(each);
      if (expected !== null) told++;
      expect(read[n], JSON.stringify(each)).toEqual([expected, expected]);
    });
    expect(told).toBeGreaterThan(1500);
  });

  test('an answer counts once: as the same object, the same dict, or by its id', async () => {
    const { records } = await python(`
import types, tacho
with tacho.RunTrace(task="t") as run:
    answer = types.SimpleNamespace(usage=types.SimpleNamespace(prompt_tokens=3, completion_tokens=1))
    usage = {"prompt_tokens": 5, "completion_tokens": 1}
    for _ in range(3):
        run.log_usage(answer)
        run.log_usage(usage)
        run.log_usage({"id": "r1", "usage": {"prompt_tokens": 7, "completion_tokens": 1}})
        run.log_usage({"input": 2})
        run.log_usage("no answer"); run.log_usage(None); run.log_usage(object())
`);
    const inputs = records.flatMap((record) =>
      record.event === 'usage' ? [record.usage?.input_tokens] : [],
    );
    expect(inputs).toEqual([3, 5, 7, 2, 2, 2]);
  });
});
