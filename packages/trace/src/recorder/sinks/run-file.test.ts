import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunTrace } from '../../index.ts';
import type { TraceRecord } from '../../model/record.ts';
import { measureFile, RunFile } from './run-file.ts';
import { openRunFolder } from './run-folder.ts';

let home: string;
let told: string[];
const tell = (sentence: string): void => void told.push(sentence);
/** Retries happen when the test writes or closes, not by the clock. */
const never = () => () => {};
const later = (_ms: number, fn: () => void): (() => void) => {
  retry = fn;
  return never();
};
let retry: (() => void) | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-file-'));
  told = [];
  retry = undefined;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const recordsOf = (path: string): TraceRecord[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as TraceRecord);

describe('trouble with the disk', () => {
  test('lines wait until the folder can be written, in order, told once', async () => {
    const blocked = join(home, 'blocked');
    writeFileSync(blocked, 'a file where a folder should be');
    const file = new RunFile(blocked, tell, later);
    file.write('{"n":1}\n');
    file.write('{"n":2}\n{"n":3}\n');
    expect(told).toEqual([expect.stringContaining('cannot be written')]);
    rmSync(blocked);
    retry!();
    file.write('{"n":4}\n');
    await file.close();
    expect(recordsOf(file.path)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(told).toHaveLength(1);
  });

  test('beyond its memory the oldest go; the run and the person are told how many', async () => {
    const blocked = join(home, 'blocked');
    writeFileSync(blocked, '');
    const file = new RunFile(blocked, tell, later);
    file.write('{"event":"run_start","run_id":"r"}\n');
    const long = 'x'.repeat(100_000);
    for (let n = 0; n < 200; n++) file.write(`{"n":${n},"long":"${long}"}\n`);
    rmSync(blocked);
    retry!();
    await file.close();
    const records = recordsOf(file.path);
    expect(records[0]).toMatchObject({ event: 'run_start' });
    expect(records.at(-2)).toMatchObject({ n: 199 });
    const dropped = 202 - records.length;
    expect(records.at(-1)).toMatchObject({ quality: [{ code: 'records-dropped', count: dropped }] });
    expect(told.at(-1)).toContain(`${dropped} records had to be dropped`);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk never reaches the program', async () => {
    // Every write to it fails with ENOSPC.
    const folder = join(home, 'full');
    mkdirSync(folder);
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/dev/full', join(folder, 'telemetry.jsonl'));
    const file = new RunFile(folder, tell, later);
    file.write('{"n":1}\n');
    expect(told).toEqual([expect.stringContaining('ENOSPC')]);
    rmSync(join(folder, 'telemetry.jsonl'));
    retry!();
    await file.close();
    expect(recordsOf(file.path)).toEqual([{ n: 1 }]);
  });

  test('a run in a folder that cannot be made works, and says so', async () => {
    const blocked = join(home, 'blocked');
    writeFileSync(blocked, '');
    const folder = openRunFolder(join(blocked, 'logs'), 'r', tell, later);
    folder.write('{"event":"run_start","run_id":"r"}\n');
    folder.writeArtifacts();
    await folder.close();
    expect(told[0]).toContain('cannot be written');
    expect(told.join()).toContain('run_summary.json');
  });
});

test('lines after the end are appended', async () => {
  const file = new RunFile(home, tell, later);
  file.write('{"n":1}\n');
  await file.close();
  file.write('{"n":2}\n');
  expect(recordsOf(file.path)).toHaveLength(2);
});

test('`latest` points to the newest run; a folder of that name is left alone', () => {
  openRunFolder(home, 'first', tell, later);
  openRunFolder(home, 'second', tell, later);
  expect(readlinkSync(join(home, 'latest'))).toBe('second');
  const other = join(home, 'other');
  mkdirSync(join(other, 'latest', 'kept'), { recursive: true });
  expect(openRunFolder(other, 'r', tell, later).runId).toBe('r');
  expect(existsSync(join(other, 'latest', 'kept'))).toBe(true);
});

test('a run id becomes the name of one folder, inside the root', () => {
  for (const id of ['../../etc', 'a/b', '..', '', 'latest', 'c:\\x', 'nul\u0000']) {
    const { path } = openRunFolder(home, id, tell, later);
    expect(join(path, '..')).toBe(home);
    expect(existsSync(path)).toBe(true);
  }
});

test('bytes and lines of an output', () => {
  const path = join(home, 'out.md');
  for (const [text, lines] of [
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['ä\n\nb', 3],
    [`${'x'.repeat(70_000)}\n`.repeat(3), 3],
  ] as const) {
    writeFileSync(path, text);
    expect(measureFile(path)).toEqual({ bytes: Buffer.byteLength(text), lines });
  }
});

test('a record larger than the buffer, and one that is not ASCII, come out whole', async () => {
  const trace = new RunTrace({ task: 'large', dir: home, url: false, artifacts: false });
  const text = 'größer \u{1f600} '.repeat(40_000);
  trace.start('span', { inputs: text }).end();
  await trace.end();
  expect(recordsOf(join(trace.path!, 'telemetry.jsonl'))[1]).toMatchObject({ inputs: text });
});
