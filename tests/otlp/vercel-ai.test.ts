import { trace } from '@opentelemetry/api';
import { generateText, simulateReadableStream, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { only, parentOf, type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';
import { type SendingProgram, sendingProgram } from './sending-program.ts';

let tacho: ReceivingTacho;
let program: SendingProgram;
beforeAll(async () => {
  tacho = await receivingTacho();
  program = sendingProgram(tacho.url);
});
afterAll(async () => {
  await program.close();
  await tacho.close();
});

/** 100 tokens in, 60 of them from the cache; 25 out, 5 of them for reasoning. */
const USAGE = {
  inputTokens: { total: 100, noCache: 40, cacheRead: 60, cacheWrite: 0 },
  outputTokens: { total: 25, text: 20, reasoning: 5 },
};
const MODEL = { provider: 'openai.chat', modelId: 'gpt-4o' };
const telemetry = (functionId: string): object => ({
  isEnabled: true,
  functionId,
  tracer: trace.getTracer('ai'),
});

test('generateText with a tool: two model calls that count once, and the tool between them', async () => {
  let call = 0;
  const model = new MockLanguageModelV3({
    ...MODEL,
    doGenerate: async () => {
      const first = call++ === 0;
      return {
        content: first
          ? [{ type: 'tool-call', toolCallId: 'call-1', toolName: 'weather', input: '{"city":"Oslo"}' }]
          : [{ type: 'text', text: 'It rains.' }],
        finishReason: { unified: first ? 'tool-calls' : 'stop', raw: undefined },
        usage: USAGE,
        response: { id: `generated-${call}`, modelId: 'gpt-4o-2024-08-06', timestamp: new Date() },
        warnings: [],
      };
    },
  });
  await generateText({
    model,
    prompt: 'What is the weather in Oslo?',
    tools: {
      weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async () => ({ rain: true }) }),
    },
    stopWhen: stepCountIs(3),
    experimental_telemetry: telemetry('forecast'),
  });
  await program.sent();

  const [newest] = await tacho.runs();
  const { summary, ...run } = await tacho.counted(newest!.runId);
  expect(summary).toMatchObject({ tokens: 250 });
  expect(summary.costUsd).toBeGreaterThan(0);
  const root = only(run, ({ parentId }) => parentId === undefined);
  expect(root).toMatchObject({ kind: 'agent', status: 'ok' });
  const calls = run.spans.filter(({ kind }) => kind === 'llm');
  expect(calls).toHaveLength(2);
  for (const each of calls) {
    expect(each.model).toBe('gpt-4o-2024-08-06');
    expect(parentOf(run, each)).toBe(root);
    expect(each.usage).toMatchObject({
      inputTokens: 40,
      cacheReadTokens: 60,
      outputTokens: 20,
      reasoningTokens: 5,
    });
    expect(JSON.stringify(each.inputs)).toContain('What is the weather in Oslo?');
  }
  expect(JSON.stringify(calls.map(({ outputs }) => outputs))).toContain('It rains.');
  const used = only(run, ({ kind }) => kind === 'tool');
  expect(used.tool).toMatchObject({ name: 'weather', callId: 'call-1' });
  expect(parentOf(run, used)).toBe(root);
  expect(JSON.stringify([used.inputs, used.outputs])).toMatch(/Oslo.*rain/);
});

test('streamText: one call, with the time of its first token', async () => {
  const model = new MockLanguageModelV3({
    ...MODEL,
    doStream: async () => ({
      stream: simulateReadableStream({
        chunkDelayInMs: 5,
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'response-metadata', id: 'streamed', modelId: 'gpt-4o-2024-08-06', timestamp: new Date() },
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: 'Good ' },
          { type: 'text-delta', id: '1', delta: 'morning.' },
          { type: 'text-end', id: '1' },
          { type: 'finish', finishReason: { unified: 'stop', raw: undefined }, usage: USAGE },
        ],
      }),
    }),
  });
  const before = new Set((await tacho.runs()).map(({ runId }) => runId));
  const result = streamText({ model, prompt: 'Greet.', experimental_telemetry: telemetry('greeting') });
  expect(await result.text).toBe('Good morning.');
  await program.sent();

  const { runId } = (await tacho.runs()).find((each) => !before.has(each.runId))!;
  const { summary, ...run } = await tacho.counted(runId);
  expect(summary.tokens).toBe(125);
  const call = only(run, ({ kind }) => kind === 'llm');
  expect(call.firstTokenUs).toBeGreaterThan(call.startUs);
  expect(call.firstTokenUs).toBeLessThanOrEqual(call.endUs!);
  expect(JSON.stringify(call.outputs)).toContain('Good morning.');
  expect(call.usage).toMatchObject({ inputTokens: 40, cacheReadTokens: 60 });
});
