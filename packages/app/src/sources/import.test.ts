import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ImportPathError, type ImportProgress, importPaths } from './import.ts';
import { readRuns } from './read-runs.ts';
import type { RecordBatch, RecordSink } from './record-sink.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-import-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

class Collector implements RecordSink {
  readonly batches: RecordBatch[] = [];
  readonly #seen = new Set<string>();
  inFlight = 0;
  mostInFlight = 0;
  delayMs = 0;

  async accept(batch: RecordBatch): Promise<{ accepted: number; duplicates: number; runs: string[] }> {
    this.inFlight += batch.records.length;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    this.batches.push(batch);
    await new Promise((wake) => setTimeout(wake, this.delayMs));
    this.inFlight -= batch.records.length;
    const lines = batch.records.map((record) => JSON.stringify(record));
    const fresh = lines.filter((line) => !this.#seen.has(line));
    for (const line of lines) this.#seen.add(line);
    return {
      accepted: fresh.length,
      duplicates: lines.length - fresh.length,
      runs: [...new Set(batch.records.map((record) => record.run_id!))],
    };
  }

  get records(): TraceRecord[] {
    return this.batches.flatMap((batch) => [...batch.records]);
  }
}

async function put(path: string, content: string | Uint8Array): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

const line = (id: string, more: object = {}): string =>
  `${JSON.stringify({ event: 'span_start', span_id: id, ts: 1_712_534_400.1, ...more })}\n`;

test('what Tacho leaves beside a run is left alone with a reason, and a sink without stages is one', async () => {
  await put(
    'run/instrumentation.json',
    JSON.stringify({ schema_version: 'instrumentation_run_v1', run_id: 'r', stages: [], totals: {} }),
  );
  await put('run/instrumentation.md', '# Instrumentation of r');
  await put('run/instrumentation_calls.jsonl', '{"model":"m","prompt_tokens":1,"completion_tokens":2}\n');
  await put('run/other.jsonl', '{"model":"m","prompt_tokens":1,"completion_tokens":2}\n');
  const { refused, skipped, recognised } = await importPaths([root], { sink: new Collector() });
  expect(refused.map(({ file }) => file)).toEqual([join(root, 'run/other.jsonl')]);
  expect(skipped).toEqual([
    { file: join(root, 'run/instrumentation.md'), reason: 'made from the instrumentation.json beside it' },
  ]);
  expect(recognised).toEqual({ instrumentation: 1, 'instrumentation-calls': 1 });
});

test('a report without any time is as old as its file: it is no older than all others', async () => {
  const stage = { id: 'a', status: 'done', wall_seconds: 2, llm_totals: {} };
  const totals = { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost: 0 };
  const report = {
    schema_version: 'instrumentation_run_v1',
    wall_seconds: 5,
    stages: [stage, stage],
    totals,
  };
  const manifest = { harness: {}, execution: { agent: 'x' }, tool_profile: {}, result: { success: true } };
  const times = {
    untimed: report,
    ended: { ...report, ended_at: '2026-03-01T00:00:09.123456Z' },
    stages: { ...report, stages: [stage, { ...stage, started_at: '2026-02-01T00:00:00.000001Z' }] },
  };
  for (const [run, content] of Object.entries(times)) {
    const file = await put(`${run}/instrumentation.json`, JSON.stringify({ run_id: run, ...content }));
    await utimes(file, 1_772_000_000, 1_772_000_000);
  }
  const file = await put('m/run_manifest.json', JSON.stringify({ run_id: 'm', ...manifest }));
  await utimes(file, 1_772_000_000, 1_772_000_000);
  const { runs } = await readRuns([root]);
  const byId = new Map(runs.map((run) => [run.runId, run]));
  const fileUs = 1_772_000_000e6;
  const untimed = byId.get('untimed')!;
  expect(untimed).toMatchObject({ startUs: fileUs - 5e6, attributes: { time_estimated: true } });
  expect(untimed.spans.map(({ startUs, endUs }) => [startUs - fileUs, endUs! - fileUs])).toEqual([
    [-5e6, -3e6],
    [-3e6, -1e6],
  ]);
  expect(untimed.spans[0]!.attributes).toMatchObject({ time_estimated: true });
  expect(byId.get('ended')!.startUs).toBe(Date.parse('2026-03-01T00:00:04.123Z') * 1000 + 456);
  expect(byId.get('stages')!.startUs).toBe(Date.parse('2026-02-01T00:00:00Z') * 1000 + 1);
  expect(byId.get('m')!.startUs).toBe(fileUs);
});

test('a folder is read: runs are named by their folders, what nobody knows is listed with what was found', async () => {
  await put('eigenda-1/telemetry.jsonl', line('a') + line('b'));
  await put('eigenda-1/trace.json', '{"traceEvents": []}');
  await put('notes.md', '# hello');
  await put('picture.png', new Uint8Array([137, 80, 78, 71, 0, 0]));
  await put('empty.jsonl', '');
  const sink = new Collector();
  const result = await importPaths([root], { sink });
  expect(result).toMatchObject({ runs: ['eigenda-1'], files: 1, records: 2, duplicates: 0 });
  expect(
    result.refused.map(({ file, line: at, reason }) => [file.slice(root.length + 1), at, reason]),
  ).toEqual([
    [
      'notes.md',
      1,
      expect.stringMatching(/^not recognised: text that begins "# hello"; expected one of .*telemetry/),
    ],
    ['picture.png', 1, 'it is not text'],
  ]);
  expect(result.skipped.map(({ file }) => file.slice(root.length + 1))).toEqual([
    'eigenda-1/trace.json',
    'empty.jsonl',
  ]);
  expect(sink.batches.at(-1)).toMatchObject({ ended: true, source: { format: 'telemetry' } });
});

test('broken lines are refused with their place, everything around them is taken', async () => {
  const file = await put(
    'r/telemetry.jsonl',
    `${line('a')}{"event":"nonsense"}\n${line('b')}{"event":"span_st`,
  );
  const sink = new Collector();
  const result = await importPaths([file], { sink });
  // The run itself is told that it is not whole, with the number and the first place.
  const [, , note] = sink.records;
  expect(note).toMatchObject({
    event: 'run_update',
    run_id: 'r',
    quality: [{ code: 'refused-line', count: 2, example: expect.stringMatching(/^telemetry\.jsonl:2: /) }],
  });
  expect(result.refused.map((each) => [each.file, each.line])).toEqual([
    [file, 2],
    [file, 4],
  ]);
});

test('gzip is known by its bytes, and one that is cut off gives what it has', async () => {
  const text = Array.from({ length: 4000 }, (_, i) => line(`span-${i}`, { name: `${Math.sin(i)}` })).join('');
  const zipped = gzipSync(text);
  await put('whole/telemetry.jsonl', zipped);
  const whole = await importPaths([join(root, 'whole')], { sink: new Collector() });
  expect(whole).toMatchObject({ records: 4000, refused: [] });
  const torn = await put('torn/telemetry.jsonl.gz', zipped.subarray(0, zipped.length / 2));
  const half = await importPaths([torn], { sink: new Collector() });
  expect(half.records).toBeGreaterThan(500);
  expect(half.records).toBeLessThan(4000);
  expect(half.refused.at(-1)!.reason).toMatch(/the gzip data is broken or cut off/);
});

test('standard input is a source like any other', async () => {
  async function* stdin(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(line('a', { run_id: 'piped' }).slice(0, 10));
    yield Buffer.from(line('a', { run_id: 'piped' }).slice(10));
  }
  expect(await importPaths(['-'], { sink: new Collector(), stdin: stdin() })).toMatchObject({
    runs: ['piped'],
    files: 1,
    records: 1,
  });
});

test('the same file named twice, or inside a folder that was named, is read once', async () => {
  const file = await put('r/telemetry.jsonl', line('a'));
  expect(await importPaths([file, root, file], { sink: new Collector() })).toMatchObject({
    files: 1,
    records: 1,
    duplicates: 0,
  });
});

test('a path that is not there is said before anything is read', async () => {
  await put('r/telemetry.jsonl', line('a'));
  const sink = new Collector();
  await expect(importPaths([root, join(root, 'missing')], { sink })).rejects.toThrow(ImportPathError);
  expect(sink.batches).toEqual([]);
});

test('what was read before and has not changed is left alone; what has changed is read', async () => {
  const same = await put('same/telemetry.jsonl', line('a'));
  const grown = await put('grown/telemetry.jsonl', line('a'));
  const first = new Collector();
  await importPaths([root], { sink: first });
  const positions = new Map(
    first.batches.flatMap(({ position }) => (position ? [[position.uri, position] as const] : [])),
  );
  expect([...positions.keys()].sort()).toEqual([grown, same]);
  expect(positions.get(same)).toMatchObject({
    offset: line('a').length,
    runIds: ['same'],
    format: 'telemetry',
  });
  await writeFile(grown, line('a') + line('b'));
  const second = await importPaths([root], { sink: new Collector(), positions });
  expect(second).toMatchObject({ unchanged: 1, files: 2, records: 2, runs: ['same', 'grown'] });
});

test('a slow sink holds reading back, and progress counts to the end', async () => {
  const text = Array.from({ length: 60_000 }, (_, i) => line(`s${i}`)).join('');
  await put('big/telemetry.jsonl', text);
  const sink = new Collector();
  sink.delayMs = 5;
  const seen: ImportProgress[] = [];
  const result = await importPaths([root], { sink, onProgress: (progress) => seen.push({ ...progress }) });
  expect(result.records).toBe(60_000);
  expect(sink.mostInFlight).toBeLessThan(30_000);
  expect(seen.at(-1)).toMatchObject({ phase: 'reading', files: 1, filesTotal: 1, bytes: text.length });
});

test('what the sink fails with is thrown', async () => {
  await put('r/telemetry.jsonl', line('a'));
  const sink: RecordSink = { accept: () => Promise.reject(new Error('disk full')) };
  await expect(importPaths([root], { sink })).rejects.toThrow('disk full');
});
