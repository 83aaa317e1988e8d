import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { totalTokens } from '@tacho/trace/model/usage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runsOf } from '../../../../../tests/format-cases.ts';
import { importPaths } from '../import.ts';
import { readTrial } from '../trials/trial-run.ts';
import { TrialFolders } from './trial-folders.ts';

const FIXTURES = join(import.meta.dirname, '../../../../../fixtures');
const TRIAL = 'jobs/day/gate__Xy1';
const CONFIG = {
  task: { path: 'tasks/gate' },
  trial_name: 'gate__Xy1',
  trials_dir: 'jobs/day',
  agent: { name: 'codex', model_name: 'openai/gpt-5.2-codex' },
};
const RESULT = {
  task_name: 'gate',
  trial_name: 'gate__Xy1',
  config: CONFIG,
  agent_result: {},
  verifier_result: { rewards: { reward: 1 } },
  started_at: '2026-02-04T10:00:00Z',
  finished_at: '2026-02-04T10:02:00Z',
  agent_execution: { started_at: '2026-02-04T10:00:30Z', finished_at: '2026-02-04T10:01:30Z' },
};

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-printed-')));
  await put(`${TRIAL}/config.json`, CONFIG);
  await put(`${TRIAL}/result.json`, RESULT);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content: unknown): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

async function copy(fixture: string, path: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await cp(join(FIXTURES, fixture), join(root, path));
}

async function imported(): Promise<{ run: Run; recognised: Record<string, number>; skipped: string[] }> {
  const records: TraceRecord[] = [];
  const { recognised, skipped, refused } = await importPaths([root], {
    sink: {
      async accept(batch) {
        records.push(...batch.records);
        return { accepted: batch.records.length, duplicates: 0, runs: [] };
      },
    },
  });
  expect(refused).toEqual([]);
  const runs = [...runsOf(records).values()];
  expect(runs).toHaveLength(1);
  return { run: runs[0]!, recognised, skipped: skipped.map(({ file }) => file.slice(root.length + 1)) };
}

/** The tokens of the run as it is imported, and as its folder is read for a manifest. */
async function tokens(run: Run): Promise<[imported: number, read: number]> {
  const trial = (await new TrialFolders().trialOf(join(root, TRIAL, 'result.json')))!;
  const read = await readTrial(trial);
  return [totalTokens(ledgerOf(run).usage), totalTokens(ledgerOf(read.run).usage)];
}

const used = { input_tokens: 37_000, cached_input_tokens: 32_000, output_tokens: 1_000 };
const ROLLOUT = [
  { type: 'session_meta', payload: { id: '019c2b00-5555-7a10-8000-0000000000ee', cwd: '/srv/orchard' } },
  { type: 'turn_context', payload: { turn_id: 'a', model: 'gpt-5.2-codex' } },
  { type: 'response_item', payload: { type: 'message', role: 'assistant', content: 'The gate is closed.' } },
  { type: 'event_msg', payload: { type: 'token_count', info: { total_token_usage: used } } },
]
  .map((line) => `${JSON.stringify({ timestamp: '2026-02-04T10:00:40.000Z', ...line })}\n`)
  .join('');
const TRAJECTORY = {
  schema_version: 'ATIF-v1.2',
  session_id: 's',
  agent: { name: 'codex', version: '0.146.0', model_name: 'gpt-5.2-codex' },
  steps: [
    {
      step_id: 1,
      source: 'agent',
      message: 'Done.',
      timestamp: '2026-02-04T10:00:40Z',
      metrics: { prompt_tokens: 37_000, completion_tokens: 1_000, cached_tokens: 32_000 },
    },
  ],
};

describe('agent/codex.txt of a trial', () => {
  test('alone it is the trial’s log: in the agent’s time, of the trial’s model', async () => {
    await copy('codex/exec-run.txt', `${TRIAL}/agent/codex.txt`);
    const { run, recognised } = await imported();
    expect(recognised).toEqual({ codex: 1, harbor: 1 });
    expect(await tokens(run)).toEqual([38_000, 38_000]);
    expect(
      run.spans.filter(({ modelTotal }) => modelTotal).map(({ model, provider }) => [model, provider]),
    ).toEqual([
      ['gpt-5.2-codex', 'openai'],
      ['gpt-5.2-codex', 'openai'],
    ]);
    const agent = run.spans.find(({ spanId }) => spanId.endsWith('codex'))!;
    expect(agent.parentId).toBe('agent_execution');
    expect(agent.startUs).toBe(Date.parse('2026-02-04T10:00:30Z') * 1000);
    expect([run.status, run.startUs]).toEqual(['ok', Date.parse('2026-02-04T10:00:00Z') * 1000]);
  });

  test.each([
    ['a rollout', 'agent/sessions/2026/02/04/rollout-a.jsonl', ROLLOUT, 'codex'],
    ['a trajectory', 'agent/trajectory.json', TRAJECTORY, 'atif'],
  ])('%s beside it says the same better', async (_, path, content, format) => {
    await copy('codex/exec-run.txt', `${TRIAL}/agent/codex.txt`);
    await put(`${TRIAL}/${path}`, content);
    const { run, recognised, skipped } = await imported();
    expect(recognised).toEqual({ [format]: 1, harbor: 1 });
    expect(skipped).toContain(`${TRIAL}/agent/codex.txt`);
    expect(await tokens(run)).toEqual([38_000, 38_000]);
  });

  test('Harbor’s own sum of the same tokens counts nothing beside it', async () => {
    const sum = { n_input_tokens: 37_000, n_cache_tokens: 32_000, n_output_tokens: 1_000 };
    await put(`${TRIAL}/result.json`, { ...RESULT, agent_result: sum });
    await copy('codex/exec-run.txt', `${TRIAL}/agent/codex.txt`);
    const { run } = await imported();
    expect(await tokens(run)).toEqual([38_000, 38_000]);
  });

  test('another step’s rollout takes nothing from a step’s log', async () => {
    await copy('codex/exec-run.txt', `${TRIAL}/steps/plan/agent/codex.txt`);
    await put(`${TRIAL}/steps/build/agent/sessions/rollout-b.jsonl`, ROLLOUT.replaceAll('-5555-', '-7777-'));
    expect((await imported()).recognised).toEqual({ codex: 2, harbor: 1 });
  });
});

describe('agent/gemini-cli.txt of a trial', () => {
  test('alone it is the trial’s log', async () => {
    await copy('gemini-cli/gemini-cli.txt', `${TRIAL}/agent/gemini-cli.txt`);
    const { run, recognised } = await imported();
    expect(recognised).toEqual({ 'gemini-cli': 1, harbor: 1 });
    expect(await tokens(run)).toEqual([3_300, 3_300]);
  });

  test('the session that Harbor copied beside it says the same better', async () => {
    await copy('gemini-cli/gemini-cli.txt', `${TRIAL}/agent/gemini-cli.txt`);
    const stamp = '2026-02-04T10:00:40Z';
    await put(`${TRIAL}/agent/gemini-cli.trajectory.json`, {
      sessionId: '7d3b2f10-5a5a-4c4c-9e9e-0000000000b1',
      projectHash: 'h',
      startTime: stamp,
      messages: [
        { id: 'u', type: 'user', content: 'Count the pots.', timestamp: stamp },
        { id: 'g', type: 'gemini', content: 'Three.', timestamp: stamp, tokens: { input: 100, output: 20 } },
      ],
    });
    const { run, skipped } = await imported();
    expect(skipped).toContain(`${TRIAL}/agent/gemini-cli.txt`);
    expect(await tokens(run)).toEqual([120, 120]);
  });
});
