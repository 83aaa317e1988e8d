import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ImportPathError } from './import.ts';
import { readRuns } from './read-runs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-read-runs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, records: readonly TraceRecord[]): Promise<void> {
  await writeFile(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
const call = (runId: string, id: string, at: number, more: Partial<TraceRecord> = {}): TraceRecord =>
  ({
    event: 'span',
    run_id: runId,
    span_id: id,
    kind: 'llm',
    ts: 1_700_000_000 + at,
    end_ts: 1_700_000_001 + at,
    call_key: 'message|request',
    usage: { input_tokens: 10 },
    ...more,
  }) as TraceRecord;

test('what lies in several files is one run, and a call that two runs bring counts in the first', async () => {
  await put('a.jsonl', [call('one', 'x', 0)]);
  await put('b.jsonl', [call('one', 'y', 5, { call_key: 'other' }), call('two', 'x', 9)]);
  const { runs, result } = await readRuns([folder]);
  expect(runs.map(({ runId, spans }) => [runId, spans.length])).toEqual([
    ['one', 2],
    ['two', 1],
  ]);
  expect(runs.map(({ spans }) => spans[0]!.duplicateOfRun)).toEqual([undefined, 'one']);
  expect(runs[0]!.source).toMatchObject({ format: 'telemetry', uri: join(folder, 'a.jsonl') });
  expect(result.files).toBe(2);
});

test('a replay never takes a call from the run that made it', async () => {
  await put('a.jsonl', [call('one', 'x', 0, { replay: true })]);
  await put('b.jsonl', [call('two', 'x', 9)]);
  const { runs } = await readRuns([folder]);
  expect(runs.map(({ spans }) => spans[0]!.duplicateOfRun)).toEqual(['two', undefined]);
});

test('runs without an end are over: files are not followed', async () => {
  await put('a.jsonl', [
    call('done', 'x', 0),
    { event: 'span_start', run_id: 'torn', span_id: 'y', ts: 1_700_000_000, name: 'y' },
  ]);
  const { runs } = await readRuns([folder]);
  expect(runs.map(({ runId, status, endUs }) => [runId, status, endUs])).toEqual([
    ['done', 'ok', 1_700_000_001_000_000],
    ['torn', 'interrupted', 1_700_000_000_000_000],
  ]);
});

test('a path that is not there is said', async () => {
  await expect(readRuns([join(folder, 'nothing')])).rejects.toThrow(ImportPathError);
});
