import { expect, test } from 'vitest';
import {
  CORPUS,
  filesBelow,
  fixturesOf,
  type Reading,
  readBytes,
  runsOf,
} from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { criteriaOf, finalScoreOf } from '../../analysis/scores.ts';
import type { Run } from '../../model/run.ts';
import { harbor } from './format.ts';
import { harborShape } from './shape.ts';

function reading(value: unknown, name = 'result.json'): Promise<Reading> {
  return readBytes(harbor, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), { name });
}

async function runOf(value: unknown, name?: string): Promise<Run> {
  const [run] = runsOf((await reading(value, name)).records).values();
  return run!;
}

function fixture(path: string): string {
  return fixturesOf('harbor')
    .find((sample) => sample.path === path)!
    .bytes.toString();
}

test('a trial is a run by its name, with labels, stages, rewards and times', async () => {
  const run = await runOf(fixture('passed__Ab3dE9x/result.json'));
  expect(run).toMatchObject({
    runId: 'sort-lines__Ab3dE9x',
    name: 'sort-lines',
    sessionId: '2026-05-04__10-00-00',
    status: 'ok',
    startUs: Date.parse('2026-05-04T10:00:01Z') * 1000,
    endUs: Date.parse('2026-05-04T10:02:31.500Z') * 1000,
    labels: {
      framework: 'harbor',
      agent: 'claude-code',
      agent_version: '2.1.90',
      model: 'claude-haiku-4-5',
      provider: 'anthropic',
      benchmark: 'demo-bench',
      task_id: 'demo/sort-lines',
      task_name: 'sort-lines',
      trial: 'sort-lines__Ab3dE9x',
      job: '2026-05-04__10-00-00',
    },
  });
  expect(run.spans.map(({ spanId, kind, status }) => [spanId, kind, status])).toEqual([
    ['environment_setup', 'stage', 'ok'],
    ['agent_setup', 'stage', 'ok'],
    ['agent_execution', 'stage', 'ok'],
    ['verifier', 'stage', 'ok'],
  ]);
  expect(finalScoreOf(run.scores)).toEqual({ value: 1 });
  expect(run.scores.find(({ name }) => name === 'style')?.value).toBe(0.5);
  expect(JSON.stringify(run)).not.toContain('not-to-be-kept');
});

test('reported input includes what came from caches', async () => {
  const run = await runOf(fixture('passed__Ab3dE9x/result.json'));
  const { usage } = ledgerOf(run);
  expect(usage).toMatchObject({ inputTokens: 3000, cacheReadTokens: 9000, outputTokens: 450 });
  expect(run.spans[2]).toMatchObject({ reportedCostUsd: 0.0062, model: 'claude-haiku-4-5' });
});

test('G20: the error type is exception_type, and it lies where the trial failed', async () => {
  const run = await runOf(fixture('timed-out.result.json'));
  expect(run.status).toBe('error');
  expect(run.error).toMatchObject({ type: 'AgentTimeoutError' });
  expect(run.spans.find(({ status }) => status === 'error')?.name).toBe('agent_execution');
  expect(run.scores).toEqual([]);
  expect(run.attributes.naive_times).toBe(true);
  expect(run.labels).not.toHaveProperty('agent_version');
});

test('reward and exception may come together', async () => {
  const { trial_name, started_at, finished_at, exception_info } = JSON.parse(
    fixture('timed-out.result.json'),
  );
  const run = await runOf({
    trial_name,
    started_at,
    finished_at,
    exception_info,
    verifier_result: { rewards: { reward: 1 } },
  });
  expect([run.status, finalScoreOf(run.scores)?.value]).toEqual(['error', 1]);
});

test('steps are stages below the agent’s, and their sums are the trial’s', async () => {
  const run = await runOf(fixture('steps.result.json'));
  const parents = Object.fromEntries(run.spans.map(({ spanId, parentId }) => [spanId, parentId]));
  expect(parents).toEqual({
    environment_setup: undefined,
    agent_execution: undefined,
    'step:plan': 'agent_execution',
    'step:plan/agent_execution': 'step:plan',
    'step:plan/verifier': 'step:plan',
    'step:build': 'agent_execution',
    'step:build/agent_execution': 'step:build',
    'step:build/verifier': 'step:build',
  });
  expect(ledgerOf(run).usage).toMatchObject({ inputTokens: 2500, cacheReadTokens: 500, outputTokens: 400 });
  expect(finalScoreOf(run.scores)?.value).toBe(0.5);
  expect(run.scores.filter(({ dimension }) => dimension !== undefined).map(({ value }) => value)).toEqual([
    1, 0,
  ]);
});

test('a trial at work has no end', async () => {
  const { finished_at: _, verifier: __, ...trial } = JSON.parse(fixture('passed__Ab3dE9x/result.json'));
  expect((await runOf(trial)).status).toBe('running');
});

test('tests of the verifier are criteria, repeated names numbered', async () => {
  const run = await runOf(fixture('passed__Ab3dE9x/verifier/ctrf.json'), 'ctrf.json');
  expect(criteriaOf(run.scores)).toMatchObject({ passed: 2, total: 3 });
  expect(run.scores.find(({ value }) => value === null)?.label).toBe('skipped');
  expect(run.spans.map(({ status }) => status)).toEqual(['ok', 'error']);
});

test('reward files are known by their name, and hold numbers', async () => {
  expect((await runOf('0.75\n', 'reward.txt')).scores[0]).toMatchObject({ name: 'reward', value: 0.75 });
  expect(harbor.detect({ name: 'reward.txt', text: 'none', complete: true })).toBe(0);
  expect(harbor.detect({ name: 'rewards.txt', text: '1', complete: true })).toBe(0);
});

test('a job has no run', async () => {
  const { records, refusals } = await reading(fixture('job.result.json'));
  expect(records).toEqual([]);
  expect(refusals[0]?.reason).toMatch(/its trials are the runs/);
});

test('what any field may be', async () => {
  const odd = [null, 5, 'x', [], {}, { a: { b: 1 } }, -1, 1e300, '1970-01-01T00:00:00Z', true];
  const fields = Object.keys(JSON.parse(fixture('steps.result.json')));
  for (const value of odd)
    for (const field of fields) {
      const trial = { ...JSON.parse(fixture('steps.result.json')), [field]: value, agent_execution: value };
      const { records } = await reading(trial);
      runsOf(records);
    }
  const deep = `{"trial_name":"deep","verifier_result":{"rewards":{"reward":1}},"extra":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  const { records, refusals } = await reading(deep);
  expect(runsOf(records).get('deep')?.scores).toHaveLength(1);
  expect(refusals[0]?.reason).toMatch(/nests deeper/);
  const proto = await runOf('{"trial_name":"p","agent_info":{"__proto__":{"name":"x"}},"__proto__":{"a":1}}');
  expect(Object.hasOwn(proto.attributes, '__proto__')).toBe(true);
});

test('shapes of other tools are none of ours', () => {
  for (const value of [{ results: [] }, { task_id: 'x', reward: 1 }, { trial_name: '' }, [], null])
    expect(harborShape(value)).toBeUndefined();
});

const real = filesBelow(`${CORPUS}/harbor`, /__\w{7}\/result\.json$/);
test.runIf(real.length > 0)('the real trial', async () => {
  const run = await runOf(real[0]!.bytes.toString());
  expect(run).toMatchObject({
    runId: 'dependency_recognition-java-unkn__pshKMge',
    name: 'dependency_recognition-java-unknown',
    status: 'ok',
    labels: {
      agent: 'claude-code',
      model: 'claude-opus-4-5-20251101',
      task_id: 'dependency_recognition-java-unknown',
    },
  });
  expect(ledgerOf(run).usage).toMatchObject({ inputTokens: 2, cacheReadTokens: 78978, outputTokens: 4 });
  expect(run.scores).toEqual([{ name: 'reward', value: 0 }]);
});
