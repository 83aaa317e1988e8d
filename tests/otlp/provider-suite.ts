import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Span } from '../../packages/trace/src/model/span.ts';
import { anthropicCall, inSpan, openaiAgent, openaiStream } from './agents.ts';
import { ANTHROPIC_MODEL, type FakeProvider, fakeProvider, OPENAI_MODEL } from './fake-provider.ts';
import { type CountedRun, only, parentOf, type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';
import { type SendingProgram, sendingProgram } from './sending-program.ts';

/** What an instrumentation does not report, or reports otherwise than the rest. */
export type Reports = {
  /** Tokens of OpenAI's prompt that came from its cache. */
  openaiCache: boolean;
  /** Tokens that OpenAI's model thought with. */
  openaiReasoning: boolean;
  /** Usage of a call whose answer OpenAI streams. */
  openaiStreamUsage: boolean;
  /** The model that answered such a call; else the one that was asked. */
  openaiStreamModel: string;
};

/** The same programs under any instrumentation: what they used and said must come out the same. */
export function providerSuite(install: (program: SendingProgram) => void, reports: Reports): void {
  let tacho: ReceivingTacho;
  let provider: FakeProvider;
  let program: SendingProgram;
  beforeAll(async () => {
    [tacho, provider] = await Promise.all([receivingTacho(), fakeProvider()]);
    program = sendingProgram(tacho.url);
    install(program);
  });
  afterAll(async () => {
    await program.close();
    await Promise.all([tacho.close(), provider.close()]);
  });

  async function traced(name: string, work: (url: string) => Promise<void>): Promise<CountedRun> {
    await inSpan(name, () => work(provider.url));
    await program.sent();
    return await tacho.named(name);
  }

  const openaiUsage = {
    inputTokens: reports.openaiCache ? 176 : 1200,
    ...(reports.openaiCache && { cacheReadTokens: 1024 }),
    outputTokens: reports.openaiReasoning ? 50 : 90,
    ...(reports.openaiReasoning && { reasoningTokens: 40 }),
  };
  // 2.50 USD for a million tokens of input, 1.25 from the cache, 10 of output.
  const openaiCostUsd = (reports.openaiCache ? 176 * 2.5 + 1024 * 1.25 + 900 : 1200 * 2.5 + 900) / 1e6;
  // 3 USD, 0.30 from the cache, 3.75 into it, 15 of output.
  const anthropicCostUsd = (70 * 3 + 900 * 0.3 + 200 * 3.75 + 45 * 15) / 1e6;
  const anthropicUsage = {
    inputTokens: 70,
    cacheReadTokens: 900,
    cacheWriteTokens: 200,
    outputTokens: 45,
  };

  function expectCall(run: CountedRun, call: Span, costUsd: number, facts: Partial<Span>): void {
    expect(call).toMatchObject({ kind: 'llm', status: 'ok', ...facts });
    expect(run.summary).toMatchObject({ unpricedCalls: 0, costUsd: expect.closeTo(costUsd, 6) });
    expect(parentOf(run, call)?.parentId).toBeUndefined();
    expect(JSON.stringify(call.inputs)).toContain('What is the weather in Oslo?');
  }

  test("OpenAI's client: two calls under the program's span, with the tool that was called in between", async () => {
    const run = await traced('openai agent', openaiAgent);
    expect(run.spans).toHaveLength(3);
    const calls = run.spans.filter(({ kind }) => kind === 'llm');
    expect(calls).toHaveLength(2);
    for (const call of calls)
      expectCall(run, call, 2 * openaiCostUsd, {
        model: OPENAI_MODEL,
        provider: 'openai',
        usage: expect.objectContaining(openaiUsage),
      });
    expect(JSON.stringify(calls[0]!.outputs)).toMatch(/get_weather.*Oslo/);
    expect(JSON.stringify(calls[1]!.inputs)).toContain('rain');
    expect(JSON.stringify(calls[1]!.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(2 * 1290);
  });

  test("OpenAI's client, streaming", async () => {
    const run = await traced('openai stream', openaiStream);
    const call = only(run, ({ kind }) => kind === 'llm');
    expect(call.model).toBe(reports.openaiStreamModel);
    expect(JSON.stringify(call.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(reports.openaiStreamUsage ? 1290 : 0);
  });

  test.each([false, true])("Anthropic's client, streaming: %s", async (stream) => {
    const run = await traced(`anthropic ${stream}`, (url) => anthropicCall(url, stream));
    const call = only(run, ({ kind }) => kind === 'llm');
    expectCall(run, call, anthropicCostUsd, {
      model: ANTHROPIC_MODEL,
      provider: 'anthropic',
      usage: expect.objectContaining(anthropicUsage),
    });
    expect(JSON.stringify(call.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(70 + 900 + 200 + 45);
  });
}
