import { describe, expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import { geminiCli } from './format.ts';

async function recordsOf(text: string, name = 'gemini-cli.txt'): Promise<TraceRecord[]> {
  const { records, refusals } = await readBytes(geminiCli, Buffer.from(text), { name });
  expect(refusals).toEqual([]);
  return records;
}

function textOf(name: string): string {
  return fixturesOf('gemini-cli')
    .find((each) => each.name === name)!
    .bytes.toString();
}

const runIn = (records: readonly TraceRecord[]): Run => [...runsOf(records).values()][0]!;
const fixture = async (name: string): Promise<Run> => runIn(await recordsOf(textOf(name), name));
const span = (run: Run, id: string): Span => run.spans.find(({ spanId }) => spanId === id)!;
const us = (text: string): number => Date.parse(`2026-04-08T${text}Z`) * 1000;
const lines = (...values: JsonObject[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('--output-format stream-json', () => {
  test('turn, calls and tools, with the times of the events', async () => {
    const run = await fixture('gemini-cli.txt');
    expect(run).toMatchObject({
      runId: '7d3b2f10-5a5a-4c4c-9e9e-0000000000b1',
      name: 'Count the pots in /srv/garden',
      status: 'ok',
      startUs: us('09:00:00'),
    });
    expect(run.spans.map(({ spanId, parentId, status }) => `${parentId} ${spanId} ${status}`)).toEqual([
      'undefined gemini-cli ok',
      'gemini-cli turn:log-1 ok',
      'turn:log-1 llm:log-1 ok',
      'turn:log-1 tool:list-7 ok',
      'turn:log-1 tool:shell-7 error',
      'turn:log-1 llm:log-2 ok',
      'gemini-cli total:1: ok',
    ]);
    expect(span(run, 'tool:shell-7')).toMatchObject({ startUs: us('09:00:02.6'), endUs: us('09:00:03.6') });
    expect(span(run, 'llm:log-1').outputs).toMatchObject([
      { text: 'I will look.' },
      { name: 'list_directory' },
      {},
    ]);
    expect(span(run, 'gemini-cli')).toMatchObject({
      endUs: us('09:00:06.1'),
      attributes: { reported_duration_ms: 6100, output_lines: { text: 2, message: 4 } },
    });
    expect(span(run, 'gemini-cli').attributes).not.toHaveProperty('time_estimated');
  });

  test('cached tokens are inside the input; what a total has beyond its parts is of unknown kind', async () => {
    const { usage } = ledgerOf(await fixture('gemini-cli.txt'));
    expect(usage).toMatchObject({
      inputTokens: 2000,
      cacheReadTokens: 1000,
      outputTokens: 120,
      otherTokens: 180,
    });
    expect(totalTokens(usage)).toBe(3300);
  });

  test('without its result the output was cut off, and is open', async () => {
    const text = textOf('gemini-cli.txt').split('\n').slice(0, 12).join('\n');
    const run = runIn(await recordsOf(text));
    expect(run.status).toBe('running');
    expect(span(run, 'llm:log-2').outputs).toMatchObject([{ text: 'There are three pots.' }]);
    expect(span(run, 'gemini-cli').endUs).toBeUndefined();
  });

  test('newer ones tell models apart', async () => {
    const sum = (input: number, total: number): JsonObject => ({
      total_tokens: total,
      input_tokens: input,
      output_tokens: 1,
      cached: 0,
    });
    const text = lines(
      { type: 'init', timestamp: '2026-04-08T09:00:00Z', session_id: 's', model: 'auto' },
      {
        type: 'result',
        status: 'success',
        stats: { ...sum(30, 33), models: { a: sum(10, 11), b: sum(20, 22) } },
      },
    );
    const run = runIn(await recordsOf(text));
    expect(run.spans.filter(({ modelTotal }) => modelTotal).map(({ model }) => model)).toEqual(['a', 'b']);
    expect(totalTokens(ledgerOf(run).usage)).toBe(33);
  });
});

describe('--output-format json', () => {
  test('sums of the models: `input` is without what caches held, thoughts stand outside the output', async () => {
    const run = await fixture('report.json');
    expect(span(run, 'total:1:gemini-3-pro-preview')).toMatchObject({
      model: 'gemini-3-pro-preview',
      usage: { inputTokens: 1550, cacheReadTokens: 2500, outputTokens: 200, reasoningTokens: 400 },
      attributes: { requests: 3, failed_requests: 1 },
    });
    expect(totalTokens(ledgerOf(run).usage)).toBe(4650 + 310);
    expect(run.notes).toEqual([]);
  });

  test('answer, length and figures of the session are its agent’s', async () => {
    const run = await fixture('report.json');
    expect(run).toMatchObject({ name: 'All pots are clean.', status: 'ok' });
    const root = span(run, 'gemini-cli');
    expect(root).toMatchObject({
      outputs: 'All pots are clean.',
      attributes: {
        time_estimated: true,
        reported_tools: { totalCalls: 2 },
        reported_files: { totalLinesAdded: 4 },
      },
    });
    expect(root.endUs! - root.startUs).toBe((9000 + 500 + 1200) * 1000);
  });

  test('a session that failed says why', async () => {
    expect(await fixture('report-failed.json')).toMatchObject({
      status: 'error',
      error: { type: 'FatalTurnLimitedError', message: 'Reached max session turns for this session.' },
    });
  });
});

describe('beside the session’s own file', () => {
  const session = lines(
    {
      sessionId: '7d3b2f10-5a5a-4c4c-9e9e-0000000000b1',
      projectHash: 'h',
      startTime: '2026-04-08T08:59:59Z',
    },
    { id: 'u', timestamp: '2026-04-08T09:00:00Z', type: 'user', content: 'Count the pots in /srv/garden' },
    {
      id: 'g1',
      timestamp: '2026-04-08T09:00:02Z',
      type: 'gemini',
      content: 'I will look.',
      model: 'gemini-3-flash-preview',
      tokens: { input: 1400, output: 60, cached: 0, thoughts: 130, tool: 0, total: 1590 },
      toolCalls: [{ id: 'list-7', name: 'list_directory', args: {}, status: 'success', result: [] }],
    },
    {
      id: 'g2',
      timestamp: '2026-04-08T09:00:06Z',
      type: 'gemini',
      content: 'There are three pots.',
      model: 'gemini-3-flash-preview',
      tokens: { input: 1600, output: 60, cached: 1000, thoughts: 50, tool: 0, total: 1710 },
    },
  );

  test.each(['session first', 'output first'])('tokens and tools count once: %s', async (order) => {
    const both = [await recordsOf(session, 'session.jsonl'), await recordsOf(textOf('gemini-cli.txt'))];
    const run = runIn((order === 'output first' ? both.reverse() : both).flat());
    const { usage, entries } = ledgerOf(run);
    expect(totalTokens(usage)).toBe(3300);
    expect(
      entries
        .filter(({ verdict }) => verdict !== 'roll-up')
        .map(({ no }) => run.spans[no]!.spanId)
        .sort(),
    ).toEqual(['llm:g1', 'llm:g2']);
    expect(
      run.spans
        .filter(({ kind }) => kind === 'tool')
        .map(({ spanId }) => spanId)
        .sort(),
    ).toEqual(['tool:list-7', 'tool:shell-7']);
    expect(span(run, 'tool:list-7').parentId).toBe('turn:u');
    expect(span(run, 'gemini-cli').startUs).toBe(us('08:59:59'));
  });
});
