import { expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { runManifest } from './format.ts';
import { manifestOf } from './write.ts';

async function runIn(text: string): Promise<Run> {
  const { records } = await readBytes(runManifest, Buffer.from(text), { name: 'run_manifest.json' });
  return [...runsOf(records).values()][0]!;
}

const seed = fixturesOf('run-manifest')
  .find(({ name }) => name === 'run_manifest.json')!
  .bytes.toString();

test('the seed’s manifest read and written is the seed’s manifest, field by field', async () => {
  const run = await runIn(seed);
  expect(run.runId).toBe('claude-baseline-10figure-20251217__cross_file_reasoning_01');
  expect(manifestOf(run)).toMatchObject(JSON.parse(seed));
});

const at = 1_766_000_000;
const trial: TraceRecord[] = [
  { event: 'run_start', run_id: 'r', ts: at, labels: { agent: 'a', framework: 'harbor', task_id: 't' } },
  {
    event: 'span',
    span_id: 'agent_execution',
    kind: 'stage',
    name: 'agent_execution',
    ts: at + 1,
    end_ts: at + 3,
  },
];

test('what nobody knows is null, not zero', () => {
  expect(manifestOf(foldRun(trial))).toMatchObject({
    execution: { agent: 'a', benchmark: null, job_dir: null },
    result: {
      success: null,
      reward: null,
      duration_sec: 2,
      patch_size_bytes: null,
      error_type: null,
      tokens: { input_tokens: null, output_tokens: null, total_tokens: null },
      cost_usd: null,
    },
  });
});

test('input includes what came from caches, and a call without a price makes the cost unknown', () => {
  const call = (id: string, model: string, cost?: number): TraceRecord => ({
    event: 'span',
    span_id: id,
    kind: 'llm',
    parent: 'agent_execution',
    ts: at + 1,
    end_ts: at + 2,
    model,
    usage: { input_tokens: 10, cache_read_tokens: 100, output_tokens: 5, reasoning_tokens: 2 },
    ...(cost !== undefined && { cost_usd: cost }),
  });
  expect(manifestOf(foldRun([...trial, call('1', 'm', 0.5)])).result).toMatchObject({
    tokens: { input_tokens: 110, output_tokens: 7, total_tokens: 117, cache_read_tokens: 100 },
    cost_usd: 0.5,
  });
  expect(manifestOf(foldRun([...trial, call('1', 'm', 0.5), call('2', 'x')])).result).toMatchObject({
    cost_usd: null,
    known_cost_usd: 0.5,
    unpriced_models: ['x'],
  });
});

test('a report of more than the calls explain keeps its kinds of tokens', () => {
  const run = foldRun([
    ...trial,
    {
      event: 'span_update',
      span_id: 'agent_execution',
      usage: { input_tokens: 12345, output_tokens: 4567 },
    },
    {
      event: 'span',
      span_id: 'tool',
      kind: 'tool',
      tool: { name: 'search' },
      parent: 'agent_execution',
      ts: at + 1,
      end_ts: at + 2,
      usage: { input_tokens: 1000, output_tokens: 500 },
    },
  ]);
  expect(manifestOf(run).tool_profile).toMatchObject({
    tool_usage: { search: { input_tokens: 1000, output_tokens: 500 } },
    total_input_tokens: 12345,
    total_output_tokens: 4567,
    total_tokens: 16912,
  });
});

test('a manifest that claims a billion calls is read, and the rest is refused', async () => {
  const manifest = JSON.parse(seed);
  manifest.tool_profile.tool_usage.sourcegraph_deep_search.invocation_count = 1e9;
  const { records, refusals } = await readBytes(runManifest, Buffer.from(JSON.stringify(manifest)));
  expect(records.length).toBeLessThan(6_000);
  expect(refusals[0]?.reason).toMatch(/999995000 calls/);
});
