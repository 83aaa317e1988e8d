import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../packages/trace/src/model/run.ts';
import type { Span } from '../../packages/trace/src/model/span.ts';
import type { RunSummary } from '../../packages/trace/src/wire/runs.ts';
import { anthropicCall, inSpan, langchainAgent, openaiAgent, openaiStream } from './agents.ts';
import { ANTHROPIC_MODEL, type FakeProvider, fakeProvider, OPENAI_MODEL } from './fake-provider.ts';
import { only, parentOf, type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';
import { type SendingProgram, sendingProgram } from './sending-program.ts';

/** What an instrumentation does not report, or reports otherwise than the rest. */
export type Reports = {
  /** Tokens of OpenAI's prompt that came from its cache. */
  openaiCache: boolean;
  /** Tokens that OpenAI's model thought with. */
  openaiReasoning: boolean;
  /** Usage of a call whose answer OpenAI streams. */
  openaiStreamUsage: boolean;
  /** The name under which LangChain's tool is known. */
  langchainTool: string;
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

  async function traced(
    name: string,
    work: (url: string) => Promise<void>,
  ): Promise<Run & { summary: RunSummary }> {
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
  const anthropicUsage = {
    inputTokens: 70,
    cacheReadTokens: 900,
    cacheWriteTokens: 200,
    outputTokens: 45,
  };

  function expectCall(run: Run, call: Span, facts: Partial<Span>): void {
    expect(call).toMatchObject({ kind: 'llm', status: 'ok', ...facts });
    expect(call.costUsd).toBeGreaterThan(0);
    expect(parentOf(run, call)?.parentId).toBeUndefined();
    expect(JSON.stringify(call.inputs)).toContain('What is the weather in Oslo?');
  }

  test("OpenAI's client: two calls under the program's span, with the tool that was called in between", async () => {
    const run = await traced('openai agent', openaiAgent);
    expect(run.spans).toHaveLength(3);
    const calls = run.spans.filter(({ kind }) => kind === 'llm');
    expect(calls).toHaveLength(2);
    for (const call of calls)
      expectCall(run, call, {
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
    expect(call.model).toBe(OPENAI_MODEL);
    expect(JSON.stringify(call.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(reports.openaiStreamUsage ? 1290 : 0);
  });

  test.each([false, true])("Anthropic's client, streaming: %s", async (stream) => {
    const run = await traced(`anthropic ${stream}`, (url) => anthropicCall(url, stream));
    const call = only(run, ({ kind }) => kind === 'llm');
    expectCall(run, call, {
      model: ANTHROPIC_MODEL,
      provider: 'anthropic',
      usage: expect.objectContaining(anthropicUsage),
    });
    expect(JSON.stringify(call.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(70 + 900 + 200 + 45);
  });

  test('LangChain over the same client: the chain, its tool and its calls, and no call twice', async () => {
    const run = await traced('langchain agent', langchainAgent);
    const tool = only(run, ({ kind }) => kind === 'tool');
    expect(tool.tool?.name).toBe(reports.langchainTool);
    expect(JSON.stringify(tool.inputs)).toContain('Oslo');
    expect(JSON.stringify(tool.outputs)).toContain('It rains in Oslo.');
    const chain = parentOf(run, tool)!;
    expect(parentOf(run, chain)?.name).toBe('langchain agent');
    const calls = run.spans.filter((span) => span.kind === 'llm' && parentOf(run, span) === chain);
    expect(calls).toHaveLength(2);
    for (const call of calls) expect(JSON.stringify(call.inputs)).toContain('What is the weather in Oslo?');
    // Both the chain's model and the client beneath it report the two calls.
    expect(run.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(4);
    expect(run.summary.tokens).toBe(2 * 1290);
  });
}
