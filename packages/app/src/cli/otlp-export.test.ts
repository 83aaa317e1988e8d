import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestTerminal } from '../../../../tests/terminal.ts';
import { run } from './main.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-otlp-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function typed(...argv: string[]): Promise<string> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(argv, terminal);
  expect([code, terminal.stderr]).toEqual([0, expect.any(String)]);
  return terminal.stdout;
}

test('runs of any format go out as OTLP into one file, and come in again as themselves', async () => {
  await typed('import', join(FIXTURES, 'telemetry/telemetry.jsonl'), join(FIXTURES, 'otlp/collector.binpb'));
  await typed('export', '--all', '--format', 'otlp', '-o', 'all.jsonl');
  await typed('import', 'all.jsonl', '--home', join(folder, 'second'));
  for (const id of ['20260410_143201_service-map', '7d3f0c2a9b184e6fa05d1c77e2b94a10']) {
    const one = await typed('export', id, '--format', 'telemetry');
    const other = await typed('export', id, '--format', 'telemetry', '--home', join(folder, 'second'));
    // Where a run was read from is each store's own.
    const records = (text: string): unknown[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => ({ ...(JSON.parse(line) as object), source: undefined }));
    expect(records(other)).toEqual(records(one));
  }
  expect((await readFile(join(folder, 'all.jsonl'), 'utf8')).split('\n')).toHaveLength(3);
});
