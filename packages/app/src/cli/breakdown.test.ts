import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Breakdown } from '@tacho/trace/analysis/breakdown';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';

const T = 1_775_000_000;
let home: string;

const call = (id: string, parent: string, from: number, to: number, input: number): TraceRecord => ({
  event: 'span',
  span_id: id,
  parent,
  kind: 'llm',
  name: 'chat \u001b[2J',
  model: 'claude-sonnet-4-6',
  ts: T + from,
  end_ts: T + to,
  first_token_ts: T + from + 0.5,
  usage: { input_tokens: input, cache_read_tokens: 900, output_tokens: 10 },
  status: 'ok',
});
const RECORDS: TraceRecord[] = [
  { event: 'run_start', ts: T, task: 'Which way?' },
  { event: 'span', span_id: 'look', name: 'look', kind: 'stage', ts: T, end_ts: T + 10, status: 'ok' },
  {
    event: 'span',
    span_id: 'a',
    name: 'reader a',
    kind: 'agent',
    parent: 'look',
    ts: T,
    end_ts: T + 4,
    status: 'ok',
  },
  {
    event: 'span',
    span_id: 'b',
    name: 'reader b',
    kind: 'agent',
    parent: 'look',
    ts: T,
    end_ts: T + 6,
    status: 'ok',
  },
  {
    event: 'span',
    span_id: 'c',
    name: 'reader c',
    kind: 'agent',
    parent: 'look',
    ts: T + 4,
    end_ts: T + 10,
    status: 'ok',
  },
  call('a1', 'a', 1, 3, 100),
  call('b1', 'b', 1, 5, 300),
  {
    event: 'span',
    span_id: 'd',
    name: 'Direction',
    kind: 'decision',
    parent: 'c',
    ts: T + 9,
    end_ts: T + 9,
    inputs: { ways: 2 },
    outputs: 'left',
    attributes: { reasoning: 'it is shorter' },
    status: 'ok',
  },
  { event: 'run_end', ts: T + 10, status: 'ok' },
].map((record) => ({ ...record, run_id: 'r' }) as TraceRecord);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-breakdown-'));
  await storeRecords(home, RECORDS);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function typed(...argv: string[]): Promise<Typed> {
  return typedAt(home, argv);
}

test('parts have their wall time, their work, time in line, first token and tokens by bucket', async () => {
  const { stages, agents, models } = JSON.parse((await typed('breakdown', '--json')).out) as Breakdown;
  // Work, by hand: a 4 s, b 6 s, c 6 s, and the stage itself is covered throughout.
  expect(stages).toMatchObject([
    { name: 'look', totalUs: 10e6, wallUs: 10e6, selfUs: 16e6, calls: 2, tokens: 2220, queuedUs: 4e6 },
  ]);
  const b = agents.find(({ name }) => name === 'reader b')!;
  expect(b).toMatchObject({
    totalUs: 6e6,
    selfUs: 6e6,
    tokens: 1210,
    queuedUs: 0,
    firstToken: { calls: 1, p50Us: 5e5 },
  });
  expect(b.usage).toMatchObject({ inputTokens: 300, cacheReadTokens: 900, outputTokens: 10 });
  expect(agents.find(({ name }) => name === 'reader c')).toMatchObject({ queuedUs: 4e6, firstToken: null });
  // Two calls side by side for two of their seconds.
  expect(models).toMatchObject([{ name: 'claude-sonnet-4-6', totalUs: 6e6, wallUs: 4e6, calls: 2 }]);
  const { out } = await typed('breakdown');
  expect(out).toMatch(/reader c +6\.0 s +6\.0 s +6\.0 s +4\.0 s/);
  expect(out).not.toContain('\u001b');
  expect((await typed('breakdown', '--by', 'model')).out).not.toContain('AGENT');
  expect((await typed('breakdown', '--by', 'colour')).err).toContain(
    '--by needs one of stage, agent, tool, model',
  );
});

test('stages say what their programs used, and what nobody measured is not 0', async () => {
  const measured = { cpu_user_s: 1.5, cpu_system_s: 0.25, peak_tree_rss_bytes: 42e6, attempts: 2 };
  const other = await mkdtemp(join(tmpdir(), 'tacho-breakdown-use-'));
  const stage = { event: 'span', kind: 'stage', ts: T, end_ts: T + 9, status: 'ok', run_id: 'm' } as const;
  try {
    await storeRecords(other, [
      { event: 'run_start', ts: T, run_id: 'm' },
      { ...stage, span_id: 'burn', name: 'burn', attributes: measured },
      { ...stage, span_id: 'rest', name: 'rest', attributes: { cpu_user_s: 0, cpu_system_s: 0 } },
      { ...stage, span_id: 'none', name: 'none', attributes: { cpu_user_s: null } },
      { event: 'usage', ts: T, run_id: 'm', model: 'gpt-5', input_tokens: 7 },
      { event: 'run_end', ts: T + 9, status: 'ok', run_id: 'm' },
    ]);
    const { stages } = JSON.parse((await typedAt(other, ['breakdown', '--json'])).out) as Breakdown;
    expect(stages).toMatchObject([
      { name: 'burn', cpuUserUs: 1.5e6, cpuSystemUs: 250_000, maxRssBytes: null, attempts: 2 },
      { name: 'rest', cpuUserUs: 0, cpuSystemUs: 0, peakTreeRssBytes: null },
      { name: 'none', cpuUserUs: null, cpuSystemUs: null },
      { name: 'outside of stages', cpuUserUs: null, tokens: 7 },
    ]);
    const { out } = await typedAt(other, ['breakdown', '--by', 'stage']);
    expect(out).toMatch(/STAGE .* RAN +CPU +PEAK MEMORY/);
    expect(out).toMatch(/burn .* 1\.8 s +42\.0 MB/);
    expect(out).toMatch(/rest .* 9\.0 s +0\D* +–/);
    expect(out).toMatch(/none .* 9\.0 s +– +–/);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('a command stands with what it used above the stages in it, also beside a call without a stage', async () => {
  const used = { cpu_user_s: 1.5, cpu_system_s: 0.5, peak_tree_rss_bytes: 42e6 };
  const other = await mkdtemp(join(tmpdir(), 'tacho-breakdown-nested-'));
  const stage = { event: 'span', kind: 'stage', status: 'ok', run_id: 'n' } as const;
  const call = { event: 'usage', run_id: 'n', model: 'gpt-5', output_tokens: 0 } as const;
  try {
    await storeRecords(other, [
      { event: 'run_start', ts: T, run_id: 'n' },
      { ...stage, span_id: 'sh', name: 'sh', ts: T, end_ts: T + 9, attributes: used },
      { ...stage, span_id: 'one', name: 'one', parent: 'sh', ts: T, end_ts: T + 2 },
      { ...stage, span_id: 'two', name: 'two', parent: 'sh', ts: T + 2, end_ts: T + 9, status: 'error' },
      { ...call, span_id: 'two', ts: T + 3, input_tokens: 30 },
      { ...call, span_id: 'sh', ts: T + 4, input_tokens: 4 },
      { ...call, ts: T + 5, input_tokens: 7 },
      { event: 'run_end', ts: T + 9, status: 'ok', run_id: 'n' },
    ]);
    const { stages } = JSON.parse((await typedAt(other, ['breakdown', '--json'])).out) as Breakdown;
    expect(stages).toMatchObject([
      { name: 'sh', depth: 0, status: 'done', cpuUserUs: 1.5e6, tokens: 34, calls: 2 },
      { name: 'one', depth: 1, status: 'done', cpuUserUs: null, tokens: 0, calls: 0 },
      { name: 'two', depth: 1, status: 'error', tokens: 30, calls: 1 },
      { name: 'outside of stages', depth: 0, tokens: 7, calls: 1 },
    ]);
    const { out } = await typedAt(other, ['breakdown', '--by', 'stage']);
    expect(out).toMatch(/^sh .* 2\.0 s +42\.0 MB +2 +1 +34 +83% /m);
    expect(out).toMatch(/^ {2}two .* – +– +1 +1 +30 +73% /m);
    expect(out).toMatch(/^outside of stages .* 1 +7 +17% /m);
    const { out: digest } = await typedAt(other, ['export', 'n', '--format', 'markdown']);
    expect(digest).toMatch(/^\| `sh` \| done \|.*\n\| `› one` \| done \|.*\n\| `› two` \| failed \|/m);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('decisions are the way from the question to the result', async () => {
  const { out } = await typed('decisions');
  expect(out).toContain('Question  Which way?');
  expect(out).toMatch(
    /Direction {2}\+9\.0 s · look · reader c\n {2}from {2}\{"ways":2\}\n {2}chose left\n {2}why {3}it is shorter/,
  );
  expect(out).toContain('Result    ok');
});
