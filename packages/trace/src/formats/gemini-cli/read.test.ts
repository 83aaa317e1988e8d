import { describe, expect, test } from 'vitest';
import { CORPUS, filesBelow, fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { foldRun } from '../../model/fold.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import type { Input, Refusal } from '../format.ts';
import { geminiCli } from './format.ts';

async function read(text: string, name = 'session.json'): Promise<{ runs: Run[]; refusals: Refusal[] }> {
  const { records, refusals } = await readBytes(geminiCli, Buffer.from(text), { name });
  return { runs: [...runsOf(records).values()], refusals };
}

async function fixture(name: string): Promise<Run> {
  const found = fixturesOf('gemini-cli').find((each) => each.name === name)!;
  const { runs, refusals } = await read(found.bytes.toString(), name);
  expect(refusals).toEqual([]);
  return runs[0]!;
}

function span(run: Run, spanId: string): Span {
  const found = run.spans.find((each) => each.spanId === spanId);
  expect(found, spanId).toBeDefined();
  return found!;
}

const header = { sessionId: 's1', projectHash: 'h', startTime: '2026-01-01T00:00:00Z' };

function answer(id: string, tokens: JsonObject): JsonObject {
  return { id, type: 'gemini', timestamp: '2026-01-01T00:00:05Z', content: 'Yes.', model: 'm', tokens };
}

describe('tokens', () => {
  test('G5: thoughts stand outside the output', async () => {
    const tokens = { input: 324, output: 1364, thoughts: 495, cached: 0, tool: 0, total: 2183 };
    const { runs } = await read(JSON.stringify({ ...header, messages: [answer('a', tokens)] }));
    const { usage } = ledgerOf(runs[0]!);
    expect(usage).toMatchObject({ inputTokens: 324, outputTokens: 1364, reasoningTokens: 495 });
    expect(totalTokens(usage)).toBe(2183);
    const billedOutput = usage.outputTokens + usage.reasoningTokens;
    expect((usage.inputTokens * 2 + billedOutput * 12) / 1e6).toBeCloseTo(0.022956, 9);
    expect(runs[0]!.notes).toEqual([]);
  });

  test('cached tokens are inside the input, prompts of tools outside', async () => {
    const tokens = { input: 100, cached: 80, output: 5, tool: 7, total: 112 };
    const { runs } = await read(JSON.stringify({ ...header, messages: [answer('a', tokens)] }));
    expect(ledgerOf(runs[0]!).usage).toMatchObject({ inputTokens: 27, cacheReadTokens: 80, outputTokens: 5 });
    expect(runs[0]!.notes).toEqual([]);
  });

  test('a total that is not the sum of its parts is noted, and bends nothing', async () => {
    const tokens = { input: 100, output: 5, total: 200 };
    const { runs } = await read(JSON.stringify({ ...header, messages: [answer('a', tokens)] }));
    expect(totalTokens(ledgerOf(runs[0]!).usage)).toBe(105);
    expect(runs[0]!.notes).toEqual([{ code: 'total-deviates', count: 1, example: 'llm:a' }]);
  });

  test('a message that is written again as it goes on counts once, as it was last', async () => {
    const lines = [header, answer('a', { input: 10, output: 1 }), answer('a', { input: 10, output: 9 })];
    const { runs } = await read(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(totalTokens(ledgerOf(runs[0]!).usage)).toBe(19);
    expect(span(runs[0]!, 'llm:a').outputs).toEqual([{ type: 'text', text: 'Yes.' }]);
  });
});

describe('the tree', () => {
  test('agent, turns, calls and tools', async () => {
    const run = await fixture('session-2026-04-07T08-30-7d3b2f10.json');
    expect(run).toMatchObject({ name: 'Tidy the tool shed', labels: { agent: 'gemini-cli' } });
    expect(run.spans.map((each) => `${each.parentId} ${each.spanId} ${each.status}`)).toEqual([
      'undefined gemini-cli error',
      'gemini-cli turn:m-1 ok',
      'turn:m-1 llm:m-2 ok',
      'turn:m-1 tool:list-1 ok',
      'turn:m-1 tool:shell-1 error',
      'turn:m-1 llm:m-3 ok',
      'turn:m-1 tool:write-1 cancelled',
      'turn:m-1 tool:mcp-1 ok',
      'turn:m-1 llm:m-6 ok',
      'gemini-cli turn:m-7 error',
    ]);
    expect(span(run, 'turn:m-1').endUs).toBe(Date.parse('2026-04-07T08:30:25.000Z') * 1000);
    expect(span(run, 'tool:shell-1').error).toEqual({
      type: 'exit_code',
      message: 'exit code 2: ls: no such directory',
    });
    expect(span(run, 'llm:m-2')).toMatchObject({
      model: 'gemini-3-pro-preview',
      firstTokenUs: Date.parse('2026-04-07T08:30:03.000Z') * 1000,
      outputs: [
        { type: 'thinking', thinking: '**Looking around**\nWhat is in the shed?' },
        { type: 'text', text: 'I look at the shed first.' },
        { type: 'tool_use', id: 'list-1', name: 'list_directory' },
        { type: 'tool_use', id: 'shell-1', name: 'run_shell_command' },
      ],
    });
    expect(span(run, 'tool:mcp-1').attributes).toMatchObject({ mcp_server: 'garden', mcp_tool: 'weather' });
  });

  test('turns behind which the conversation went back are abandoned, and stay spent', async () => {
    const run = await fixture('session-2026-04-07T08-31-7d3b2f10.jsonl');
    expect(run).toMatchObject({ name: 'Watering the roses', project: 'garden' });
    const abandoned = run.spans.filter((each) => each.attributes?.abandoned);
    expect(abandoned.map((each) => each.spanId)).toEqual(['turn:u-2']);
    expect(ledgerOf(run).usage.requests).toBe(4);
  });

  test('a subagent lies in the folder of its session, and under the tool that started it', async () => {
    const session = fixturesOf('gemini-cli').find(
      ({ name }) => name.endsWith('.jsonl') && name.startsWith('session'),
    )!;
    const agent = fixturesOf('gemini-cli').find(({ name }) => name.startsWith('waterer'))!;
    const runId = '7d3b2f10-5a5a-4c4c-9e9e-0000000000a2';
    const records: TraceRecord[] = [];
    for (const { bytes, name } of [session, agent]) {
      const input: Input = { name, runId, chunks: once(bytes), refuse: () => expect.unreachable() };
      for await (const batch of geminiCli.read!(input)) records.push(...batch);
    }
    expect(new Set(records.map((record) => record.run_id))).toEqual(new Set([runId]));
    const run = foldRun(records);
    expect(run.spans.filter((each) => each.parentId === undefined).map((each) => each.spanId)).toEqual([
      'gemini-cli',
    ]);
    expect(span(run, 'agent:waterer-7d3b')).toMatchObject({
      parentId: 'tool:agent-1',
      kind: 'agent',
      status: 'ok',
      endUs: Date.parse('2026-04-07T08:31:49.000Z') * 1000,
    });
  });

  test('a saved conversation has no times: its steps stand in order, marked', async () => {
    const run = await fixture('checkpoint-pots.json');
    expect(run.runId).toBe('checkpoint-pots');
    expect(span(run, 'tool:llm:1:0')).toMatchObject({ status: 'ok', outputs: '9' });
    expect(span(run, 'llm:2').attributes).toEqual({ time_estimated: true });
    expect(new Date(run.startUs / 1000).getUTCFullYear()).toBe(2000);
  });
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('forms', () => {
  test('the log of prompts is refused with a reason', async () => {
    const log = [
      { sessionId: 's', messageId: 0, type: 'user', message: 'hi', timestamp: '2026-01-01T00:00:00Z' },
    ];
    const text = JSON.stringify(log, null, 2);
    expect(geminiCli.detect({ text, complete: true })).toBeGreaterThan(0.5);
    const { runs, refusals } = await read(text);
    expect(runs).toEqual([]);
    expect(refusals.map((refusal) => refusal.reason)).toEqual([
      'a log of prompts without answers: the sessions themselves lie beside it, in the folder "chats"',
    ]);
  });

  test('a document that is cut off is read up to there', async () => {
    const { bytes } = fixturesOf('gemini-cli').find(({ name }) => name.endsWith('f10.json'))!;
    const text = bytes.toString();
    const { runs, refusals } = await read(text.slice(0, text.indexOf('"m-6"')));
    expect(refusals[0]!.reason).toContain('cut off');
    expect(runs[0]!.spans.map((each) => each.spanId)).toContain('tool:mcp-1');
  });

  test('followed while it grows, a document says the same as when it is whole', async () => {
    const { bytes, name } = fixturesOf('gemini-cli').find((each) => each.name.endsWith('f10.json'))!;
    const records: TraceRecord[] = [];
    const input: Input = { name, live: true, chunks: once(bytes), refuse: () => expect.unreachable() };
    for await (const batch of geminiCli.read!(input)) records.push(...batch);
    const whole = await fixture(name);
    expect(foldRun(records).spans.map((each) => each.spanId)).toEqual(whole.spans.map((each) => each.spanId));
  });

  test('the samples', async () => {
    const figures: Record<string, number> = {};
    for (const { name, bytes } of filesBelow(`${CORPUS}/gemini_cli`, /(?<!metadata)\.jsonl?$/)) {
      const { runs, refusals } = await read(bytes.toString(), name);
      expect(refusals).toEqual([]);
      for (const run of runs) {
        expect(run.notes).toEqual([]);
        figures[name] = totalTokens(ledgerOf(run).usage);
      }
    }
    if (Object.keys(figures).length === 0) return;
    expect(figures).toEqual({
      'agent-sessions_jsonl_v040.jsonl': 24_152,
      'agent-sessions_large.json': 110,
      'agent-sessions_schema_drift.json': 0,
      'agent-sessions_small.json': 15,
      'gemini_12_cbfeaa512b_0.json': 49_267,
      'gemini_ab_2b9748b105_0.json': 133_187,
    });
  });
});
