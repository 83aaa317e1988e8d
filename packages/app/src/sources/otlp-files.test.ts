import { appendFile, copyFile, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followFolders } from './follow.ts';
import { importPaths } from './import.ts';
import type { RecordBatch, RecordSink } from './record-sink.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/otlp');
let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-otlp-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

class Collector implements RecordSink {
  readonly spans = new Set<string>();
  readonly refused: string[] = [];

  async accept(batch: RecordBatch): Promise<{ accepted: number; duplicates: number; runs: string[] }> {
    for (const record of batch.records)
      if (record.event === 'span')
        this.spans.add(
          `${record.run_id?.slice(0, 4)}/${record.span_id.slice(0, 1)}${record.span_id.slice(-1)}`,
        );
    for (const { reason } of batch.refused ?? []) this.refused.push(reason);
    return { accepted: batch.records.length, duplicates: 0, runs: [] };
  }
}

const COLLECTED = ['7d3f/a1', '7d3f/a2', '7d3f/a3', '7d3f/a4', '7d3f/a5'];
const PRINTED = ['00f1/b1', '00f1/b2', '7d3f/a1', '7d3f/a2'];

test.each([
  ['collector.jsonl', COLLECTED],
  ['collector.binpb', COLLECTED],
  ['printed.json', PRINTED],
  ['printed.pb', PRINTED],
])('%s is imported, under any name and zipped as well', async (name, spans) => {
  const bytes = await readFile(join(FIXTURES, name));
  await writeFile(join(root, 'download'), bytes);
  await writeFile(join(root, 'zipped.gz'), gzipSync(bytes));
  for (const file of [join(FIXTURES, name), join(root, 'download'), join(root, 'zipped.gz')]) {
    const sink = new Collector();
    const { refused, files } = await importPaths([file], { sink });
    expect([refused, files]).toEqual([[], 1]);
    expect([...sink.spans].sort()).toEqual(spans);
  }
});

test('bytes that are neither text nor OTLP are still no text, whatever format is named', async () => {
  await writeFile(join(root, 'picture.pb'), new Uint8Array([0, 0, 0, 9, 137, 80, 78, 71, 0, 0]));
  const { refused } = await importPaths([root], { sink: new Collector() });
  expect(refused.map(({ reason }) => reason)).toEqual(['it is not text']);
});

test('in a watched folder lines follow, documents and bytes are read when they are whole', async () => {
  const sink = new Collector();
  const stopping = new AbortController();
  const following = followFolders([root], {
    sink,
    positions: [],
    signal: stopping.signal,
    onError: (error) => expect.unreachable(String(error)),
  });
  const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 20 });
  await following.ready;
  const lines = (await readFile(join(FIXTURES, 'collector.jsonl'), 'utf8')).split('\n');
  const file = join(root, 'traces.jsonl');
  await writeFile(file, `${lines[0]}\n${lines[1]!.slice(0, 300)}`);
  await until(() => expect([...sink.spans].sort()).toEqual(['7d3f/a2', '7d3f/a3']));
  await appendFile(file, `${lines[1]!.slice(300)}\n${lines[2]}\n`);
  await until(() => expect([...sink.spans].sort()).toEqual(['7d3f/a2', '7d3f/a3', '7d3f/a4', '7d3f/a5']));
  const printed = await readFile(join(FIXTURES, 'printed.json'), 'utf8');
  const half = printed.indexOf('\n', printed.length / 2) + 1;
  await writeFile(join(root, 'printed.json'), printed.slice(0, half));
  await new Promise((wake) => setTimeout(wake, 300));
  await appendFile(join(root, 'printed.json'), printed.slice(half));
  await until(() => expect([...sink.spans]).toEqual(expect.arrayContaining(PRINTED)));
  await copyFile(join(FIXTURES, 'collector.binpb'), join(root, 'collector.binpb'));
  await until(() => expect([...sink.spans]).toContain('7d3f/a1'));
  expect(sink.refused).toEqual([]);
  stopping.abort();
  await following.stopped;
});
