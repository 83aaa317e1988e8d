import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { read } from '../formats/telemetry/read.ts';
import { MemorySink, RunTrace } from '../index.ts';
import { emptyRun, RunFold } from '../model/fold.ts';
import type { Run } from '../model/run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-join-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function readBack(path: string, runId: string): Promise<Run> {
  const fold = new RunFold(emptyRun(runId));
  const chunks = (async function* () {
    yield readFileSync(join(path, 'telemetry.jsonl'));
  })();
  const refuse = ({ reason }: { reason: string }): never => {
    throw new Error(reason);
  };
  for await (const records of read({ chunks, runId, refuse }))
    for (const record of records) fold.apply(record);
  return fold.run;
}

test('a second recorder adds spans to a run that it neither begins nor ends', async () => {
  const outer = new RunTrace({ task: 'outer', dir: folder, url: false });
  const stage = outer.start('build', { id: 'a "stage"' });
  const path = outer.path!;
  const inner = new RunTrace({ join: { runId: outer.runId, folder: path, parent: stage.id }, url: false });
  expect(inner.runId).toBe(outer.runId);
  await inner.span('compile', { kind: 'stage' }, async (span) => {
    span.start('file').end();
    inner.logUsage({ input: 3, output: 4 }, { model: 'm' });
  });
  await inner.end({ status: 'error' });
  stage.end();
  await outer.end();
  const run = await readBack(path, outer.runId);
  expect(run.status).toBe('ok');
  const parentOf = Object.fromEntries(run.spans.map(({ name, parentId }) => [name, parentId]));
  const idOf = Object.fromEntries(run.spans.map(({ name, spanId }) => [name, spanId]));
  expect(idOf.build).toBe('a "stage"');
  expect(parentOf).toEqual({ build: undefined, compile: idOf.build, file: idOf.compile, m: idOf.compile });
  expect(readdirSync(folder).sort()).toEqual(['latest', outer.runId, 'runs.jsonl'].sort());
  expect(readFileSync(join(folder, 'runs.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
});

test('each line names the run, whatever its id holds', async () => {
  const runId = '$& "odd"\n$1';
  const inner = new RunTrace({ join: { runId, folder }, url: false });
  inner.start('one').end({ attributes: { text: '\n{"event":' } });
  inner.start('two').end();
  await inner.end();
  const lines = readFileSync(join(folder, 'telemetry.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { run_id: string }).run_id)).toEqual([
    runId,
    runId,
    runId,
    runId,
  ]);
  expect(lines.some((line) => line.includes('run_start') || line.includes('run_end'))).toBe(false);
});

test('without a folder the lines go to the sinks alone', async () => {
  const memory = new MemorySink();
  const inner = new RunTrace({ join: { runId: 'r' }, url: false, sinks: [memory] });
  inner.start('one').end();
  await inner.end();
  expect(inner.path).toBeUndefined();
  expect(memory.records.map(({ event }) => event)).toEqual(['span_start', 'span_end']);
});

test("a reader's records are taken as they are, but for the run", async () => {
  const memory = new MemorySink();
  const trace = new RunTrace({ task: 't', dir: false, url: false, sinks: [memory] });
  const stage = trace.start('stage', { id: 's' });
  trace.append([
    { event: 'usage', run_id: 'other', ts: 1_700_000_000.123456, span_id: 's', call_id: 'c', model: 'm' },
  ]);
  stage.end();
  await trace.end();
  const call = memory.run().spans.find(({ spanId }) => spanId === 'call:c')!;
  expect(call).toMatchObject({ parentId: 's', model: 'm', endUs: 1_700_000_000_123_456 });
});
