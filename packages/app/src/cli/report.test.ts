import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import { openTacho } from '../server/open.ts';
import { run } from './main.ts';

const ajv = new Ajv.default({ allErrors: true, strict: false });
addFormats.default(ajv);
const isReport = ajv.compile(schemaNamed('report'));

/** What an agent may write where a name belongs. */
const HOSTILE = '\u001b[2J=cmd|evil\u202e<script>';
const LONE_SURROGATE = 'half \ud83d';

let folder: string;

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

function reportIn(text: string): RunsReport {
  const value: unknown = JSON.parse(text);
  expect(isReport(value), ajv.errorsText(isReport.errors)).toBe(true);
  return value as RunsReport;
}

type Facts = {
  agent: string;
  benchmark?: string;
  task: string;
  reward: number;
  seconds: number;
  error?: string;
};

function lines(runId: string, facts: Facts): object[] {
  const ts = 1_775_831_521;
  const { agent, benchmark, task, reward, seconds, error } = facts;
  const labels = { agent, task_id: task, ...(benchmark !== undefined && { benchmark }) };
  const scores = { event: 'score', run_id: runId, ts: ts + 2, name: 'wiggum', round: 'r1' };
  return [
    {
      event: 'run_start',
      run_id: runId,
      ts,
      session_id: `s-${agent}`,
      project: 'p',
      task_type: 'research',
      labels,
    },
    {
      event: 'usage',
      run_id: runId,
      ts: ts + 1,
      model: 'gpt-4o',
      input_tokens: 1000,
      output_tokens: 100,
      call_id: runId,
    },
    { event: 'score', run_id: runId, ts: ts + 2, name: 'reward', value: reward },
    { ...scores, dimension: 'depth', value: 7, max: 10 },
    {
      event: 'run_end',
      run_id: runId,
      ts: ts + seconds,
      status: error === undefined ? 'ok' : 'error',
      ...(error !== undefined && { error: { type: error, message: 'no' } }),
    },
  ];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-report-test-'));
  const records = [
    ...lines('a', { agent: 'one', benchmark: '10figure', task: 't1', reward: 1, seconds: 10 }),
    ...lines('b', { agent: 'two', benchmark: '10figure', task: 't1', reward: 0, seconds: 20 }),
    ...lines('c', {
      agent: 'two',
      benchmark: 'terminal',
      task: 't2',
      reward: 0,
      seconds: 30,
      error: 'TimeoutError',
    }),
    ...lines('d', { agent: 'two', task: 't3', reward: 0, seconds: 40, error: 'RateLimitError' }),
    ...lines('e', { agent: HOSTILE, benchmark: '__proto__', task: LONE_SURROGATE, reward: 1, seconds: 50 }),
  ];
  await writeFile(
    join(folder, 'telemetry.jsonl'),
    records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  expect((await typed('import', 'telemetry.jsonl')).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the document has the published shape and the figures of what was imported', async () => {
  const { code, out } = await typed('report', '--json');
  expect(code).toBe(0);
  const report = reportIn(out);
  expect(report.overall).toMatchObject({
    total: 5,
    successful: 2,
    success_rate: 40,
    avg_duration_sec: 30,
    median_duration_sec: 30,
    errors: { TimeoutError: 1, RateLimitError: 1 },
    outcomes: { success: 2, failure: 2, unjudged: 0, infrastructure: 1, running: 0 },
    judged_success_rate: 50,
    total_tokens: 5500,
  });
  expect(report.without).toEqual({ agent: 0, benchmark: 1, task: 0, time: 0 });
  expect(Object.keys(report.per_agent)).toHaveLength(3);
  expect(Object.keys(report.per_benchmark).sort()).toEqual(['10figure', '__proto__', 'terminal']);
  expect(report.task_consistency).toEqual({ t1: { runs: 2, success_rate: 50, consistent: false } });
  expect(report.trends.dimensions).toMatchObject([{ dimension: 'depth', max: 10, runs: 5 }]);
  expect(report.runs).toBeUndefined();
});

test('analytics is the same command, and help lists one of the two', async () => {
  expect(await typed('analytics', '--json')).toEqual(await typed('report', '--json'));
  const { out } = await typed('--help');
  expect(out).toContain('report');
  expect(out).not.toContain('analytics');
  expect((await typed('help', 'analytics')).out).toContain('tacho analytics');
});

test.each([
  [['--agent', 'one'], 1],
  [['--session', 's-two'], 3],
  [['--project', 'other'], 0],
  [['--task-type', 'research', '--status', 'error'], 2],
  [['--label', 'benchmark=10figure'], 2],
  [['--min-score', '0.5'], 2],
  [['--max-score', '0.5'], 3],
  [['--from', '2026-04-11'], 0],
  [['--to', '2026-04-11'], 5],
  [['--search', 'terminal'], 1],
])('filters: %j', async (filters, total) => {
  expect(reportIn((await typed('report', '--json', ...filters)).out).overall.total).toBe(total);
});

test('what counts as a success can be said, as for a comparison', async () => {
  const strict = reportIn((await typed('report', '--json', '--missing-as-failure')).out);
  expect(strict.overall.outcomes).toMatchObject({ failure: 3, infrastructure: 0 });
  const named = reportIn((await typed('report', '--json', '--infrastructure', 'timeout')).out);
  expect(named.overall.outcomes).toMatchObject({ failure: 2, infrastructure: 1 });
  const high = reportIn((await typed('report', '--json', '--success-at', '2')).out);
  expect(high.overall.successful).toBe(0);
});

describe('on the screen', () => {
  test('all runs, groups, tasks that vary, errors, trends and what to think of', async () => {
    const { out } = await typed('report');
    expect(out).toContain('2 of 4 judged succeeded, 50%');
    for (const title of [
      'AGENT',
      'BENCHMARK',
      'TASK TYPE, MODEL',
      'TASK ',
      'ERROR',
      'Depth /10',
      '95% INTERVAL',
    ])
      expect(out).toContain(title);
    expect(out).toContain('1 of 1 task with repeats came out differently from run to run:');
    expect(out).toContain('- 1 run ended in an error of the infrastructure');
  });
  test('every run with --full', async () => {
    const { out } = await typed('report', '--full');
    for (const column of ['RUN', 'OUTCOME', 'LEVERAGE']) expect(out).toContain(column);
    expect(out).toContain('infrastructure');
    const rows = reportIn((await typed('report', '--full', '--json')).out).runs!;
    expect(rows.map(({ run_id }) => run_id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rows[0]).toMatchObject({ outcome: 'success', dimensions: { depth: { first: 7, last: 7 } } });
  });
  test('names that agents wrote are text', async () => {
    const { out } = await typed('report', '--full');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(out).toContain('=cmd|evil');
  });
  test('nothing fits', async () => {
    const { code, out } = await typed('report', '--session', 'none');
    expect([code, out]).toEqual([
      0,
      'No run fits. `tacho runs` lists runs, `tacho import PATH` reads some.\n',
    ]);
  });
});

describe('a file', () => {
  test('with a name of JSON has the document, any other the screen', async () => {
    const written = await typed('analytics', '-o', 'metrics_report.json');
    expect(written).toEqual({ code: 0, out: '', err: 'Written to metrics_report.json.\n' });
    expect(reportIn(await readFile(join(folder, 'metrics_report.json'), 'utf8')).total_metrics).toBe(5);
    await typed('report', '-o', 'report.txt');
    expect(await readFile(join(folder, 'report.txt'), 'utf8')).toContain('2 of 4 judged succeeded');
  });
  test('that cannot be written is said', async () => {
    const { code, err } = await typed('report', '-o', 'no/such/folder/report.txt');
    expect(code).toBe(4);
    expect(err).toContain('cannot be written');
  });
});

test('over HTTP it is the same answer, and what makes no sense is said', async () => {
  const printed = reportIn((await typed('report', '--json', '--full')).out);
  const tacho = await openTacho({ home: join(folder, 'home') });
  try {
    const get = (path: string): Promise<Response> => tacho.fetch(new Request(`http://localhost${path}`));
    expect(await (await get('/api/report?full=true')).json()).toEqual(printed);
    const refused = await get('/api/report?successAt=much');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('"successAt"') },
    });
  } finally {
    await tacho.close();
  }
});
