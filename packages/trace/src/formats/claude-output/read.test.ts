import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import { claudeOutput } from './format.ts';

const ROOT = new URL('../../../../../fixtures/claude-output/', import.meta.url);

async function read(text: string, name = 'out.log'): Promise<Run> {
  const { records } = await readBytes(claudeOutput, Buffer.from(text), { name });
  return [...runsOf(records).values()][0]!;
}
const fixture = (name: string): Promise<Run> => read(readFileSync(new URL(name, ROOT), 'utf8'), name);
const span = (run: Run, id: string) => run.spans.find(({ spanId }) => spanId === id)!;

describe('a stream with a subagent', () => {
  test('agents, calls and tools have the ids that transcripts give them', async () => {
    const run = await fixture('subagent.stream.jsonl');
    expect(run.runId).toBe('5f0c1a2e-7d10-4a7b-9c55-0e6f2c9d4b11');
    const agent = 'agent:a1b2c3d4e5f6a7b8c';
    expect(run.spans.map(({ spanId, parentId }) => [spanId, parentId])).toEqual([
      ['claude-code', undefined],
      ['llm:msg_01', 'claude-code'],
      ['tool:toolu_agent', 'claude-code'],
      [agent, 'tool:toolu_agent'],
      [`${agent}/llm:msg_02`, agent],
      [`${agent}/tool:toolu_grep`, agent],
      [`${agent}/llm:msg_03`, agent],
      ['llm:msg_04', 'claude-code'],
      ['tool:toolu_rm', 'claude-code'],
      ['llm:msg_05', 'claude-code'],
      [expect.stringMatching(/^total:.*:claude-sonnet-4-6$/), 'claude-code'],
      [expect.stringMatching(/^total:.*:claude-haiku-4-5-20251001$/), 'claude-code'],
    ]);
    expect(span(run, agent)).toMatchObject({ name: 'Find price code', role: 'Explore', kind: 'agent' });
  });

  test('G16: messages are placeholders; the sums of the result are what counts, and what it costs', async () => {
    const run = await fixture('subagent.stream.jsonl');
    expect(span(run, 'llm:msg_01').placeholderOutput).toBe(true);
    const { usage, costUsd } = ledgerOf(run);
    expect([usage.outputTokens, totalTokens(usage)]).toEqual([640 + 1268, 47_535 + 20_596]);
    expect(costUsd).toBeCloseTo(0.0462555, 9);
  });

  test('times: known ones stand, the rest share what the result says', async () => {
    const run = await fixture('subagent.stream.jsonl');
    const root = span(run, 'claude-code');
    expect(root.endUs! - root.startUs).toBe(18_000_000);
    expect(span(run, 'tool:toolu_agent').endUs).toBe(Date.parse('2026-04-02T09:00:11Z') * 1000);
    expect(run.spans.every(({ startUs, endUs }) => startUs >= root.startUs && endUs! <= root.endUs!)).toBe(
      true,
    );
  });

  test('a tool that was not permitted is cancelled', async () => {
    expect(span(await fixture('subagent.stream.jsonl'), 'tool:toolu_rm')).toMatchObject({
      status: 'cancelled',
      error: { type: 'permission_denied' },
    });
  });
});

test('a log that was cut off is open; events of a streamed call give its final count', async () => {
  const run = await fixture('killed.stream.jsonl');
  expect(run.status).toBe('running');
  expect(span(run, 'claude-code').endUs).toBeUndefined();
  expect(span(run, 'tool:toolu_u').endUs).toBeUndefined();
  expect(span(run, 'llm:msg_11')).toMatchObject({ callKey: 'msg_11|req_11', usage: { outputTokens: 71 } });
  expect(span(run, 'llm:msg_11').placeholderOutput).toBeUndefined();
  expect(span(run, 'llm:msg_12').placeholderOutput).toBe(true);
});

test('one pretty-printed result: an error, its reason, and what was made of it', async () => {
  const run = await fixture('max-turns.output.json');
  expect(run).toMatchObject({
    status: 'error',
    error: { type: 'error_max_turns', message: 'Reached maximum number of turns (3)' },
  });
  expect(span(run, 'claude-code').outputs).toEqual({ result: null, structured_output: { files: 2 } });
  expect(ledgerOf(run)).toMatchObject({ costUsd: 0.0123, usage: { outputTokens: 300 } });
});

test('results of one conversation are sums from its beginning; of another process they are added', async () => {
  const result = (uuid: string, outputTokens: number, costUSD: number): string =>
    JSON.stringify({
      type: 'result',
      subtype: 'success',
      session_id: 's',
      uuid,
      num_turns: 1,
      modelUsage: { m: { inputTokens: 1, outputTokens, costUSD } },
    });
  const spent = async (...lines: string[]): Promise<unknown> => {
    const { usage, costUsd } = ledgerOf(await read(`${lines.join('\n')}\n`));
    return [usage.outputTokens, costUsd];
  };
  expect(await spent(result('a', 10, 1), result('b', 30, 3))).toEqual([30, 3]);
  expect(await spent(result('a', 30, 3), result('b', 10, 1))).toEqual([40, 4]);
  expect(await spent(result('a', 30, 3), result('a', 30, 3))).toEqual([30, 3]);
});

test('a list of all messages, as older versions print it', async () => {
  const lines = readFileSync(new URL('subagent.stream.jsonl', ROOT), 'utf8').trim().split('\n');
  const run = await read(`[${lines.join(',')}]`);
  expect(run.spans.length).toBe((await fixture('subagent.stream.jsonl')).spans.length);
});
