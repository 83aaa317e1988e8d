import { appendFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Format, Input } from '@tacho/trace/formats/format';
import { readLines } from '@tacho/trace/formats/lines';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Following, followFolders } from './follow.ts';
import type { RecordBatch, SourcePosition } from './record-sink.ts';

/** Names every line by how many it has seen: right only when it was given every line, once, in order. */
const counting: Format = {
  name: 'counting',
  title: 'Counting',
  follow: 'whole',
  detect: (head) => (/^(count|\{$)/m.test(head.text) ? 1 : 0),
  async *read(input: Input): AsyncGenerator<TraceRecord[]> {
    let seen = 0;
    let document = '';
    for await (const lines of readLines(input)) {
      const records: TraceRecord[] = [];
      for (const { text } of lines) {
        if (text.startsWith('count'))
          records.push({ event: 'span_start', run_id: 'r', span_id: `${++seen}` });
        else document += text;
      }
      if (records.length > 0) yield records;
    }
    if (document === '') return;
    const name = (JSON.parse(document) as { name: string }).name;
    yield [{ event: 'span_start', run_id: 'r', span_id: name }];
  },
};

vi.mock('./recognise.ts', () => ({
  recognise: (head: { text: string }) =>
    counting.detect({ ...head, complete: true }) > 0 ? counting : undefined,
}));

let root: string;
let stopping: AbortController;
let following: Following | undefined;
let batches: RecordBatch[];
let failing: boolean;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-whole-')));
  batches = [];
  failing = false;
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await following?.stopped;
  await rm(root, { recursive: true, force: true });
});

function begin(positions: Iterable<SourcePosition> = []): Promise<void> {
  following = followFolders([root], {
    positions,
    signal: stopping.signal,
    sink: {
      async accept(batch) {
        if (failing) throw new Error('disk full');
        batches.push(batch);
        return { accepted: 0, duplicates: 0, runs: [] };
      },
    },
  });
  return following.ready;
}

const spans = (): unknown[] => batches.flatMap((batch) => batch.records.map((record) => record.span_id));
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 20 });

test('a reader with state goes on with what is appended, without reading again', async () => {
  const file = join(root, 'a.jsonl');
  await writeFile(file, 'count\ncount\n');
  await begin();
  expect(spans()).toEqual(['1', '2']);
  await appendFile(file, 'count\ncou');
  await until(() => expect(spans()).toEqual(['1', '2', '3']));
  await appendFile(file, 'nt\n');
  await until(() => expect(spans()).toEqual(['1', '2', '3', '4']));
});

test('after a restart a changed file is read from its start, an unchanged one is not', async () => {
  const file = join(root, 'a.jsonl');
  await writeFile(file, 'count\n');
  await begin();
  const position = batches.at(-1)!.position!;
  stopping.abort();
  await following?.stopped;
  stopping = new AbortController();
  batches = [];
  await begin([position]);
  expect(batches).toEqual([]);
  await appendFile(file, 'count\n');
  await until(() => expect(spans()).toEqual(['1', '2']));
});

test('after a failure of the sink everything is given again', async () => {
  const file = join(root, 'a.jsonl');
  await writeFile(file, 'count\n');
  await begin();
  failing = true;
  await appendFile(file, 'count\n');
  await new Promise((wake) => setTimeout(wake, 400));
  failing = false;
  await until(() => expect(spans()).toEqual(['1', '1', '2']));
});

test('a document is read whole when nobody has written for a while, and again when it is replaced', async () => {
  const file = join(root, 'a.json');
  await writeFile(file, '{\n  "name": "fi');
  await begin();
  await appendFile(file, 'rst"\n}');
  await until(() => expect(spans()).toEqual(['first']));
  await writeFile(file, '{\n  "name": "second"\n}');
  await until(() => expect(spans()).toEqual(['first', 'second']));
});
