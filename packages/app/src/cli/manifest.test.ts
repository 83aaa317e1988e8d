import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CORPUS } from '../../../../tests/format-cases.ts';
import { TestTerminal } from '../../../../tests/terminal.ts';
import { run } from './main.ts';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tacho-manifest-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(['manifest', ...argv], terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

async function put(path: string, content: unknown): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

const JOB = 'jobs/claude-baseline-10figure-20251217';
const manifestOf = async (trial: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, trial, 'run_manifest.json'), 'utf8'));

/** The second seed's trial: what its manifest was made from. */
const RESULT = {
  task_id: 'cross_file_reasoning_01',
  task_name: 'cross_file_reasoning_01',
  agent_result: { n_input_tokens: null, n_cache_tokens: null, n_output_tokens: null, cost_usd: 0.087 },
  verifier_result: { rewards: { reward: 0.85 } },
  exception_info: null,
  patch_info: { size_bytes: 2048, files_changed: 3 },
  started_at: '2025-12-17T16:54:40Z',
  finished_at: '2025-12-17T16:55:00Z',
  agent_execution: { started_at: '2025-12-17T16:54:42Z', finished_at: '2025-12-17T16:54:57.500Z' },
};

const CALL = {
  tool_name: 'sourcegraph_deep_search',
  duration_sec: 2.5,
  input_tokens: 200,
  output_tokens: 100,
  success: true,
};
const NEMO = {
  workflow_name: 'my_agent',
  start_time: '2025-12-17T16:54:42.000Z',
  end_time: '2025-12-17T16:54:57.000Z',
  duration_sec: 15.0,
  tool_calls: [1, 2, 3, 4, 5].map((at) => ({
    ...CALL,
    invocation_id: `tc_00${at}`,
    timestamp: `2025-12-17T16:54:4${at + 2}.000Z`,
    ...(at === 5 && { success: false, error_type: 'TimeoutError', error_message: 'too late' }),
  })),
  total_input_tokens: 12345,
  total_output_tokens: 4567,
  success: true,
};

test('the second seed’s files give the second seed’s manifest, field by field', async () => {
  await put(`${JOB}/task-001/result.json`, RESULT);
  await put(`${JOB}/task-001/logs/nemo/trace.json`, NEMO);
  expect((await typed('jobs')).code).toBe(0);
  expect(await manifestOf(`${JOB}/task-001`)).toMatchObject({
    timestamp: '2025-12-17T16:55:00Z',
    harness: { name: 'harbor-v1', version: '1.0', framework: 'harbor' },
    execution: { agent: 'claude-baseline', benchmark: '10figure', job_dir: join(folder, JOB) },
    tool_profile: {
      tool_usage: {
        sourcegraph_deep_search: {
          tool_name: 'sourcegraph_deep_search',
          category: 'code_search',
          invocation_count: 5,
          success_count: 4,
          failure_count: 1,
          avg_duration_sec: 2.5,
          input_tokens: 1000,
          output_tokens: 500,
        },
      },
      total_tool_invocations: 5,
      total_unique_tools: 1,
      search_queries_count: 5,
      file_operations_count: 0,
      total_input_tokens: 12345,
      total_output_tokens: 4567,
      total_tokens: 16912,
    },
    result: {
      task_id: 'cross_file_reasoning_01',
      task_name: 'cross_file_reasoning_01',
      success: true,
      reward: 0.85,
      duration_sec: 15.5,
      patch_size_bytes: 2048,
      files_changed: 3,
      error_type: null,
      error_message: null,
      tokens: { input_tokens: 12345, output_tokens: 4567, total_tokens: 16912 },
      cost_usd: 0.087,
    },
    retrieval_metrics: {
      total_searches: 5,
      total_file_ops: 0,
      tools_used: ['sourcegraph_deep_search'],
      tool_diversity: 1,
    },
    nemo_metrics: {
      workflow_name: 'my_agent',
      total_duration_sec: 15.0,
      tool_call_count: 5,
      failed_tool_calls: 1,
      failure_rate_percent: 20.0,
      tool_latency_by_tool: { sourcegraph_deep_search: 2.5 },
      failure_analysis: {
        total_failures: 1,
        failure_rate_percent: 20.0,
        failures_by_type: { TimeoutError: 1 },
        failures_by_tool: { sourcegraph_deep_search: 1 },
        failure_rate_by_tool: { sourcegraph_deep_search: 20.0 },
      },
    },
  });
});

test('NeMo’s places are searched in order, and what is no trace is passed over', async () => {
  const places = ['logs/nemo/trace.json', 'logs/trace.json', 'nemo_trace.json', 'trace.json'];
  await put(`${JOB}/task-001/result.json`, RESULT);
  for (const [at, place] of places.entries())
    await put(`${JOB}/task-001/${place}`, { ...NEMO, total_input_tokens: 10_000 + at });
  for (const [at, place] of places.entries()) {
    await typed('jobs');
    expect(await manifestOf(`${JOB}/task-001`)).toMatchObject({
      result: { tokens: { input_tokens: 10_000 + at } },
    });
    await put(`${JOB}/task-001/${place}`, at % 2 === 0 ? '{"not": "a trace"}' : '');
  }
});

describe('Claude’s output', () => {
  const FORMS: [string, string][] = [
    ['JSON', '{"usage":{"input_tokens":1234,"output_tokens":567},"model":"claude-3-5-sonnet-20241022"}'],
    ['lines', 'Done.\ninput_tokens: 1234\noutput_tokens: 567\nmodel: claude-3-5-sonnet-20241022\n'],
    ['pairs', 'usage input_tokens=1234, output_tokens=567, model=claude-3-5-sonnet-20241022\n'],
  ];
  test.each(FORMS)('as %s', async (_, text) => {
    await put(`${JOB}/task-001/result.json`, RESULT);
    await put(`${JOB}/task-001/logs/agent/claude.txt`, text);
    await typed('jobs');
    expect((await manifestOf(`${JOB}/task-001`)).result).toMatchObject({
      tokens: { input_tokens: 1234, output_tokens: 567, total_tokens: 1801 },
      cost_usd: 0.012207,
    });
  });

  test('its places are searched in order, and what tells no tokens is passed over', async () => {
    const places = [
      'agent/claude.txt',
      'logs/agent/claude.txt',
      'logs/agent/stdout.log',
      'logs/agent/output.json',
      'logs/agent.txt',
      'logs/stdout.txt',
    ];
    await put(`${JOB}/task-001/result.json`, RESULT);
    for (const [at, place] of places.entries())
      await put(`${JOB}/task-001/${place}`, `input_tokens: ${100 + at}\noutput_tokens: 1\n`);
    for (const [at, place] of places.entries()) {
      await typed('jobs');
      expect((await manifestOf(`${JOB}/task-001`)).result).toMatchObject({
        tokens: { input_tokens: 100 + at },
      });
      await put(`${JOB}/task-001/${place}`, 'nothing was counted here\n');
    }
  });

  test('stands in for a NeMo trace that counts nothing', async () => {
    await put(`${JOB}/task-001/result.json`, RESULT);
    await put(`${JOB}/task-001/trace.json`, {
      ...NEMO,
      tool_calls: NEMO.tool_calls.map(({ input_tokens: _, output_tokens: __, ...call }) => call),
      total_input_tokens: 0,
      total_output_tokens: 0,
    });
    await put(`${JOB}/task-001/logs/stdout.txt`, FORMS[1]![1]);
    await typed('jobs');
    expect(await manifestOf(`${JOB}/task-001`)).toMatchObject({
      tool_profile: { total_tool_invocations: 5 },
      result: { tokens: { total_tokens: 1801 } },
    });
  });
});

test('without any log the result’s own figures stand; without those nothing does', async () => {
  const agent_result = { n_input_tokens: 500, n_cache_tokens: 100, n_output_tokens: 50, cost_usd: null };
  await put(`${JOB}/task-001/result.json`, { ...RESULT, agent_result });
  await put(`${JOB}/task-002/result.json`, { ...RESULT, agent_result: null });
  await typed('jobs');
  expect((await manifestOf(`${JOB}/task-001`)).result).toMatchObject({
    tokens: { input_tokens: 500, output_tokens: 50, total_tokens: 550 },
    cost_usd: null,
  });
  expect((await manifestOf(`${JOB}/task-002`)).result).toMatchObject({
    tokens: { input_tokens: null, output_tokens: null, total_tokens: null },
    cost_usd: null,
  });
});

test('G20: the error of a failed trial', async () => {
  await put(`${JOB}/task-001/result.json`, {
    ...RESULT,
    verifier_result: null,
    exception_info: { exception_type: 'AgentTimeoutError', exception_message: 'after 600 s' },
  });
  await typed('jobs');
  expect((await manifestOf(`${JOB}/task-001`)).result).toMatchObject({
    success: false,
    reward: null,
    error_type: 'AgentTimeoutError',
    error_message: 'after 600 s',
  });
});

test('one agent’s trials, their sums as JSON, and the same in a file', async () => {
  await put(`${JOB}/task-001/result.json`, RESULT);
  await put(`${JOB}/task-001/logs/agent.txt`, 'input_tokens=1234, output_tokens=567\n');
  await put('jobs/claude-mcp-10figure-20251217/task-001/result.json', RESULT);
  const { code, out } = await typed(
    'jobs',
    '--agent',
    'claude-baseline',
    '--json',
    '--output',
    'summary.json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    runs: [{ trial: 'task-001', agent: 'claude-baseline', total_tokens: 1801, cost_usd: 0.087 }],
    totals: { runs: 1, counted: 1, successful: 1, total_tokens: 1801, cost_usd: 0.087, unpriced_runs: 0 },
    by_agent: { 'claude-baseline': { runs: 1 } },
  });
  expect(await readFile(join(folder, 'summary.json'), 'utf8')).toBe(out);
  expect(existsSync(join(folder, 'jobs/claude-mcp-10figure-20251217/task-001/run_manifest.json'))).toBe(
    false,
  );
  const all = await typed('jobs', '--all');
  expect(all.out).toMatch(/2 manifests written: 1,801 tokens/);
  expect(all.out).toMatch(/claude-mcp: 0 tokens/);
});

test('a trial at work is left alone, and so is a task without anything', async () => {
  await put(`${JOB}/task-001/result.json`, RESULT);
  await put(`${JOB}/task-002/notes.md`, '# nothing');
  await put('jobs/now/sort__Ab3dE9x/config.json', { trial_name: 'sort__Ab3dE9x', task: {}, agent: {} });
  const { code, err } = await typed('jobs');
  expect(code).toBe(0);
  expect(err).toMatch(/task-002: it has neither a result nor a log/);
  expect(err).toMatch(/sort__Ab3dE9x: it is at work/);
  expect(existsSync(join(folder, 'jobs/now/sort__Ab3dE9x/run_manifest.json'))).toBe(false);
});

test('what cannot be done is said, with its exit code', async () => {
  await mkdir(join(folder, 'empty'));
  expect((await typed('empty')).code).toBe(3);
  expect((await typed('nowhere')).code).toBe(3);
  expect((await typed('empty', '--agent', 'a', '--all')).code).toBe(2);
  await put(`${JOB}/task-001/result.json`, RESULT);
  const { code, err } = await typed('jobs', '--agent', 'nobody');
  expect([code, err]).toEqual([3, expect.stringMatching(/None of the 1 trials/)]);
});

const real = join(CORPUS, 'harbor/ccb_dependeval_smoke');
test.runIf(existsSync(real))(
  'a real trial of Harbor: its calls, not Harbor’s sum of repeated lines',
  async () => {
    await cp(real, join(folder, 'jobs'), { recursive: true, mode: 0 });
    const { code, out } = await typed('jobs', '--json');
    expect(code).toBe(0);
    const { runs } = JSON.parse(out);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      run_id: 'dependency_recognition-java-unkn__pshKMge',
      agent: 'claude-code',
      success: false,
      reward: 0,
      input_tokens: 64241,
      output_tokens: 606,
    });
  },
);
