import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { type ImportResult, importPaths } from './import.ts';
import type { RecordBatch } from './record-sink.ts';
import { type LeftOut, unpackZip } from './unpack-zip.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-zip-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const line = (id: string): string =>
  `${JSON.stringify({ event: 'span_start', span_id: id, ts: 1_712_534_400.1 })}\n`;

async function zipOf(files: Record<string, string>, name = 'logs.zip', mode = 0o100644): Promise<string> {
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(files))
    zip.addBuffer(Buffer.from(text), path, { mode, mtime: new Date('2026-01-02T03:04:06Z') });
  zip.end();
  const file = join(root, name);
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

type Imported = ImportResult & { batches: RecordBatch[]; all: TraceRecord[] };

async function imported(paths: string[], stdin?: AsyncIterable<Uint8Array>): Promise<Imported> {
  const batches: RecordBatch[] = [];
  const sink = {
    async accept(batch: RecordBatch) {
      batches.push(batch);
      return {
        accepted: batch.records.length,
        duplicates: 0,
        runs: [...new Set(batch.records.map((record) => record.run_id!))],
      };
    },
  };
  const result = await importPaths(paths, { sink, ...(stdin && { stdin }) });
  return { ...result, batches, all: batches.flatMap(({ records }) => records) };
}

/** Replaces a name in the archive's bytes: writers of archives refuse to write such names. */
async function rename(file: string, from: string, to: string): Promise<void> {
  const bytes = await readFile(file, 'latin1');
  await writeFile(file, bytes.replaceAll(from, to), 'latin1');
}

test('an archive is read as the folder it holds, and its files are known by their place in it', async () => {
  const file = await zipOf({ 'a/run-7/telemetry.jsonl': line('x') + line('y'), 'notes.md': 'hello' });
  const { all, runs, batches, refused, files } = await imported([file]);
  expect(all.map((record) => record.span_id)).toEqual(['x', 'y']);
  expect(runs).toEqual(['run-7']);
  expect(files).toBe(1);
  expect(refused).toMatchObject([{ file: `${file}/notes.md`, line: 1 }]);
  const position = batches.at(-1)!.position!;
  expect(position).toMatchObject({ uri: `${file}/a/run-7/telemetry.jsonl`, modifiedMs: 1767323046000 });
});

test('an archive in a folder and one on standard input', async () => {
  const file = await zipOf({ 'run-1/telemetry.jsonl': line('x') });
  expect((await imported([root])).runs).toEqual(['run-1']);
  const piped = await imported(['-'], Readable.from([await readFile(file)]));
  expect(piped.runs).toEqual(['run-1']);
  expect(piped.batches[0]!.source.uri).toBe('stdin/run-1/telemetry.jsonl');
});

test('what was unpacked is gone afterwards', async () => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('tacho-archives-'));
  await imported([await zipOf({ 'run-1/telemetry.jsonl': line('x') })]);
  const after = (await readdir(tmpdir())).filter((name) => name.startsWith('tacho-archives-'));
  expect(after.filter((name) => !before.includes(name))).toEqual([]);
});

async function unpacked(file: string, limits?: { bytes: number; files: number }): Promise<LeftOut[]> {
  const skipped: LeftOut[] = [];
  await unpackZip(file, join(root, 'out'), (one) => skipped.push(one), limits);
  return skipped;
}

test('nothing leaves the folder: names that lead out and links are left out, the rest is there', async () => {
  const file = await zipOf({ 'xx/evil.jsonl': line('a'), 'good.jsonl': line('b') });
  await rename(file, 'xx/evil.jsonl', '../evil.jsonl');
  expect(await unpacked(file)).toEqual([
    { path: '../evil.jsonl', reason: 'its name leads out of the archive' },
  ]);
  expect(await readdir(root)).toEqual(expect.not.arrayContaining(['evil.jsonl']));
  expect(await readdir(join(root, 'out'))).toEqual(['good.jsonl']);
  const links = await zipOf({ link: '/etc/passwd' }, 'links.zip', 0o120777);
  expect(await unpacked(links)).toEqual([{ path: 'link', reason: 'a link in an archive' }]);
});

test('an archive that is too large when unpacked stops at its limits', async () => {
  const file = await zipOf({ a: 'x'.repeat(1000), b: 'x'.repeat(1000), c: 'x' });
  expect(await unpacked(file, { bytes: 1500, files: 10 })).toEqual([
    { path: 'b', reason: 'the archive is too large when unpacked: unpack it and import the folder' },
    { path: 'c', reason: 'the archive is too large when unpacked: unpack it and import the folder' },
  ]);
  await rm(join(root, 'out'), { recursive: true });
  expect(await unpacked(file, { bytes: 1e6, files: 1 })).toHaveLength(2);
});

test('a damaged file in an archive costs itself; an archive without its end is refused with the reason', async () => {
  const file = await zipOf({ 'a.jsonl': line('a').repeat(50), 'run-1/telemetry.jsonl': line('b') });
  const bytes = await readFile(file);
  bytes[60]! ^= 0xff;
  await writeFile(file, bytes);
  const damaged = await imported([file]);
  expect(damaged.all.map((record) => record.span_id)).toContain('b');
  expect(damaged.refused).toMatchObject([
    { file: `${file}/a.jsonl`, reason: expect.stringMatching(/^damaged in the archive: .{5}/) },
  ]);
  await writeFile(file, bytes.subarray(0, bytes.length - 30));
  expect((await imported([file])).refused).toMatchObject([
    { file, reason: expect.stringMatching(/^the zip archive cannot be opened: .{10}/) },
  ]);
});
