import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@tacho/trace/model/json';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectValidMetrics } from '../../../../tests/metrics-schema.ts';
import { openTacho, type Tacho } from './open.ts';

let home: string;
let tacho: Tacho;

const call = (id: string, at: number, command: string, outputs: string): TraceRecord => ({
  event: 'span',
  run_id: 'r',
  span_id: id,
  kind: 'tool',
  tool: 'Bash',
  ts: 1_700_000_000 + at,
  end_ts: 1_700_000_001 + at,
  inputs: { command },
  outputs,
});
const records: TraceRecord[] = [
  { event: 'run_start', run_id: 'r', ts: 1_700_000_000 },
  call('a', 0, 'cat a.ts', 'x'),
  call('b', 2, 'pytest | tail -3', '1 failed, 2 passed in 0.1s'),
  { event: 'run_end', run_id: 'r', ts: 1_700_000_005 },
];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-activity-'));
  tacho = await openTacho({ home });
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  await tacho.fetch(new Request('http://localhost/v1/telemetry', { method: 'POST', body, headers }));
});
afterEach(async () => {
  await tacho.close();
  await rm(home, { recursive: true, force: true });
});

async function activity(path: string): Promise<{ status: number; document: JsonObject }> {
  const answer = await tacho.fetch(new Request(`http://localhost${path}`));
  return { status: answer.status, document: (await answer.json()) as JsonObject };
}

test('the activity of a stored run, from the arguments and results of its calls', async () => {
  const { status, document } = await activity('/api/runs/r/activity');
  expect(status).toBe(200);
  expect(document).toMatchObject({
    navigation: { file_reads: 1 },
    build_test: { test_runs: 1, test_failures: 1, test_timeline: [{ result: 'fail', tests_passed: 2 }] },
  });
  expectValidMetrics(document);
});

test('its lists can be left out; a run that is not there is not found', async () => {
  const { document } = await activity('/api/runs/r/activity?timelines=false');
  expect(JSON.stringify(document)).not.toContain('timeline');
  expect((await activity('/api/runs/x/activity')).status).toBe(404);
});
