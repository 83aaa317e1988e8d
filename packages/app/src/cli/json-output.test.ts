import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMATS } from '@tacho/trace/formats/index';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestTerminal, type Typed } from '../../../../tests/terminal.ts';
import { COMMANDS } from './commands.ts';
import { run } from './main.ts';
import { harmlessJson } from './render/json-text.ts';

/** One-byte CSI, delete, next line, line and paragraph separator, bidirectional overrides, a mark of byte order. */
const HOSTILE = '\u009b31m\u007f\u0085\u2028\u2029\u202e\u2066\u200f\ufeff größe 😀 "\\';
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Each command that prints JSON, as it is typed here. */
const TYPED: Readonly<Record<string, readonly string[][]>> = {
  import: [['again.jsonl']],
  runs: [[]],
  inspect: [['one'], ['--all']],
  explain: [['one']],
  breakdown: [['one']],
  tools: [['one'], []],
  decisions: [['one']],
  path: [['one']],
  diff: [['one', 'two'], ['--by-outcome']],
  watch: [['one', '--once']],
  sessions: [[]],
  search: [['größe']],
  query: [[`SELECT name, '${HOSTILE}' AS text FROM tacho_runs`]],
  collect: [['logs', '--verbose']],
  prices: [[HOSTILE], []],
  reprice: [['--all', '--dry-run']],
  compare: [['n=1', 'n=2']],
  report: [['--full']],
  manifest: [['jobs']],
  formats: [[]],
  validate: [[`logs/${HOSTILE.slice(0, 4)}.jsonl`]],
  doctor: [[]],
};

let folder: string;

async function typed(...argv: string[]): Promise<Typed> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-json-'));
  await mkdir(join(folder, 'logs'));
  const trial = join(folder, 'jobs', HOSTILE, 'trial');
  await mkdir(trial, { recursive: true });
  const times = { started_at: '2025-12-17T16:54:40Z', finished_at: '2025-12-17T16:55:00Z' };
  await writeFile(
    join(trial, 'result.json'),
    JSON.stringify({ task_id: HOSTILE, task_name: HOSTILE, agent_result: {}, ...times }),
  );
  const records = ['one', 'two'].flatMap((runId, at) => [
    {
      event: 'run_start',
      run_id: runId,
      ts: 1_775_831_521 + at,
      name: HOSTILE,
      task: HOSTILE,
      session_id: HOSTILE,
      labels: { n: String(at + 1), [HOSTILE]: HOSTILE },
    },
    {
      event: 'span',
      run_id: runId,
      span_id: `${HOSTILE}${at}`,
      ts: 1_775_831_522 + at,
      duration_ms: 5,
      name: HOSTILE,
      kind: at === 0 ? 'decision' : 'llm',
      model: HOSTILE,
      usage: { input_tokens: 5 },
      inputs: HOSTILE,
      outputs: { [HOSTILE]: HOSTILE },
      attributes: { [HOSTILE]: HOSTILE },
      status: 'error',
      error: HOSTILE,
    },
    {
      event: 'span',
      run_id: runId,
      span_id: `tool${HOSTILE}`,
      ts: 1_775_831_523 + at,
      duration_ms: 5,
      name: HOSTILE,
      kind: 'tool',
      tool: HOSTILE,
      status: 'error',
      error: { type: HOSTILE, message: HOSTILE },
    },
    { event: 'run_end', run_id: runId, ts: 1_775_831_530 + at, status: 'error', error: HOSTILE },
  ]);
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  await writeFile(join(folder, `logs/${HOSTILE.slice(0, 4)}.jsonl`), lines);
  await writeFile(join(folder, 'again.jsonl'), `${lines}{"${HOSTILE.slice(0, 4)}`);
  expect((await typed('import', 'logs')).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is escaped is the same JSON, and what needs no escape is left alone', () => {
  const text = JSON.stringify({ [HOSTILE]: [HOSTILE] });
  expect(harmlessJson(text)).not.toMatch(ACTIVE);
  expect(harmlessJson(text)).toContain('\\u009b31m\\u007f\\u0085\\u2028');
  expect(JSON.parse(harmlessJson(text))).toEqual({ [HOSTILE]: [HOSTILE] });
  expect(harmlessJson('"größe → 日本 😀"')).toBe('"größe → 日本 😀"');
});

test('every command with --json prints what is harmless on a terminal', async () => {
  for (const { name, load } of COMMANDS) {
    const { options } = await load();
    if (!options.some(({ flags }) => flags === '--json')) continue;
    expect(TYPED, 'a command that is tried here').toHaveProperty(name);
    for (const words of TYPED[name]!) {
      const { out, err } = await typed(name, ...words, '--json');
      expect(out, `${name}: ${err}`).not.toMatch(ACTIVE);
      expect(() => JSON.parse(out) as unknown, `${name}: ${out} ${err}`).not.toThrow();
    }
  }
});

test('so is a run in any format on standard output, and a query in any', async () => {
  for (const { name, write, extension } of FORMATS) {
    if (!write) continue;
    const { code, out } = await typed('export', 'one', '--format', name);
    expect([name, code]).toEqual([name, 0]);
    // Prose has no escapes: there controls are left out, and separators of lines stay.
    const prose = extension === '.md' || extension === '.html';
    expect(prose ? out.replace(/[\u2028\u2029]/g, '') : out, name).not.toMatch(ACTIVE);
  }
  const lines = await typed('query', `SELECT '${HOSTILE}' AS text`, '--format', 'jsonl');
  expect(lines.out).not.toMatch(ACTIVE);
  expect(JSON.parse(lines.out)).toEqual({ text: HOSTILE });
  const cells = await typed('query', `SELECT '\u001b[2J=1+1' AS text`, '--format', 'csv');
  expect(cells.out).toBe("text\r\n'=1+1\r\n");
});

test('a file has the export as its format writes it', async () => {
  await typed('export', 'one', '--format', 'telemetry', '-o', 'one.jsonl');
  const again = await typed('import', 'one.jsonl', '--json', '--home', join(folder, 'second'));
  expect((JSON.parse(again.out) as { runs: string[] }).runs).toEqual(['one']);
});
