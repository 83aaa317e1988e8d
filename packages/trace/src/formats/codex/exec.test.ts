import { describe, expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import { UNKNOWN_TIME_US } from '../unknown-time.ts';
import { codex } from './format.ts';

const THREAD = '019c2b00-5555-7a10-8000-0000000000ee';

async function recordsOf(text: string, name = 'codex.txt'): Promise<TraceRecord[]> {
  const { records, refusals } = await readBytes(codex, Buffer.from(text), { name });
  expect(refusals).toEqual([]);
  return records;
}

function textOf(name: string): string {
  return fixturesOf('codex')
    .find((each) => each.name === name)!
    .bytes.toString();
}

const runIn = (records: readonly TraceRecord[]): Run => [...runsOf(records).values()][0]!;
const fixture = async (name: string): Promise<Run> => runIn(await recordsOf(textOf(name), name));
const span = (run: Run, id: string): Span => run.spans.find(({ spanId }) => spanId === id)!;
const lines = (...values: JsonObject[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('what codex exec --json printed', () => {
  test('the thread is the run; turns, calls and tools are told in their order', async () => {
    const run = await fixture('exec-run.txt');
    expect(run).toMatchObject({ runId: THREAD, sessionId: THREAD, name: 'The gate is closed.' });
    expect(run.spans.map(({ spanId, parentId, status }) => `${parentId} ${spanId} ${status}`)).toEqual([
      'undefined codex ok',
      'codex log/turn:1 ok',
      'log/turn:1 log/llm:1 ok',
      'log/turn:1 log/tool:log/1/item_1 error',
      'log/turn:1 log/llm:2 ok',
      'log/turn:1 log/tool:log/1/item_3 ok',
      'log/turn:1 log/llm:3 ok',
      'log/turn:1 log/tool:log/1/item_4 error',
      'log/turn:1 log/llm:4 ok',
      'log/turn:1 log/tool:log/1/item_5 ok',
      'log/turn:1 log/llm:5 ok',
      'codex log/total:1 ok',
      'codex log/turn:2 ok',
      'log/turn:2 log/llm:6 ok',
      'codex log/total:2 ok',
    ]);
    expect(span(run, 'log/tool:log/1/item_1')).toMatchObject({
      tool: { name: 'shell' },
      error: { type: 'exit_code', message: 'exit code 1: 1 failed: the gate is open' },
    });
    expect(span(run, 'log/tool:log/1/item_4')).toMatchObject({
      tool: { name: 'mcp__tracker__comment' },
      error: { message: 'no such issue' },
    });
    expect(span(run, 'log/turn:1').events?.map(({ name }) => name)).toEqual([
      'plan: 0 of 2 done',
      'error',
      'plan: 1 of 2 done',
    ]);
    expect(span(run, 'codex').attributes?.output_lines).toMatchObject({ text: 3, 'turn.completed': 2 });
  });

  test('a turn’s usage is the thread’s running total; each turn counts what it adds', async () => {
    const run = await fixture('exec-run.txt');
    expect(span(run, 'log/total:2').usage).toMatchObject({
      inputTokens: 37_000 - 24_000 - (32_000 - 20_000),
      cacheReadTokens: 32_000 - 20_000,
      outputTokens: 100 - 10,
      reasoningTokens: 310 - 300,
    });
    const { usage } = ledgerOf(run);
    expect(usage).toMatchObject({
      inputTokens: 5_000,
      cacheReadTokens: 32_000,
      outputTokens: 690,
      reasoningTokens: 310,
    });
    expect(totalTokens(usage)).toBe(38_000);
  });

  test('steps without times stand one after the other, and say so', async () => {
    const run = await fixture('exec-run.txt');
    expect(
      run.spans.every(({ startUs }) => startUs >= UNKNOWN_TIME_US && startUs < UNKNOWN_TIME_US + 1e6),
    ).toBe(true);
    expect(run.spans.every(({ attributes }) => attributes?.time_estimated === true)).toBe(true);
  });

  test('a turn that failed says why, and what was at work in it is cancelled', async () => {
    const run = await fixture('exec-failed.jsonl');
    expect(span(run, 'codex').status).toBe('error');
    expect(span(run, 'log/turn:1').error).toMatchObject({ message: 'stream disconnected before completion' });
    expect(span(run, 'log/tool:log/1/item_0').status).toBe('cancelled');
  });

  test('a log that ends within a turn is open', async () => {
    const run = runIn(await recordsOf(textOf('exec-run.txt').split('\n').slice(0, 6).join('\n')));
    expect(span(run, 'log/turn:1').endUs).toBeUndefined();
    expect(span(run, 'log/tool:log/1/item_1').endUs).toBeUndefined();
    const spoken = runIn(await recordsOf(textOf('exec-run.txt').split('\n').slice(0, 16).join('\n')));
    expect(span(spoken, 'log/llm:5').outputs).toMatchObject([{ text: 'The gate is closed.' }]);
    expect(span(spoken, 'codex').endUs).toBeUndefined();
  });

  test('a total that falls is another process’s, and counts beside the one before', async () => {
    const completed = (input: number): JsonObject => ({
      type: 'turn.completed',
      usage: { input_tokens: input, cached_input_tokens: 0, output_tokens: 1 },
    });
    const text = lines({ type: 'thread.started', thread_id: 't' }, completed(50), completed(20));
    expect(totalTokens(ledgerOf(runIn(await recordsOf(text))).usage)).toBe(51 + 21);
  });

  test('two threads in one file are two runs', async () => {
    const thread = (id: string): JsonObject[] => [
      { type: 'thread.started', thread_id: id },
      { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: id } },
      { type: 'turn.completed', usage: { input_tokens: 5, output_tokens: 1 } },
    ];
    const runs = runsOf(await recordsOf(lines(...thread('a'), ...thread('b'))));
    expect([...runs.values()].map((run) => [run.runId, totalTokens(ledgerOf(run).usage)])).toEqual([
      ['a', 6],
      ['b', 6],
    ]);
  });
});

describe('beside the rollout of the thread', () => {
  const at = (second: number): string => `2026-02-04T10:00:0${second}.000Z`;
  const used = (input: number, cached: number, output: number, reasoning: number): JsonObject => ({
    total_token_usage: {
      input_tokens: input,
      cached_input_tokens: cached,
      output_tokens: output,
      reasoning_output_tokens: reasoning,
    },
  });
  const line = (second: number, type: string, payload: JsonObject): JsonObject => ({
    timestamp: at(second),
    type,
    payload,
  });
  const rollout = lines(
    line(0, 'session_meta', { id: THREAD, timestamp: at(0), cwd: '/srv/orchard' }),
    line(1, 'turn_context', { turn_id: 'turn-a', model: 'gpt-5.2-codex' }),
    line(1, 'event_msg', { type: 'user_message', message: 'Close the gate' }),
    line(4, 'response_item', { type: 'message', role: 'assistant', content: 'The gate is closed.' }),
    line(4, 'event_msg', { type: 'token_count', info: used(24_000, 20_000, 900, 300) }),
    line(6, 'response_item', { type: 'message', role: 'assistant', content: 'And locked.' }),
    line(6, 'event_msg', { type: 'token_count', info: used(37_000, 32_000, 1_000, 310) }),
  );

  test.each(['rollout first', 'log first'])('the calls count, and the sums nothing: %s', async (order) => {
    const both = [await recordsOf(rollout, 'rollout.jsonl'), await recordsOf(textOf('exec-run.txt'))];
    const run = runIn((order === 'log first' ? both.reverse() : both).flat());
    const { usage, entries } = ledgerOf(run);
    expect(totalTokens(usage)).toBe(38_000);
    expect(
      entries.filter(({ verdict }) => verdict !== 'roll-up').map(({ no }) => run.spans[no]!.spanId),
    ).toEqual(['llm:1', 'llm:2']);
    expect(run.startUs).toBe(Date.parse(at(0)) * 1000);
    expect(span(run, 'codex')).toMatchObject({
      startUs: Date.parse(at(0)) * 1000,
      endUs: Date.parse(at(6)) * 1000,
    });
    expect(run.name).toBe('Close the gate');
  });
});
