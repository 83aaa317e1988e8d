import { afterAll, beforeAll, expect, test } from 'vitest';
import { inSpan, langchainAgent } from './agents.ts';
import { type FakeProvider, fakeProvider } from './fake-provider.ts';
import { only, parentOf, type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';
import { type SendingProgram, sendingProgram } from './sending-program.ts';

export type LangchainReports = {
  /** The name of the chain's span. */
  chain: string;
  /** The name under which the tool is known. */
  tool: string;
  /** What the chain calls lies under it; else beside it. */
  nests: boolean;
  usage: object;
};

/** A chain with a model and a tool, under any instrumentation of LangChain. */
export function langchainSuite(install: (program: SendingProgram) => void, reports: LangchainReports): void {
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

  test("LangChain's chain with its tool and its calls", async () => {
    await inSpan('langchain agent', () => langchainAgent(provider.url));
    await program.sent();
    const run = await tacho.named('langchain agent');
    expect(run.spans).toHaveLength(5);
    const root = only(run, ({ parentId }) => parentId === undefined);
    const chain = only(run, ({ name }) => name === reports.chain);
    expect(['agent', 'task']).toContain(chain.kind);
    expect(parentOf(run, chain)).toBe(root);
    const above = reports.nests ? chain : root;

    const tool = only(run, ({ kind }) => kind === 'tool');
    expect(tool).toMatchObject({ status: 'ok', tool: { name: reports.tool } });
    expect(parentOf(run, tool)).toBe(above);
    expect(JSON.stringify(tool.inputs)).toContain('Oslo');
    expect(JSON.stringify(tool.outputs)).toContain('It rains in Oslo.');

    const calls = run.spans.filter(({ kind }) => kind === 'llm');
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(parentOf(run, call)).toBe(above);
      expect(call).toMatchObject({ model: 'gpt-4o', status: 'ok', usage: reports.usage });
      expect(JSON.stringify(call.inputs)).toContain('What is the weather in Oslo?');
    }
    expect(JSON.stringify(calls[1]!.outputs)).toContain('It rains.');
    expect(run.summary.tokens).toBe(2 * 1290);
    expect(run.summary).toMatchObject({ unpricedCalls: 0, costUsd: expect.any(Number) });
  });
}
