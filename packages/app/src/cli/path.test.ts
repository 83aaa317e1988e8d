import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PathShare, PathStretch } from '@tacho/trace/analysis/path/path-report';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';

const T = 1_775_000_000;
let home: string;

/** Two workers and three readers, the third in line; a synthesis after them. */
const RECORDS: TraceRecord[] = [
  { event: 'run_start', run_id: 'readers', ts: T },
  { event: 'span', span_id: 'read', kind: 'stage', ts: T, end_ts: T + 8, status: 'ok' },
  ...(
    [
      ['a', 0, 3],
      ['b', 0, 4],
      ['c', 3, 8],
    ] as const
  ).map(
    ([id, from, to]): TraceRecord => ({
      event: 'span',
      span_id: id,
      parent: 'read',
      kind: 'agent',
      ts: T + from,
      end_ts: T + to,
      status: 'ok',
    }),
  ),
  {
    event: 'span',
    span_id: 'sum',
    name: 'sum\u001b[31m up',
    kind: 'llm',
    model: 'm-1',
    ts: T + 8,
    end_ts: T + 10,
    status: 'ok',
  },
  { event: 'run_end', ts: T + 10 },
].map((record) => ({ ...record, run_id: 'readers' }) as TraceRecord);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-path-'));
  await storeRecords(home, RECORDS);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function typed(argv: readonly string[]): Promise<Typed> {
  return typedAt(home, argv);
}

test('the path of the newest run, the agents in line, and what limits it', async () => {
  const { code, out } = await typed(['path']);
  expect(code).toBe(0);
  expect(out).toContain('Time: 10.0 s\n');
  expect(out).toMatch(
    /In line: up to 1 agent, 3\.0 s in all; with a worker for each the run takes 7\.0 s \(70%\)/,
  );
  expect(out).toContain('limited by c (5.0 s)');
  expect(out).toMatch(/by agent +c 50%, a 30%/);
  expect(out).not.toContain('\u001b');
});

test('what if: by model, a part of the time, and what cannot be', async () => {
  expect((await typed(['path', 'readers', '--what-if', 'model:m-1'])).out).toContain(
    'If model:m-1 took no time, the run would end 2.0 s sooner (20%), after 8.0 s.',
  );
  expect((await typed(['path', '--what-if', 'agent:b'])).out).toContain('would end at the same time');
  const half = JSON.parse((await typed(['path', '--what-if', 'agent:c', '--factor', '0.5', '--json'])).out);
  expect(half.whatIf).toEqual({ what: 'agent:c', factor: 0.5, savingUs: 2_500_000 });
  expect(half.spans.find(({ spanId }: { spanId: string }) => spanId === 'b').slackUs).toBe(4_000_000);
  for (const [args, sentence] of [
    [['--what-if', 'tool:Bash'], /has no tool called "Bash"/],
    [['--what-if', ''], /--what-if needs a value, and has none/],
    [['--what-if', 'tool:'], /"tool:" chooses no spans/],
    [['--what-if', 'nonsense'], /expected one of span, stage/],
    [['--what-if', 'kind:llm', '--factor', '3'], /a number from 0 to 1/],
    [['--factor', '1'], /belongs to --what-if/],
  ] as const) {
    const { code, err } = await typed(['path', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  }
});

test('the longest stretches are so many, however many are as long, and however short all of them are', async () => {
  const calls = Array.from(
    { length: 300 },
    (_, no): TraceRecord => ({
      event: 'span',
      run_id: 'equal',
      span_id: `call${no}`,
      name: `call ${no}`,
      kind: 'tool',
      ts: T + no,
      end_ts: T + no + 1,
    }),
  );
  const nested = Array.from(
    { length: 2_000 },
    (_, no): TraceRecord => ({
      event: 'span',
      run_id: 'nested',
      span_id: `level${no}`,
      ...(no > 0 && { parent: `level${no - 1}` }),
      ts: T + no,
      end_ts: T + 4_000 - no,
    }),
  );
  await storeRecords(home, [...calls, ...nested]);
  const rowsOf = async (run: string, ...more: string[]): Promise<number> =>
    (await typed(['path', run, ...more])).out.split('\n').filter((line) => line.includes('━')).length;
  expect(await rowsOf('equal')).toBe(15);
  expect((await typed(['path', 'equal'])).out).toContain(
    '… and 285 other stretches of 4 m 45 s in all, none longer than these: --all shows them.',
  );
  expect(await rowsOf('nested')).toBe(15);
  expect(await rowsOf('equal', '--all')).toBe(300);
});

test('the time of the path is the time of the run, also before its first and after its last span', async () => {
  await storeRecords(home, [
    { event: 'run_start', run_id: 'paused', ts: T },
    { event: 'span', run_id: 'paused', span_id: 'ask', kind: 'llm', model: 'm', ts: T + 50, end_ts: T + 53 },
    {
      event: 'span',
      run_id: 'paused',
      span_id: 'do',
      kind: 'tool',
      tool: 'Bash',
      ts: T + 53,
      end_ts: T + 55,
    },
    { event: 'run_end', run_id: 'paused', ts: T + 100, status: 'ok' },
  ]);
  const { out } = await typed(['path', 'paused', '--what-if', 'tool:Bash']);
  expect(out).toContain('Time: 1 m 40 s, of which nothing ran for 1 m 35 s\n');
  expect(out).toContain('the run would end 2.0 s sooner (2%), after 1 m 38 s.');
  expect(out).toMatch(/\(nothing ran\) +50\.0 s +50%/);
  const { wallUs, stretches, shares } = JSON.parse((await typed(['path', 'paused', '--json'])).out);
  expect(wallUs).toBe(100e6);
  expect(stretches.map(({ fromUs, toUs }: PathStretch) => toUs - fromUs)).toEqual([50e6, 3e6, 2e6, 45e6]);
  expect(shares.kind.map(({ share }: PathShare) => share)).toEqual([0.95, 0.03, 0.02]);
});
