import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchAnswer } from '@tacho/trace/wire/watch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-watch-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function typed(...argv: string[]): Promise<Typed> {
  return typedAt(join(folder, 'home'), ['watch', ...argv], { cwd: folder });
}

async function store(records: readonly object[]): Promise<void> {
  await storeRecords(
    join(folder, 'home'),
    records.map((record) => ({ run_id: 'r', ...record })),
  );
}

const now = (): number => Date.now() / 1000;
const same = (no: number, ts: number): object => ({
  event: 'span',
  span_id: `same${no}`,
  parent: 'agent',
  kind: 'tool',
  tool: 'Bash',
  name: 'Bash \u001b[2Jls',
  inputs: { command: 'ls' },
  ts,
  duration_ms: 1,
  status: 'ok',
});

test('a run that hangs: its innermost work has stalled, and --exit-on-stall says so by the exit code', async () => {
  const started = now() - 400;
  await store([
    { event: 'run_start', ts: started, name: 'hanging' },
    { event: 'span_start', span_id: 'agent', kind: 'agent', name: 'reader', ts: started },
    ...[1, 2, 3].map((no) => same(no, started + no)),
    { event: 'span_start', span_id: 'call', parent: 'agent', kind: 'llm', name: 'chat', ts: started + 10 },
  ]);
  const { code, out } = await typed('r', '--exit-on-stall');
  expect(code).toBe(1);
  expect(out).toMatch(/stalled +reader +chat +llm +6 m/);
  expect(out).toContain('3 times the same call: Bash');
  expect(out).not.toContain('\u001b');
  expect((await typed('r', '--once')).code).toBe(0);
  const json = JSON.parse((await typed('r', '--once', '--json')).out) as WatchAnswer;
  expect(json.open).toMatchObject([{ spanId: 'call', state: 'stalled', agent: 'reader' }]);
  expect(json.repeats).toMatchObject([{ firstSpanId: 'same1', spanId: 'same3', times: 3 }]);
});

test('the same arguments are the same call, in whatever order their fields stand', async () => {
  const read = (no: number, inputs: object, tool = 'Read'): object => ({ ...same(no, now()), tool, inputs });
  const bounds = { from: 1, to: 2 };
  await store([
    read(1, { file: 'a', at: bounds, text: '"b":' }),
    read(2, { at: { to: 2, from: 1 }, text: '"b":', file: 'a' }),
    read(3, { text: '"b":', file: 'a', at: bounds }),
    // As long, with the same fields, and of another content: not the same.
    read(4, { at: bounds, file: 'b', text: '"b":' }),
    read(5, { file: 'c', at: bounds, text: '"b":' }),
    // Another tool's.
    read(6, { file: 'a', at: bounds, text: '"b":' }, 'View'),
    read(7, { at: bounds, file: 'a', text: '"b":' }, 'View'),
    // A list is not a set.
    ...[8, 9, 10].map((no) => read(no, { all: no === 8 ? ['x', 'y'] : ['y', 'x'], in: 'z' }, 'List')),
    ...[11, 12, 13, 14].map((no) => read(no, { command: 'ls' }, 'Bash')),
  ]);
  const { repeats } = JSON.parse((await typed('r', '--once', '--json')).out) as WatchAnswer;
  expect(repeats.map(({ firstSpanId, spanId, times }) => [firstSpanId, spanId, times])).toEqual([
    ['same11', 'same14', 4],
    ['same1', 'same3', 3],
  ]);
});

test('a call that tells of its progress works, in a store as in a folder', async () => {
  const started = now() - 300;
  const records = [
    { event: 'span_start', run_id: 'r', span_id: 'call', kind: 'llm', name: 'chat', ts: started },
    { event: 'span_event', run_id: 'r', span_id: 'call', name: 'chunk', ts: started + 280 },
  ];
  await store(records);
  const logs = join(folder, 'logs', 'one');
  await mkdir(logs, { recursive: true });
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  await appendFile(join(logs, 'telemetry.jsonl'), lines.join(''));
  for (const where of ['r', 'logs']) {
    const { code, out } = await typed(where, '--exit-on-stall', '--once', '--json');
    expect(code).toBe(0);
    const [open] = (JSON.parse(out) as WatchAnswer).open;
    expect(open).toMatchObject({ spanId: 'call', state: 'working' });
    expect(open!.silentUs).toBeLessThan(60e6);
  }
});

test('of a run that is over, what was silent for much longer than its like', async () => {
  const started = now() - 4_000;
  const call = (no: number, ts: number, seconds: number): object => ({
    event: 'span',
    span_id: `s${no}`,
    parent: 'agent',
    kind: 'tool',
    tool: 'Edit',
    name: 'Edit \u001b[2Jnotes.md',
    ts,
    duration_ms: seconds * 1_000,
    status: 'ok',
  });
  await store([
    { event: 'span', span_id: 'agent', kind: 'agent', name: 'writer', ts: started, duration_ms: 2_552_000 },
    ...[1, 2, 3, 4].map((no) => call(no, started + no, 0.5)),
    call(5, started + 5, 2_546),
    { event: 'run_end', ts: started + 2_552, status: 'ok' },
  ]);
  const { code, out } = await typed('r');
  expect(code).toBe(0);
  expect(out).toMatch(
    /was silent for 42 m 26 s \(usual: 500 ms\) from 5\.0 s on: Edit .*notes\.md of writer/,
  );
  expect(out).not.toContain('\u001b');
  const { past } = JSON.parse((await typed('r', '--json')).out) as WatchAnswer;
  expect(past).toMatchObject([
    { spanId: 's5', agent: 'writer', silentUs: 2_546e6, usualUs: 0.5e6, times: 1 },
  ]);
});

test('what is usual is what earlier runs took', async () => {
  const started = now() - 100;
  const done = [1, 2, 3, 4].map((no) => ({
    event: 'span',
    run_id: 'earlier',
    span_id: `s${no}`,
    kind: 'llm',
    model: 'm',
    ts: started,
    duration_ms: 5_000,
    status: 'ok',
  }));
  await store([
    ...done,
    { event: 'run_end', run_id: 'earlier', ts: started + 6 },
    { event: 'span_start', span_id: 'call', kind: 'llm', model: 'm', ts: started },
  ]);
  const { open } = JSON.parse((await typed('r', '--once', '--json')).out) as WatchAnswer;
  expect(open).toMatchObject([{ state: 'stalled', usualUs: 5e6 }]);
});

test('what is usual in a folder that nobody follows is what the runs of the store took', async () => {
  const logs = join(folder, 'logs', 'one');
  await mkdir(logs, { recursive: true });
  const started = now() - 200;
  const open = {
    event: 'span_start',
    run_id: 'one',
    span_id: 'call',
    kind: 'tool',
    tool: 'Bash',
    ts: started,
  };
  await appendFile(join(logs, 'telemetry.jsonl'), `${JSON.stringify(open)}\n`);
  const stateOf = async (): Promise<object[]> =>
    (JSON.parse((await typed('logs', '--once', '--json')).out) as WatchAnswer).open;
  expect(await stateOf()).toMatchObject([{ state: 'working' }]);
  // Nobody wants a store for having watched a folder.
  expect(await readdir(folder)).toEqual(['logs']);
  const calls = [1, 2, 3, 4].map((no) => ({
    event: 'span',
    span_id: `s${no}`,
    kind: 'tool',
    tool: 'Bash',
    ts: started,
    duration_ms: 3_000,
    status: 'ok',
  }));
  await store([...calls, { event: 'run_end', ts: started + 6 }]);
  expect(await stateOf()).toMatchObject([{ state: 'stalled', usualUs: 3e6 }]);
  await writeFile(join(folder, 'home', 'tacho.duckdb'), 'no store');
  expect(await stateOf()).toMatchObject([{ state: 'working' }]);
});

test('a folder that nobody follows is followed until its run is over', async () => {
  const logs = join(folder, 'logs', 'one');
  await mkdir(logs, { recursive: true });
  const file = join(logs, 'telemetry.jsonl');
  const line = (record: object): string => `${JSON.stringify({ run_id: 'one', ts: now(), ...record })}\n`;
  await appendFile(file, line({ event: 'run_start', name: 'short one' }));
  const watching = typed('logs');
  await new Promise((wake) => setTimeout(wake, 1_500));
  await appendFile(file, line({ event: 'span', span_id: 's', duration_ms: 1, status: 'error', error: 'no' }));
  await appendFile(file, line({ event: 'run_end', status: 'error' }));
  const { code, out } = await watching;
  expect(code).toBe(1);
  expect(out).toMatch(/short one +running/);
  expect(out).toMatch(/short one is error/);
});

describe('a run whose process is gone', () => {
  const started = now() - 20;
  // No system gives so large a number to a process.
  const killed = [
    { event: 'run_start', ts: started, name: 'killed', host: hostname(), pid: 2 ** 30 },
    { event: 'span_start', span_id: 'call', kind: 'llm', name: 'chat', ts: started + 1 },
  ];

  test('is dead in a folder that nobody follows', async () => {
    const logs = join(folder, 'logs', 'one');
    await mkdir(logs, { recursive: true });
    const lines = killed.map((record) => `${JSON.stringify({ run_id: 'one', ...record })}\n`);
    await appendFile(join(logs, 'telemetry.jsonl'), lines.join(''));
    const { code, out } = await typed('logs', '--exit-on-stall');
    expect(code).toBe(1);
    expect(out).toMatch(/killed +interrupted/);
    expect(out).toMatch(/dead +chat +llm/);
  });

  test('is dead in a store without a server, whatever asks', async () => {
    await store(killed);
    const listed = await typedAt(join(folder, 'home'), ['runs']);
    expect(listed.out).toMatch(/killed.*interrupted/);
    const { code, out } = await typed('r', '--exit-on-stall');
    expect(code).toBe(1);
    expect(out).toMatch(/dead +chat +llm/);
  });

  test('that dies while it is watched is seen to die', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3000)']);
    const gone = once(child, 'exit');
    // Of a process that is younger than its run nobody says that it is the run's.
    const run = { event: 'run_start', ts: now(), name: 'killed', host: hostname(), pid: child.pid };
    await store([run, { event: 'span_start', span_id: 'call', kind: 'llm', ts: now() }]);
    const { code, out } = await typed('r', '--exit-on-stall');
    await gone;
    expect(code).toBe(1);
    expect(out).toMatch(/killed +running/);
    expect(out).toMatch(/killed is interrupted/);
  });
});

test('what cannot be watched is said in a sentence', async () => {
  await appendFile(join(folder, 'file.txt'), '');
  expect((await typed('file.txt')).err).toContain('watch the folder that it lies in');
  expect(await typed('--once')).toMatchObject({
    code: 3,
    err: expect.stringContaining('There are no runs yet.'),
  });
});
