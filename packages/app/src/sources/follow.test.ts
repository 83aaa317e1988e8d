import {
  appendFile,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Following, followFolders } from './follow.ts';
import type { RecordBatch, RecordSink, SourcePosition } from './record-sink.ts';

let root: string;
let stopping: AbortController;
let following: Following | undefined;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-follow-')));
  stopping = new AbortController();
  following = undefined;
});
afterEach(async () => {
  stopping.abort();
  await following?.stopped;
  await rm(root, { recursive: true, force: true });
});

/** What a sink was given, as `run/span`, and how far the store would know it. */
class Collector implements RecordSink {
  readonly spans: string[] = [];
  readonly batches: RecordBatch[] = [];
  readonly positions = new Map<string, SourcePosition>();
  failures = 0;

  async accept(batch: RecordBatch): Promise<{ accepted: number; duplicates: number; runs: string[] }> {
    if (this.failures > 0) {
      this.failures--;
      throw new Error('disk full');
    }
    this.batches.push(batch);
    for (const record of batch.records) this.spans.push(`${record.run_id}/${record.span_id ?? record.event}`);
    if (batch.position) this.positions.set(batch.position.uri, batch.position);
    return { accepted: batch.records.length, duplicates: 0, runs: [] };
  }
}

function begin(sink: Collector, folders = [root], positions: Iterable<SourcePosition> = []): Following {
  const errors: string[] = [];
  following = followFolders(folders, {
    sink,
    positions,
    signal: stopping.signal,
    onError: (error, path) => errors.push(`${path}: ${error}`),
  });
  return following;
}

async function end(): Promise<void> {
  stopping.abort();
  await following?.stopped;
  stopping = new AbortController();
}

async function put(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const line = (id: string): string => `{"event":"span_start","span_id":"${id}","ts":1712534400.1}\n`;
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 20 });

test('what is there is read, what is appended follows, and half a line waits for its other half', async () => {
  const file = await put('run-1/telemetry.jsonl', line('a') + line('b').slice(0, 20));
  const sink = new Collector();
  await begin(sink).ready;
  expect(sink.spans).toEqual(['run-1/a']);
  expect(sink.positions.get(file)).toMatchObject({ offset: line('a').length, runIds: ['run-1'] });
  await appendFile(file, line('b').slice(20) + line('c'));
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-1/b', 'run-1/c']));
  expect(sink.positions.get(file)?.offset).toBe(line('a').length * 3);
});

test('a last object without a line end is a whole line, and its line end comes later', async () => {
  const file = await put('run-1/telemetry.jsonl', line('a').trimEnd());
  const sink = new Collector();
  await begin(sink).ready;
  expect(sink.spans).toEqual(['run-1/a']);
  await appendFile(file, `\n${line('b')}`);
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-1/b']));
});

test('a folder that does not exist yet is waited for, however deep, and found again when it was taken away', async () => {
  const folder = join(root, 'not/yet/logs');
  const sink = new Collector();
  await begin(sink, [folder]).ready;
  await put('not/other.txt', 'x');
  await put('not/yet/logs/run-1/telemetry.jsonl', line('a'));
  await until(() => expect(sink.spans).toEqual(['run-1/a']));
  await rm(join(root, 'not'), { recursive: true });
  await put('not/yet/logs/run-2/telemetry.jsonl', line('b'));
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-2/b']));
});

test('truncation begins the file anew, also when it grows past where it was', async () => {
  const file = await put('run-1/telemetry.jsonl', line('a') + line('b'));
  const sink = new Collector();
  await begin(sink).ready;
  await truncate(file, 0);
  await appendFile(file, line('c'));
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-1/b', 'run-1/c']));
  await writeFile(file, line('d') + line('e') + line('f') + line('g'));
  await until(() => expect(sink.spans.slice(3)).toEqual(['run-1/d', 'run-1/e', 'run-1/f', 'run-1/g']));
});

test('rotation loses nothing: what was written to the old file last is read, under any name', async () => {
  const file = await put('run-1/telemetry.jsonl', line('a'));
  const sink = new Collector();
  await begin(sink).ready;
  await appendFile(file, line('b'));
  await rename(file, `${file}.1`);
  await appendFile(`${file}.1`, line('c'));
  await writeFile(file, line('d'));
  await until(() => expect([...sink.spans].sort()).toEqual(['a', 'b', 'c', 'd'].map((id) => `run-1/${id}`)));
  await appendFile(`${file}.1`, line('e'));
  await appendFile(file, line('f'));
  await until(() =>
    expect([...sink.spans].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => `run-1/${id}`)),
  );
});

test('what was written just before a file was moved out of the folder is still read', async () => {
  const file = await put('logs/run-1/telemetry.jsonl', line('a'));
  const sink = new Collector();
  await begin(sink, [join(root, 'logs')]).ready;
  await appendFile(file, line('b'));
  await rename(file, join(root, 'gone.jsonl'));
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-1/b']));
});

test('a restart goes on where it was left: neither lost nor repeated, renamed files included', async () => {
  const one = await put('run-1/telemetry.jsonl', line('a') + line('b').slice(0, 9));
  const two = await put('run-2/telemetry.jsonl', line('x'));
  const before = new Collector();
  await begin(before).ready;
  await end();
  await appendFile(one, line('b').slice(9));
  await rename(two, `${two}.1`);
  await appendFile(`${two}.1`, line('y'));
  const after = new Collector();
  await begin(after, [root], before.positions.values()).ready;
  expect([...after.spans].sort()).toEqual(['run-1/b', 'run-2/y']);
});

test('an unchanged file is not even opened again', async () => {
  await put('run-1/telemetry.jsonl', line('a'));
  const before = new Collector();
  await begin(before).ready;
  await end();
  const after = new Collector();
  await begin(after, [root], before.positions.values()).ready;
  expect(after.batches).toEqual([]);
});

test('a sink that fails gets the same records again', async () => {
  const sink = new Collector();
  const file = await put('run-1/telemetry.jsonl', line('a'));
  await begin(sink).ready;
  sink.failures = 2;
  await appendFile(file, line('b'));
  await until(() => expect(sink.spans).toEqual(['run-1/a', 'run-1/b']));
});

test('refused lines carry their line and offset in the file, after a restart too', async () => {
  const file = await put('run-1/telemetry.jsonl', line('a') + line('b'));
  const before = new Collector();
  await begin(before).ready;
  await end();
  await appendFile(file, `${line('c')}{"event":"nonsense"}\n`);
  const after = new Collector();
  await begin(after, [root], before.positions.values()).ready;
  expect(after.batches.flatMap((batch) => batch.refused ?? [])).toMatchObject([
    { line: 4, offset: 3 * line('a').length },
  ]);
});

test('links are not followed, artifacts and files of other kinds not read', async () => {
  await put('run-1/telemetry.jsonl', line('a'));
  await put('run-1/trace.json', line('nonsense'));
  await put('run-1/notes.txt', 'hello');
  await symlink('run-1', join(root, 'latest'));
  const sink = new Collector();
  await begin(sink).ready;
  expect(sink.spans).toEqual(['run-1/a']);
});

test('a file that is empty at first, or begins with half a line, is recognised when there is more', async () => {
  const file = await put('run-1/telemetry.jsonl', '');
  const other = await put('run-2/events.ndjson', '{"ev');
  const sink = new Collector();
  await begin(sink).ready;
  await appendFile(file, line('a'));
  await appendFile(other, line('b').slice(4));
  await until(() => expect([...sink.spans].sort()).toEqual(['events/b', 'run-1/a']));
});

test('many files that grow at once arrive whole and in order', async () => {
  const sink = new Collector();
  const files = await Promise.all(
    Array.from({ length: 300 }, (_, i) => put(`r${i}/telemetry.jsonl`, line('0'))),
  );
  await begin(sink).ready;
  for (let n = 1; n <= 5; n++) await Promise.all(files.map((file) => appendFile(file, line(String(n)))));
  await until(() => expect(sink.spans.length).toBeGreaterThanOrEqual(1800));
  for (let i = 0; i < 300; i++) {
    expect(sink.spans.filter((span) => span.startsWith(`r${i}/`))).toEqual(
      Array.from({ length: 6 }, (_, n) => `r${i}/${n}`),
    );
  }
});

test('a writer that tears every line, truncates and rotates at random never loses or doubles a whole line', async () => {
  const sink = new Collector();
  await begin(sink).ready;
  let file = await put('run-1/telemetry.jsonl', line('0'));
  let rotations = 0;
  const expected = ['run-1/0'];
  for (let n = 1; n < 200; n++) {
    const text = line(String(n));
    const cut = (n * 7) % text.length;
    await appendFile(file, text.slice(0, cut));
    if (n % 3 === 0) await new Promise((wake) => setTimeout(wake, 1));
    await appendFile(file, text.slice(cut));
    expected.push(`run-1/${n}`);
    if (n % 40 !== 0) continue;
    await rename(file, `${file}.${++rotations}`);
    file = await put('run-1/telemetry.jsonl', '');
  }
  await until(() => expect(new Set(sink.spans).size).toBe(expected.length));
  expect([...sink.spans].sort()).toEqual(expected.sort());
});
