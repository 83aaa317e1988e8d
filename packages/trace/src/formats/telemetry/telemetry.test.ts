import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRecord, anyTs } from '../../../../../tests/any-record.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Input, Refusal } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

async function recordsOf(text: string, options: Partial<Input> = {}) {
  const refusals: Refusal[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  const records: TraceRecord[] = [];
  const input = { chunks: chunks(), refuse: (refusal: Refusal) => refusals.push(refusal), ...options };
  for await (const batch of read(input)) records.push(...batch);
  return { records, refusals };
}

const seed = [
  '{ "event": "span_start", "span_id": "lib-encoding", "parent": "phase-depth2", "component": "encoding", "kind": "library-analysis", "ts": 1712534400.123 }',
  '{ "event": "span_end", "span_id": "lib-encoding", "status": "ok", "duration_ms": 14820, "tokens": 42100, "tool_uses": 31, "ts": 1712534415.001 }',
  '{ "event": "phase", "name": "library-depth-0-complete", "libraries": 9, "wall_ms": 68400, "ts": 1712534400.999 }',
].join('\n');

test('the lines of the second seed are read as they stand', async () => {
  const { records, refusals } = await recordsOf(seed, { runId: 'eigenda' });
  expect(refusals).toEqual([]);
  expect(records).toEqual(seed.split('\n').map((line) => ({ ...JSON.parse(line), run_id: 'eigenda' })));
  expect(detect({ text: seed, complete: true })).toBeGreaterThan(0.8);
});

test('a record belongs to its own run, else to the last run_start, else to the source’s run, else to the file', async () => {
  const text = [
    '{"event":"span_start","span_id":"a","ts":1712534400}',
    '{"event":"run_start","run_id":"one","ts":1712534400}',
    '{"event":"span_start","span_id":"b","ts":1712534400}',
    '{"event":"span_start","span_id":"c","run_id":"two","ts":1712534400}',
    '{"event":"span_start","span_id":"d","ts":1712534400}',
  ].join('\n');
  const runs = async (options: Partial<Input>) =>
    (await recordsOf(text, options)).records.map((record) => record.run_id);
  expect(await runs({ name: 'telemetry.jsonl', runId: 'folder' })).toEqual([
    'folder',
    'one',
    'one',
    'two',
    'one',
  ]);
  expect(await runs({ name: 'eigenda.jsonl.gz' })).toEqual(['eigenda', 'one', 'one', 'two', 'one']);
  const [nameless] = await runs({});
  expect(nameless).toMatch(/^run-[0-9a-f]{14}$/);
  expect(await runs({})).toEqual(await runs({}));
});

test('what is no record is refused with its line and a sentence, and the rest is read', async () => {
  const { records, refusals } = await recordsOf(
    ['{"event":"span_open"}', seed.split('\n')[0], '[1]', '{"a":', '{"event":"span_end","ts":1}'].join('\n'),
    { runId: 'r' },
  );
  expect(records).toHaveLength(1);
  expect(refusals.map((refusal) => [refusal.line, refusal.reason])).toEqual([
    [1, expect.stringMatching(/^unknown event "span_open"; expected one of run_start/)],
    [3, 'expected a JSON object with a field "event"'],
    [4, 'the value is cut off: the text ends before it does'],
    [5, 'a span_end record needs the field "span_id"'],
  ]);
});

test('a run that starts without a time starts with its first span', async () => {
  const { records } = await recordsOf(
    '{"event":"run_start","run_id":"r"}\n{"event":"span_start","span_id":"a","ts":1712534400}',
  );
  expect(foldRun(records).startUs).toBe(1712534400e6);
});

test('a stream of other words is not ours, however it is called; an empty one is by its name', () => {
  const other = '{"type":"user","uuid":"x"}\n{"event":"click","ts":1712534400}\n';
  expect(detect({ name: 'events.jsonl', text: other, complete: true })).toBe(0);
  expect(detect({ name: 'telemetry.jsonl', text: '', complete: true })).toBeGreaterThan(0);
  expect(detect({ name: 'x', text: '', complete: true })).toBe(0);
  expect(
    detect({ name: 'x', text: `{"event":"run_start","task":"${'y'.repeat(70_000)}`, complete: false }),
  ).toBeGreaterThan(0.5);
  expect(detect({ name: 'x', text: `{"a":\n${seed}`, complete: true })).toBeGreaterThan(0.8);
});

/** Notes are compared as a set: their order follows what was seen first. A whole span's end is heard of, a computed one is not. */
function comparable(run: Run): unknown {
  const lastUs = Math.max(run.lastUs, ...run.spans.map((span) => span.endUs ?? 0));
  return { ...run, lastUs, notes: [...run.notes].sort((a, b) => (a.code < b.code ? -1 : 1)) };
}

test('any run, written as a stream, reads and folds back to the same run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 25 }), anyTs, async (records, first) => {
      const run = foldRun([{ event: 'run_start', ts: first, run_id: 'r' }, ...records]);
      const { records: again, refusals } = await recordsOf([...write(run)].join(''));
      expect(refusals).toEqual([]);
      expect(comparable(foldRun(again))).toEqual(comparable(run));
    }),
    { numRuns: 500 },
  );
});

test('a document that shows examples of the stream is none', () => {
  const example = '{ "event": "span_start", "span_id": "a", "ts": 1712534400.123 }';
  const page = [
    '# The stream',
    '',
    'One object a line:',
    '',
    '```json',
    example,
    example,
    '```',
    '',
    'That is all.',
  ];
  expect(detect({ text: page.join('\n'), complete: true })).toBe(0);
  expect(detect({ text: `${example}\n{"event":"span_st`, complete: true })).toBeGreaterThan(0.5);
});
