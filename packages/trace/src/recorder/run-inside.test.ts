import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunTrace } from '../index.ts';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import type { RunTraceOptions } from './options.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-inside-'));
  vi.stubEnv('TACHO_RUN_ID', 'around');
  vi.stubEnv('TACHO_RUN_DIR', join(folder, 'around'));
  vi.stubEnv('TACHO_SPAN_ID', 'stage');
  vi.stubEnv('TACHO_DIR', join(folder, 'apart'));
  vi.stubEnv('TACHO_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function recorded(): TraceRecord[] {
  const text = readFileSync(join(folder, 'around/telemetry.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceRecord);
}

function around(): Run {
  return foldRun([{ event: 'span_start', span_id: 'stage', name: 'stage', run_id: 'around' }, ...recorded()]);
}

test('a run inside another one is a span of it, and so is everything in it', async () => {
  const trace = new RunTrace({ task: 'program', labels: { a: 1 }, tacHours: 2, criteria: { cited: true } });
  trace.event('begun');
  trace.score('quality', 3);
  trace.set({ project: 'p' });
  await trace.span('work', async (span) => {
    span.start('loose', { parent: null }).end();
    trace.logUsage({ input: 5, output: 1 }, { model: 'm' });
  });
  trace.logUsage({ input: 7 }, { model: 'n' });
  await trace.end();
  expect([trace.runId, trace.path]).toEqual(['around', join(folder, 'around')]);
  const records = recorded();
  expect(records.filter(({ event }) => /^run_/.test(event))).toEqual([]);
  expect(new Set(records.map(({ run_id }) => run_id))).toEqual(new Set(['around']));
  const { spans, scores } = around();
  const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  expect(
    Object.fromEntries(spans.map(({ name, parentId }) => [name, parentId && nameOf.get(parentId)])),
  ).toEqual({
    stage: undefined,
    program: 'stage',
    work: 'program',
    loose: 'program',
    m: 'work',
    n: 'program',
  });
  const program = spans.find(({ name }) => name === 'program')!;
  expect(program).toMatchObject({ kind: 'task', status: 'ok', events: [{ name: 'begun' }] });
  const said = { task: 'program', labels: { a: 1 }, tac_hours: 2, project: 'p', pid: process.pid };
  expect(program.attributes).toEqual(said);
  expect(scores).toMatchObject([{ name: 'criterion:cited' }, { name: 'quality', spanId: program.spanId }]);
  expect(readdirSync(folder)).toEqual(['around']);
});

test.each([
  [{}, 'ok'],
  [{ error: new TypeError('lost') }, 'error'],
  [{ status: 'interrupted' as const }, 'cancelled'],
])('its end %j is the span’s: %s', async (options, status) => {
  const trace = new RunTrace({ task: 'program' });
  await trace.end(options);
  expect(around().spans[1]).toMatchObject({ status });
});

test('it failed where a top-level span of its own failed', async () => {
  const trace = new RunTrace({ task: 'program' });
  trace.start('work').fail(new Error('lost'));
  await trace.end();
  expect(around().spans[1]).toMatchObject({ name: 'program', status: 'error' });
});

test.each<RunTraceOptions>([{ join: false }, { runId: 'mine' }, { dir: 'elsewhere' }])(
  'it is a run of its own with %j',
  async (options) => {
    const dir = options.dir === undefined ? {} : { dir: join(folder, 'apart') };
    const trace = new RunTrace({ task: 'program', ...options, ...dir });
    await trace.end();
    expect(trace.path).toBe(join(folder, 'apart', trace.runId));
    expect(readdirSync(folder)).toEqual(['apart']);
  },
);

test('without a folder the environment names no run', async () => {
  vi.stubEnv('TACHO_RUN_DIR', '');
  const trace = new RunTrace({ task: 'program' });
  await trace.end();
  expect(trace.runId).not.toBe('around');
});
