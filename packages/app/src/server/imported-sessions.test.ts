import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tacho/trace/model/run';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Ingest } from '../ingest/ingest.ts';
import { defaultPrices } from '../prices/lookup.ts';
import { importPaths } from '../sources/import.ts';
import { memoryStore } from '../store/duckdb-store.ts';
import { ingestSink } from './record-sink.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures');

/** The runs that a folder of sessions makes, with the tokens that count in each. */
async function imported(folder: string): Promise<{ runs: Map<string, Run>; tokens: Record<string, number> }> {
  return importedFrom(join(FIXTURES, folder));
}

/** The same of folders that are imported one after the other. */
async function importedFrom(
  ...folders: string[]
): Promise<{ runs: Map<string, Run>; tokens: Record<string, number> }> {
  const store = await memoryStore();
  const ingest = new Ingest(store, { price: defaultPrices() });
  onTestFinished(async () => {
    await ingest.close();
    await store.close();
  });
  const ids = new Set<string>();
  for (const folder of folders) {
    const result = await importPaths([folder], { sink: ingestSink(ingest) });
    expect(result.refused).toEqual([]);
    for (const id of result.runs) ids.add(id);
    await ingest.settle();
  }
  const runs = new Map<string, Run>();
  const tokens: Record<string, number> = {};
  for (const id of ids) {
    const run = (await store.read((reader) => reader.fullRun(id)))!;
    runs.set(id, run);
    tokens[id] = (await store.read((reader) => reader.summary(id)))!.tokens;
  }
  return { runs, tokens };
}

test('Codex: a fork counts only what it did itself, a subagent counts in its session', async () => {
  const { runs, tokens } = await imported('codex');
  const [origin, fork] = ['019c2a00-1111-7a10-8000-0000000000aa', '019c2a30-2222-7a10-8000-0000000000bb'];
  // The session's last running total, and its subagent's; the fork's one call of its own.
  expect(tokens).toEqual({
    [origin]: 58_560 + 10_136,
    [fork]: 14_090,
    '5f1c0e3a-0000-4000-8000-0000000000dd': 0,
    // What codex exec printed: the thread's last running total; a turn that failed says none.
    '019c2b00-5555-7a10-8000-0000000000ee': 38_000,
    '019c2b00-6666-7a10-8000-0000000000ff': 0,
  });
  expect(runs.get(fork)!.spans.filter((span) => span.duplicateOfRun === origin)).toHaveLength(4);
});

test('ATIF: the parts of a session are one run, whose totals they explain', async () => {
  const { runs, tokens } = await imported('atif');
  expect(tokens['bakery-1']).toBe(2300 + 1495 + 450);
  expect(runs.get('bakery-1')!.notes).toEqual([]);
  const root = runs.get('bakery-1')!.spans.find((span) => span.spanId === 'atif')!;
  expect(new Date(root.endUs! / 1000).toISOString()).toBe('2026-05-04T12:00:25.000Z');
});

describe('a Harbor trial that was killed before it had a result', () => {
  const config = {
    task: { path: 'tasks/gate' },
    trial_name: 'gate__Xy1',
    trials_dir: 'jobs/day',
    agent: { name: 'codex', model_name: 'openai/gpt-5.2-codex' },
  };
  const times = { started_at: '2026-02-04T10:00:00Z', finished_at: '2026-02-04T10:02:00Z' };

  async function folderOf(files: Record<string, unknown>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'tacho-killed-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), JSON.stringify(content));
    return folder;
  }

  test('is interrupted, and has no times', async () => {
    const { runs } = await importedFrom(await folderOf({ 'config.json': config }));
    const run = runs.get('gate__Xy1')!;
    expect(run).toMatchObject({ status: 'interrupted', name: 'gate', labels: { agent: 'codex' }, spans: [] });
    expect([run.startUs, run.endUs]).toEqual([0, 0]);
  });

  test('is what its result says, once there is one', async () => {
    const result = { ...times, task_name: 'gate', config, verifier_result: { rewards: { reward: 1 } } };
    const { runs } = await importedFrom(
      await folderOf({ 'config.json': config }),
      await folderOf({ 'config.json': config, 'result.json': { ...result, agent_execution: times } }),
    );
    const run = runs.get('gate__Xy1')!;
    expect([run.status, run.startUs, run.endUs]).toEqual([
      'ok',
      Date.parse(times.started_at) * 1000,
      Date.parse(times.finished_at) * 1000,
    ]);
  });
});
