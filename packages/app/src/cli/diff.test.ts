import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';

const T = 1_775_000_000;
let home: string;

/** A run of two tool calls; those that fail push by force, and their test fails. */
function runRecords(runId: string, failed: boolean): TraceRecord[] {
  const call = (id: string, from: number, command: string, more: object = {}): TraceRecord => ({
    event: 'span',
    run_id: runId,
    span_id: id,
    kind: 'tool',
    name: 'Bash',
    tool: 'Bash',
    inputs: { command },
    ts: T + from,
    duration_ms: 500,
    status: 'ok',
    ...more,
  });
  return [
    { event: 'run_start', run_id: runId, ts: T, session_id: 'nightly' },
    call('test', 1, 'npm test', failed ? { status: 'error', error: { type: 'ExitCode', message: '1' } } : {}),
    ...(failed ? [call('push', 2, 'git push --force \u001b[31m')] : []),
    call('end', 3, 'git status'),
    { event: 'score', run_id: runId, ts: T + 4, name: 'reward', value: failed ? 0 : 1 },
    { event: 'run_end', run_id: runId, ts: T + 4, status: 'ok' },
  ];
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-diff-'));
  const records = [1, 2, 3].flatMap((no) => [
    ...runRecords(`good${no}`, false),
    ...runRecords(`bad${no}`, true),
  ]);
  const alike = ['one', 'other'].flatMap((runId, reward): TraceRecord[] => [
    { event: 'run_start', run_id: runId, ts: T, session_id: 'alike' },
    {
      event: 'span',
      run_id: runId,
      span_id: 'call',
      kind: 'tool',
      tool: 'Bash',
      inputs: 'ls',
      ts: T,
      end_ts: T + 1,
    },
    { event: 'score', run_id: runId, ts: T + 1, name: 'reward', value: reward },
    { event: 'run_end', run_id: runId, ts: T + 1, status: 'ok' },
  ]);
  await storeRecords(home, [...records, ...alike]);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function typed(...argv: string[]): Promise<Typed> {
  return typedAt(home, ['diff', ...argv]);
}

test('two runs: where they part, what only one has, what changed', async () => {
  const { code, out } = await typed('good1', 'bad1');
  expect(code).toBe(0);
  expect(out).toMatch(/They part after 500 ms: tool Bash npm test \(differs in status, error\)\./);
  expect(out).toMatch(/Only right\n.*\n\+ +Bash git push --force +tool/);
  expect(out).toMatch(/Changed\n.*\nBash npm test +tool +status, error/);
  expect(out).not.toContain('\u001b');
  expect(out).toMatch(/Bash +tool +2 → 3/);
  expect(out).not.toContain('Only left');
  const json = JSON.parse((await typed('good1', 'bad1', '--json')).out);
  expect(json.added).toMatchObject([{ spanId: 'push', spans: 1 }]);
});

test('a run and itself: nothing', async () => {
  expect((await typed('good1', 'good1')).out).toContain('The same steps on both sides: 2 spans.');
});

test('failing runs beside passing ones', async () => {
  const { out } = await typed('--by-outcome', 'session=nightly');
  expect(out).toContain('3 failing runs, 3 passing runs.');
  expect(out).toMatch(/Bash fails: ExitCode +tool +3 +0 +\+100% +0\.100/);
  expect(out).toMatch(/git push --force .* +tool +3 +0 +\+100%/);
  expect(out).not.toContain('\u001b');
});

test('failing runs that do what passing ones do', async () => {
  const { code, out } = await typed('--by-outcome', 'session=alike');
  expect(code).toBe(0);
  expect(out).toContain('All 2 steps occur as often in failing runs as in passing ones.\n');
  expect(out).not.toMatch(/STEP|Fisher/);
});

test('what cannot be is said in a sentence', async () => {
  for (const [argv, expected, sentence] of [
    [['good1'], 2, /Two runs are needed/],
    [['good1', 'nothing'], 3, /nothing/],
    [['--by-outcome', 'session=other'], 3, /No run fits session=other/],
    [['--by-outcome', 'nobody'], 3, /Nothing is called "nobody"/],
    [['--by-outcome', 'session='], 2, /"session=" needs a value/],
    [['--by-outcome', 'from=soon'], 2, /"from" needs a time/],
  ] as const) {
    const { code, err } = await typed(...argv);
    expect(code).toBe(expected);
    expect(err).toMatch(sentence);
  }
});
