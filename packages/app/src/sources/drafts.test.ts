import { mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftOf } from './drafts.ts';
import { followFolders } from './follow.ts';
import { importPaths } from './import.ts';
import type { RecordBatch, RecordSink } from './record-sink.ts';

/** Names of files that go away between being seen and being opened. */
const VANISHING = vi.hoisted(() => /vanishing/);
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    async open(...[path, ...rest]: Parameters<typeof real.open>) {
      if (VANISHING.test(String(path)) && rest[0] === 'r') await real.rm(path, { force: true });
      return real.open(path, ...rest);
    },
  };
});

const REPORT = JSON.stringify({
  schema_version: 'instrumentation_run_v1',
  run_id: 'r',
  stages: [],
  totals: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost: 0 },
});

let root: string;
let batches: RecordBatch[];
const sink: RecordSink = {
  async accept(batch) {
    batches.push(batch);
    return { accepted: batch.records.length, duplicates: 0, runs: ['r'] };
  },
};

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-drafts-')));
  batches = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function followed(work: () => Promise<void>): Promise<string[]> {
  const stopping = new AbortController();
  const errors: string[] = [];
  const following = followFolders([root], {
    sink,
    signal: stopping.signal,
    onError: (error, path) => errors.push(`${path}: ${String(error)}`),
  });
  await following.ready;
  await work();
  stopping.abort();
  await following.stopped;
  return errors;
}

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

test('what is being written is nobody’s to read: neither an import nor who follows the folder looks at it', async () => {
  const report = join(root, 'instrumentation.json');
  await writeFile(`${report}.77.tmp`, REPORT);
  await writeFile(`${report}.78.part`, REPORT);
  const { files, refused, skipped } = await importPaths([root], { sink });
  expect({ files, refused }).toEqual({ files: 0, refused: [] });
  expect(skipped.map(({ reason }) => reason)).toEqual([
    'a file that is being written: it gets its name when it is whole',
    'a file that is being written: it gets its name when it is whole',
  ]);
  const errors = await followed(async () => {
    await writeFile(draftOf(report), REPORT);
    await pause(300);
    await rename(draftOf(report), report);
    await vi.waitFor(() => expect(batches.length).toBeGreaterThan(0), { timeout: 5_000 });
  });
  expect(errors).toEqual([]);
  expect([...new Set(batches.map(({ source }) => source.uri))]).toEqual([report]);
});

test('a file that goes away between being listed and being read is no error', async () => {
  await writeFile(join(root, 'vanishing.json'), REPORT);
  const { refused, skipped } = await importPaths([root], { sink });
  expect(refused).toEqual([]);
  expect(skipped).toMatchObject([{ reason: 'it went away before it could be read' }]);
  const errors = await followed(async () => {
    await writeFile(join(root, 'vanishing.json'), REPORT);
    await pause(600);
  });
  expect(errors).toEqual([]);
});
