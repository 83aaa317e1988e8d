import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalTokens, type Usage } from '../../model/usage.ts';
import { usageOfResponse } from './response-usage.ts';
import { usageJson } from './usage-json.ts';

/** Buckets that are not 0. */
function booked(response: unknown): Partial<Usage> {
  const { usage } = usageOfResponse(response)!;
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0));
}

describe('golden cases', () => {
  test('G1: cached input is inside the input of OpenAI responses', () => {
    const found = usageOfResponse({
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
    })!;
    expect(found).toMatchObject({ model: 'gpt-5-codex', responseId: 'resp_1', isAnswer: true });
    expect(found.usage).toMatchObject({ inputTokens: 1647, cacheReadTokens: 115584, outputTokens: 225 });
    expect(totalTokens(found.usage)).toBe(117456);
    expect(found.deviatingTotal).toBeUndefined();
  });

  test('G2: caches are beside the input of Anthropic', () => {
    const { usage } = usageOfResponse({
      type: 'message',
      id: 'msg_1',
      model: 'claude-sonnet-4-6',
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 128955,
        cache_creation_input_tokens: 1253,
        output_tokens: 0,
      },
    })!;
    expect(usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens).toBe(130213);
    expect(usage.inputTokens).toBe(5);
  });

  test('G3: OpenRouter follows OpenAI', () => {
    expect(
      booked({
        usage: {
          prompt_tokens: 17903,
          completion_tokens: 1,
          prompt_tokens_details: { cached_tokens: 17817 },
        },
      }),
    ).toEqual({ inputTokens: 86, cacheReadTokens: 17817, outputTokens: 1, requests: 1 });
  });

  test('G4: reasoning is inside the output of OpenAI', () => {
    const { usage } = usageOfResponse({
      usage: {
        prompt_tokens: 10,
        completion_tokens: 1970,
        total_tokens: 1980,
        completion_tokens_details: { reasoning_tokens: 956 },
      },
    })!;
    expect(usage).toMatchObject({ outputTokens: 1014, reasoningTokens: 956 });
    expect(usage.outputTokens + usage.reasoningTokens).toBe(1970);
  });

  test('G5: thoughts are beside the candidates of Gemini', () => {
    const { usage, deviatingTotal, provider, model } = usageOfResponse({
      modelVersion: 'gemini-3-pro-preview',
      responseId: 'g5',
      usageMetadata: {
        promptTokenCount: 324,
        candidatesTokenCount: 1364,
        thoughtsTokenCount: 495,
        totalTokenCount: 2183,
      },
    })!;
    const billedOutput = usage.outputTokens + usage.reasoningTokens;
    expect(billedOutput).toBe(1859);
    expect((usage.inputTokens * 2 + billedOutput * 12) / 1e6).toBeCloseTo(0.022956, 9);
    expect({ deviatingTotal, provider, model }).toEqual({
      deviatingTotal: undefined,
      provider: 'google',
      model: 'gemini-3-pro-preview',
    });
  });
});

describe('shapes', () => {
  test.each<[string, unknown, Partial<Usage>]>([
    [
      'Anthropic with one-hour cache',
      {
        usage: {
          input_tokens: 1,
          output_tokens: 2,
          cache_creation_input_tokens: 30,
          cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        },
      },
      { inputTokens: 1, outputTokens: 2, cacheWriteTokens: 10, cacheWrite1hTokens: 20, requests: 1 },
    ],
    [
      'Gemini with cache and tool prompt',
      {
        usageMetadata: {
          promptTokenCount: 100,
          cachedContentTokenCount: 40,
          toolUsePromptTokenCount: 7,
          candidatesTokenCount: 5,
        },
      },
      { inputTokens: 67, cacheReadTokens: 40, outputTokens: 5, requests: 1 },
    ],
    [
      'Ollama',
      { model: 'qwen3', message: {}, prompt_eval_count: 26, eval_count: 298, total_duration: 10706818083 },
      { inputTokens: 26, outputTokens: 298, requests: 1 },
    ],
    [
      'AI SDK 4',
      { usage: { promptTokens: 10, completionTokens: 20, totalTokens: 30 } },
      { inputTokens: 10, outputTokens: 20, requests: 1 },
    ],
    [
      'AI SDK 5: the total of all steps, not the last one',
      {
        usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
        totalUsage: {
          inputTokens: 100,
          outputTokens: 50,
          totalTokens: 150,
          cachedInputTokens: 60,
          reasoningTokens: 20,
        },
      },
      { inputTokens: 40, cacheReadTokens: 60, outputTokens: 30, reasoningTokens: 20, requests: 1 },
    ],
    [
      'AI SDK 6',
      {
        usage: {
          inputTokens: 100,
          inputTokenDetails: { noCacheTokens: 30, cacheReadTokens: 60, cacheWriteTokens: 10 },
          outputTokens: 50,
          outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
          totalTokens: 150,
        },
      },
      {
        inputTokens: 30,
        cacheReadTokens: 60,
        cacheWriteTokens: 10,
        outputTokens: 30,
        reasoningTokens: 20,
        requests: 1,
      },
    ],
    [
      'DeepSeek',
      {
        usage: {
          prompt_tokens: 100,
          prompt_cache_hit_tokens: 80,
          prompt_cache_miss_tokens: 20,
          completion_tokens: 1,
        },
      },
      { inputTokens: 20, cacheReadTokens: 80, outputTokens: 1, requests: 1 },
    ],
    [
      'xAI: reasoning beside the completion, as its total says',
      {
        usage: {
          prompt_tokens: 32,
          completion_tokens: 9,
          total_tokens: 135,
          completion_tokens_details: { reasoning_tokens: 94 },
        },
      },
      { inputTokens: 32, outputTokens: 9, reasoningTokens: 94, requests: 1 },
    ],
    [
      'Bedrock Converse',
      {
        usage: {
          inputTokens: 10,
          outputTokens: 20,
          totalTokens: 130,
          cacheReadInputTokens: 90,
          cacheWriteInputTokens: 10,
        },
      },
      { inputTokens: 10, outputTokens: 20, cacheReadTokens: 90, cacheWriteTokens: 10, requests: 1 },
    ],
    [
      'a cache larger than the input: reported apart',
      { usage: { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 50 } } },
      { inputTokens: 10, cacheReadTokens: 50, outputTokens: 1, requests: 1 },
    ],
    ['numbers', { input: 3, output: 4 }, { inputTokens: 3, outputTokens: 4, requests: 1 }],
    [
      'numbers in our buckets: disjoint',
      { inputTokens: 3, cacheReadTokens: 5, outputTokens: 4, reasoningTokens: 2, requests: 2 },
      { inputTokens: 3, cacheReadTokens: 5, outputTokens: 4, reasoningTokens: 2, requests: 2 },
    ],
    [
      'numbers in snake case',
      { input_tokens: 3, output_tokens: 4 },
      { inputTokens: 3, outputTokens: 4, requests: 1 },
    ],
    ['one number', 42, { otherTokens: 42, requests: 1 }],
    ['a total alone', { total_tokens: 42 }, { otherTokens: 42, requests: 1 }],
  ])('%s', (_, response, expected) => {
    expect(booked(response)).toEqual(expected);
  });

  test('Ollama says how long it took', () => {
    expect(usageOfResponse({ eval_count: 1, total_duration: 2_500_000_000 })).toMatchObject({
      requestMs: 2500,
      provider: 'ollama',
    });
  });

  test('a total that is not the sum of its parts is kept', () => {
    const response = { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 99 } };
    expect(usageOfResponse(response)?.deviatingTotal).toBe(99);
  });
});

test('what counts no tokens books nothing', () => {
  const trap = {
    get usage(): never {
      throw new Error('not now');
    },
  };
  for (const nothing of [
    null,
    undefined,
    'text',
    {},
    [],
    { output: [1], usage: null },
    { usage: {} },
    trap,
    -1,
    Number.NaN,
  ])
    expect(usageOfResponse(nothing)).toBeUndefined();
});

test('never throws, and never books a negative or broken count', () => {
  fc.assert(
    fc.property(fc.anything(), (response) => {
      const found = usageOfResponse({ usage: response })?.usage;
      if (found === undefined) return;
      for (const count of Object.values(found)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      JSON.parse(usageJson(found));
    }),
  );
});
