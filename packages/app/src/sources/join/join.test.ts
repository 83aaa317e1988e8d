import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import { treeOf } from '@tacho/trace/analysis/tree';
import { columnsOf, MISSING_PARENT } from '@tacho/trace/model/columns';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { totalTokens } from '@tacho/trace/model/usage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CORPUS, runsOf } from '../../../../../tests/format-cases.ts';
import { Follower } from '../follower.ts';
import { type ImportResult, importPaths } from '../import.ts';
import type { RecordBatch, RecordSink } from '../record-sink.ts';
import { RecordJoin } from './join-records.ts';
import { clockShift } from './trial-result.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-join-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

class Collector implements RecordSink {
  readonly records: TraceRecord[] = [];
  async accept({ records }: RecordBatch): Promise<{ accepted: number; duplicates: number; runs: string[] }> {
    this.records.push(...records);
    return {
      accepted: records.length,
      duplicates: 0,
      runs: [...new Set(records.map(({ run_id }) => run_id!))],
    };
  }
  get runs(): Run[] {
    return [...runsOf(this.records).values()];
  }
}

async function put(path: string, content: unknown): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function imported(
  ...paths: string[]
): Promise<{ result: ImportResult; runs: Run[]; records: TraceRecord[] }> {
  const sink = new Collector();
  const result = await importPaths(paths.length > 0 ? paths : [root], { sink });
  return { result, runs: sink.runs, records: sink.records };
}

const TRIAL = 'jobs/2026-05-04__10-00-00/sort__Ab3dE9x';
const CONFIG = {
  task: { path: 'tasks/sort' },
  trial_name: 'sort__Ab3dE9x',
  trials_dir: 'jobs/2026-05-04__10-00-00',
  agent: { name: 'claude-code', model_name: 'anthropic/claude-haiku-4-5' },
};
const RESULT = {
  task_name: 'sort',
  trial_name: 'sort__Ab3dE9x',
  config: CONFIG,
  agent_info: {
    name: 'claude-code',
    version: '2.1.90',
    model_info: { name: 'claude-haiku-4-5', provider: 'anthropic' },
  },
  agent_result: { n_input_tokens: 999_999, n_cache_tokens: 0, n_output_tokens: 9, cost_usd: 3 },
  verifier_result: { rewards: { reward: 1 } },
  started_at: '2026-05-04T10:00:00Z',
  finished_at: '2026-05-04T10:02:00Z',
  environment_setup: { started_at: '2026-05-04T10:00:00Z', finished_at: '2026-05-04T10:00:30Z' },
  agent_execution: { started_at: '2026-05-04T10:00:30Z', finished_at: '2026-05-04T10:01:30Z' },
};
const SESSION_ID = '8bed4027-e09a-4363-8fa7-0565effb22ea';
const SESSION = `agent/sessions/projects/-work/${SESSION_ID}.jsonl`;

function session(id = SESSION_ID, message = 'm1'): string {
  const common = { sessionId: id, isSidechain: false, cwd: '/srv', version: '2.1.90' };
  return `${[
    {
      ...common,
      type: 'user',
      uuid: `${id}-1`,
      parentUuid: null,
      timestamp: '2026-05-04T10:00:35.000Z',
      message: { role: 'user', content: 'Sort the lines.' },
    },
    {
      ...common,
      type: 'assistant',
      uuid: `${id}-2`,
      parentUuid: `${id}-1`,
      timestamp: '2026-05-04T10:00:40.000Z',
      requestId: `r-${message}`,
      message: {
        id: message,
        role: 'assistant',
        model: 'claude-haiku-4-5',
        stop_reason: 'end_turn',
        content: [{ type: 'text', text: 'Done.' }],
        usage: { input_tokens: 100, output_tokens: 20 },
      },
    },
  ]
    .map((line) => JSON.stringify(line))
    .join('\n')}\n`;
}

const ATIF = {
  schema_version: 'ATIF-v1.2',
  session_id: SESSION_ID,
  agent: { name: 'claude-code', version: '2.1.90', model_name: 'claude-haiku-4-5' },
  steps: [
    { step_id: 1, source: 'user', message: 'Sort the lines.', timestamp: '2026-05-04T10:00:35Z' },
    {
      step_id: 2,
      source: 'agent',
      message: 'Done.',
      timestamp: '2026-05-04T10:00:40Z',
      metrics: { prompt_tokens: 100, completion_tokens: 20, cached_tokens: 0 },
    },
  ],
};

async function putTrial(): Promise<void> {
  await put('jobs/2026-05-04__10-00-00/config.json', {
    job_name: 'x',
    agents: [{}],
    datasets: [],
    tasks: [],
  });
  await put('jobs/2026-05-04__10-00-00/result.json', { id: 'j', n_total_trials: 1, stats: { n_trials: 1 } });
  await put(`${TRIAL}/config.json`, CONFIG);
  await put(`${TRIAL}/result.json`, RESULT);
  await put(`${TRIAL}/trial.log`, 'Trial started\n');
  await put(`${TRIAL}/verifier/reward.txt`, '0\n');
  await put(`${TRIAL}/verifier/test-stdout.txt`, '2 passed\n');
  await put(`${TRIAL}/${SESSION}`, session());
  await put(`${TRIAL}/agent/trajectory.json`, ATIF);
  await put(`${TRIAL}/artifacts/notes.md`, '# mine\n');
}

function expectTrial(run: Run): void {
  expect(run).toMatchObject({
    runId: 'sort__Ab3dE9x',
    name: 'sort',
    sessionId: '2026-05-04__10-00-00',
    task: 'Sort the lines.',
    status: 'ok',
    startUs: Date.parse('2026-05-04T10:00:00Z') * 1000,
    endUs: Date.parse('2026-05-04T10:02:00Z') * 1000,
    labels: { agent: 'claude-code', session: SESSION_ID, trial: 'sort__Ab3dE9x' },
  });
  const columns = columnsOf(run);
  expect([...columns.parent]).not.toContain(MISSING_PARENT);
  const roots = run.spans.filter((_, no) => treeOf(columns).parent[no]! < 0);
  expect(roots.map(({ spanId }) => spanId).sort()).toEqual(['agent_execution', 'environment_setup']);
  expect(run.spans.find(({ spanId }) => spanId === 'agent_execution')).toMatchObject({
    startUs: Date.parse('2026-05-04T10:00:30Z') * 1000,
    endUs: Date.parse('2026-05-04T10:01:30Z') * 1000,
    attributes: { reported_usage: { input_tokens: 999_999 }, reported_cost_usd: 3 },
  });
  expect(totalTokens(ledgerOf(run).usage)).toBe(120);
  expect(run.scores).toEqual([{ name: 'reward', value: 1 }]);
}

test('a trial’s files are one run: the calls count once, the trial’s own facts stand, the rest is left alone', async () => {
  await putTrial();
  const { result, runs } = await imported();
  expect(runs).toHaveLength(1);
  expectTrial(runs[0]!);
  expect(result.recognised).toEqual({ 'claude-code': 1, harbor: 1 });
  expect(result.joined).toEqual({
    sort__Ab3dE9x: [join(root, TRIAL, 'result.json'), join(root, TRIAL, SESSION)],
  });
  expect(result.refused).toEqual([]);
  expect(
    Object.fromEntries(result.skipped.map(({ file, reason }) => [file.slice(root.length + 1), reason])),
  ).toEqual({
    'jobs/2026-05-04__10-00-00/config.json': expect.stringMatching(/its trials are the runs/),
    'jobs/2026-05-04__10-00-00/result.json': expect.stringMatching(/its trials are the runs/),
    [`${TRIAL}/config.json`]: expect.stringMatching(/same configuration/),
    [`${TRIAL}/trial.log`]: expect.stringMatching(/own log/),
    [`${TRIAL}/verifier/reward.txt`]: expect.stringMatching(/has the rewards/),
    [`${TRIAL}/verifier/test-stdout.txt`]: expect.stringMatching(/verifier/),
    [`${TRIAL}/agent/trajectory.json`]: expect.stringMatching(/the session beside it says the same/),
    [`${TRIAL}/artifacts/notes.md`]: expect.stringMatching(/artifact/),
  });
});

test('in any order of the files', async () => {
  await putTrial();
  const { records } = await imported();
  const [reversed] = runsOf([...records].reverse()).values();
  expect(totalTokens(ledgerOf(reversed!).usage)).toBe(120);
  expect(reversed!.name).toBe('sort');
  const files = [join(root, TRIAL, SESSION), join(root, TRIAL, 'result.json')];
  for (const order of [files, [...files].reverse()]) expectTrial((await imported(...order)).runs[0]!);
});

test('without a session the trajectory is the trial’s', async () => {
  await putTrial();
  await rm(join(root, TRIAL, SESSION));
  const { runs, result } = await imported();
  expect(runs).toHaveLength(1);
  expect(result.recognised).toEqual({ atif: 1, harbor: 1 });
  // Harbor’s own sum is larger here: the rest counts, of unknown origin.
  expect(totalTokens(ledgerOf(runs[0]!).usage)).toBe(1_000_008);
});

test('a session in which nobody said anything takes nothing away', async () => {
  await putTrial();
  await put(`${TRIAL}/${SESSION}`, session().split('\n')[0]!);
  const { runs, result } = await imported();
  expect(result.recognised).toEqual({ atif: 1, 'claude-code': 1, harbor: 1 });
  expect(totalTokens(ledgerOf(runs[0]!).usage)).toBe(1_000_008);
});

test('two sessions of one trial keep apart what has the same ids', async () => {
  await putTrial();
  const other = '11111111-2222-4333-8444-555555555555';
  await put(`${TRIAL}/agent/sessions/projects/-work/${other}.jsonl`, session(other, 'm2'));
  const { runs } = await imported();
  expect(runs).toHaveLength(1);
  expect(runs[0]!.spans.filter(({ kind }) => kind === 'agent')).toHaveLength(2);
  expect(totalTokens(ledgerOf(runs[0]!).usage)).toBe(240);
});

test('a step’s session hangs under its step', async () => {
  await putTrial();
  const other = '11111111-2222-4333-8444-555555555555';
  await put(`${TRIAL}/steps/plan/agent/sessions/${other}.jsonl`, session(other, 'm9'));
  const { runs } = await imported();
  expect(runs[0]!.spans.map(({ parentId }) => parentId)).toContain('step:plan/agent_execution');
});

test('trajectories of two steps keep apart what they number alike, in one session', async () => {
  await putTrial();
  await rm(join(root, TRIAL, SESSION));
  await rm(join(root, TRIAL, 'agent/trajectory.json'));
  const metrics = { prompt_tokens: 100, completion_tokens: 20, extra: { cache_creation_input_tokens: 0 } };
  for (const [step, minute] of [
    ['plan', '00'],
    ['build', '01'],
  ])
    await put(`${TRIAL}/steps/${step}/agent/trajectory.json`, {
      schema_version: 'ATIF-v1.7',
      session_id: 'one',
      agent: { name: 'claude-code', version: '2.1.90', model_name: 'claude-haiku-4-5' },
      steps: [
        { step_id: 1, source: 'user', message: `Do ${step}`, timestamp: `2026-05-04T10:${minute}:35Z` },
        { step_id: 2, source: 'agent', message: 'Done.', timestamp: `2026-05-04T10:${minute}:40Z`, metrics },
      ],
    });
  const { runs } = await imported();
  expect(runs).toHaveLength(1);
  const calls = runs[0]!.spans.filter(({ kind }) => kind === 'llm');
  expect(calls.map(({ startUs, endUs }) => endUs! - startUs)).toEqual([5_000_000, 5_000_000]);
  const { entries } = ledgerOf(runs[0]!);
  const counted = new Set(entries.filter(({ verdict }) => verdict === 'counted').map(({ no }) => no));
  expect(calls.filter((call) => counted.has(runs[0]!.spans.indexOf(call)))).toHaveLength(2);
});

test('a session that Harbor copied beside the trajectory counts once', async () => {
  await putTrial();
  await rm(join(root, TRIAL, SESSION));
  const answer = {
    id: 'm',
    type: 'gemini',
    content: 'Done.',
    model: 'gemini-3-pro',
    tokens: { input: 100, output: 20 },
  };
  const asked = { id: 'u', type: 'user', content: 'Sort the lines.', timestamp: '2026-05-04T10:00:35Z' };
  await put(`${TRIAL}/agent/gemini-cli.trajectory.json`, {
    sessionId: 'g',
    projectHash: 'h',
    startTime: '2026-05-04T10:00:35Z',
    messages: [asked, { ...answer, timestamp: '2026-05-04T10:00:40Z' }],
  });
  const { runs, result } = await imported();
  expect(result.recognised).toEqual({ 'gemini-cli': 1, harbor: 1 });
  expect(runs[0]!.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(1);
});

test('a trial at work is one run before it has a result', async () => {
  await put(`${TRIAL}/config.json`, CONFIG);
  await put(`${TRIAL}/${SESSION}`, session());
  const { runs } = await imported();
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ runId: 'sort__Ab3dE9x', labels: { model: 'claude-haiku-4-5' } });
  expect(runs[0]!.spans.find(({ spanId }) => spanId === 'agent_execution')?.startEstimated).toBe(true);
});

test('followed live, file after file, it is the same run', async () => {
  const sink = new Collector();
  const follower = new Follower({ sink, signal: new AbortController().signal });
  await follower.start();
  const write = async (path: string, content: unknown): Promise<void> =>
    follower.changed(await put(path, content));
  await write(`${TRIAL}/config.json`, CONFIG);
  await expect
    .poll(() => sink.runs[0]?.startUs ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(Date.now() * 1000 - 60e6);
  await write(`${TRIAL}/${SESSION}`, session());
  await write(`${TRIAL}/agent/trajectory.json`, ATIF);
  await write(`${TRIAL}/result.json`, RESULT);
  await expect.poll(() => sink.runs[0]?.status, { timeout: 15_000 }).toBe('ok');
  await expect.poll(() => sink.runs[0]?.labels.session, { timeout: 5_000 }).toBe(SESSION_ID);
  await follower.stop();
  expect(sink.runs).toHaveLength(1);
  expectTrial(sink.runs[0]!);
}, 30_000);

test('files outside of any trial are what they were', async () => {
  await put(`${SESSION_ID}.jsonl`, session());
  await put('reward.txt', '1\n');
  await put('notes.md', '# hello\n');
  const { result, runs } = await imported();
  expect(runs.map(({ runId }) => runId)).toEqual([SESSION_ID]);
  expect(result.skipped.map(({ reason }) => reason)).toEqual([expect.stringMatching(/without the trial/)]);
  expect(result.refused).toHaveLength(1);
});

test('a continued trajectory is the run of its beginning', async () => {
  const from = join(CORPUS, 'atif/harbor_golden_apache');
  if (!existsSync(from)) return;
  for (const name of await readdir(from))
    if (/linear-history\.trajectory/.test(name)) await cp(join(from, name), join(root, name), { mode: 0 });
  const { runs } = await imported();
  expect(runs).toHaveLength(1);
});

test('the real trial: three files, one run', async () => {
  const from = join(CORPUS, 'harbor');
  if (!existsSync(from)) return;
  const { runs, result } = await imported(from);
  expect(runs).toHaveLength(1);
  const { usage } = ledgerOf(runs[0]!);
  expect(usage).toMatchObject({
    inputTokens: 2,
    cacheReadTokens: 57775,
    cacheWriteTokens: 6464,
    outputTokens: 606,
  });
  expect(Object.values(result.joined)[0]).toHaveLength(3);
  expect(result.refused).toEqual([]);
});

test('records of a piece keep to themselves what the trial knows better', () => {
  const join = new RecordJoin({ runId: 'trial', parent: 'agent_execution', parentName: 'agent_execution' });
  const [start, end] = join.take([
    {
      event: 'run_start',
      run_id: 's',
      ts: 1_700_000_000,
      name: 'a title',
      labels: { agent: 'x', git_branch: 'main' },
    },
    {
      event: 'run_end',
      run_id: 's',
      ts: 1_700_000_009,
      status: 'error',
      error: { message: 'max turns' },
      pid: 7,
    },
  ]);
  expect(start).toEqual({
    event: 'run_update',
    run_id: 'trial',
    ts: 1_700_000_000,
    labels: { git_branch: 'main' },
    attributes: { session_title: 'a title' },
  });
  expect(end).toEqual({
    event: 'run_update',
    run_id: 'trial',
    ts: 1_700_000_009,
    attributes: { agent_status: 'error', agent_error: { message: 'max turns' } },
  });
});

test('naive times are put right by the calls beside them', () => {
  const trial = {
    folder: '',
    runId: '',
    hasResult: true,
    hasRewards: true,
    naive: true,
    agentStartUs: 1.7e15,
  };
  const calls = { path: '', format: 'claude-code', firstUs: 1.7e15 + 7_200e6 + 40e6 };
  expect(clockShift(trial, calls)).toBe(7_200e6);
  expect(clockShift({ ...trial, naive: false }, calls)).toBe(0);
  expect(clockShift(trial, { ...calls, firstUs: 1.7e15 + 300e6 })).toBe(0);
});
