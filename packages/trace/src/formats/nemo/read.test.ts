import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CORPUS, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { columnsOf, MISSING_PARENT } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import { nemo } from './format.ts';

async function read(path: string | URL): Promise<Run[]> {
  const { records, refusals } = await readBytes(nemo, readFileSync(path), { name: 'steps.jsonl' });
  expect(refusals).toEqual([]);
  return [...runsOf(records).values()];
}
const fixture = (name: string): Promise<Run[]> =>
  read(new URL(`../../../../../fixtures/nemo/${name}`, import.meta.url));

test('several workflows of a file are several runs; cached and reasoning tokens are apart', async () => {
  const [good, raised] = await fixture('two-workflows.jsonl');
  expect(good).toMatchObject({
    name: 'calculator',
    task: 'What is 6 * 7?',
    sessionId: 'chat-1',
    status: 'ok',
  });
  const call = good!.spans.find(({ kind }) => kind === 'llm')!;
  expect(call).toMatchObject({ model: 'nvidia/nemotron-nano', firstTokenUs: 1795189760500000 });
  expect(call.usage).toMatchObject({
    inputTokens: 48,
    cacheReadTokens: 1000,
    outputTokens: 26,
    reasoningTokens: 40,
  });
  expect(totalTokens(ledgerOf(good!).usage)).toBe(1114);
  expect(raised!.status).toBe('error');
});

test('what raised has no end: it ends with the function around it, as an error', async () => {
  const [, run] = await fixture('two-workflows.jsonl');
  expect(run!.spans.map(({ kind, status, endUs }) => [kind, status, endUs])).toEqual([
    ['agent', 'error', 1795189762500000],
    ['agent', 'error', 1795189762500000],
    ['tool', 'error', 1795189762500000],
  ]);
});

test('trace.json: tools with their tokens, totals for what these do not explain, errors', async () => {
  const [run] = await fixture('trace.json');
  expect(run).toMatchObject({
    name: 'my_agent',
    status: 'error',
    error: { type: 'AgentError', message: 'gave up' },
  });
  const failed = run!.spans.find(({ name }) => name === 'git_operations')!;
  expect(failed).toMatchObject({
    kind: 'tool',
    error: { type: 'TimeoutError', message: 'git did not answer' },
  });
  expect(totalTokens(ledgerOf(run!).usage)).toBe(2060);
});

test('ATOF: scopes, marks and the usage of a call', async () => {
  const [run] = await fixture('scopes.atof.jsonl');
  expect(run!.spans.map(({ kind, parentId }) => [kind, parentId])).toEqual([
    ['agent', undefined],
    ['llm', 'agent-1'],
    ['tool', 'agent-1'],
  ]);
  expect(run!.spans[0]!.events).toMatchObject([{ name: 'checkpoint' }]);
  expect(run!.spans[2]!.tool).toMatchObject({ name: 'add', callId: 'call_1' });
  expect(totalTokens(ledgerOf(run!).usage)).toBe(32);
});

const present = existsSync(`${CORPUS}/nemo`);

test.skipIf(!present).each([
  ['nat_file_exporter_simple.jsonl', 7, 3379, 'ok'],
  ['nat_file_exporter_nested_parallel.jsonl', 19, 7773, 'ok'],
  ['nat_file_exporter_tool_error.jsonl', 4, 921, 'error'],
])('%s: %d spans, %d tokens, %s', async (file, spans, tokens, status) => {
  const [run, ...more] = await read(`${CORPUS}/nemo/${file}`);
  expect(more).toEqual([]);
  expect([run!.spans.length, totalTokens(ledgerOf(run!).usage), run!.status]).toEqual([
    spans,
    tokens,
    status,
  ]);
  expect([...columnsOf(run!).parent]).not.toContain(MISSING_PARENT);
  expect(run!.notes).toEqual([]);
});
