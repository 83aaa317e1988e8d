import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMATS } from '@tacho/trace/formats/index';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestTerminal } from '../../../../tests/terminal.ts';
import { FileNames } from './file-names.ts';
import { run } from './main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

const IDS = ['../../etc/passwd', 'a/b', 'a_b', '.hidden', 'plain'];

beforeEach(async () => {
  await mkdir(join(folder, 'logs'));
  const lines = IDS.map((runId, at) =>
    [
      {
        event: 'run_start',
        run_id: runId,
        ts: 1_775_831_521 + at,
        labels: { n: String(at % 2) },
        ...(runId === 'plain' && { name: 'Plain', task: 'words-of-the-task' }),
      },
      { event: 'span', span_id: 's', run_id: runId, ts: 1_775_831_521 + at, duration_ms: 5 },
      { event: 'run_end', run_id: runId, ts: 1_775_831_530 + at },
    ]
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
  await writeFile(join(folder, 'logs/all.jsonl'), lines.join(''));
  expect((await typed('import', 'logs')).code).toBe(0);
});

test('every run in one stream, where the format takes many: read again it is the same runs', async () => {
  const { code, out } = await typed('export', '--all', '--format', 'telemetry');
  expect(code).toBe(0);
  await writeFile(join(folder, 'again.jsonl'), out);
  const again = await typed('import', 'again.jsonl', '--home', join(folder, 'second'), '--json');
  expect((JSON.parse(again.out) as { runs: string[] }).runs.sort()).toEqual([...IDS].sort());
});

test('a file a run elsewhere: names that lead nowhere, and none over another', async () => {
  const { code, err } = await typed('export', '--all', '--format', 'chrome-trace', '-o', 'out');
  expect(code).toBe(0);
  expect(err).toMatch(/^5 files, /);
  const files = await readdir(join(folder, 'out'));
  expect(files).toHaveLength(5);
  for (const file of files)
    expect(JSON.parse(await readFile(join(folder, 'out', file), 'utf8'))).toBeTruthy();
  expect(await readdir(folder)).toEqual(expect.not.arrayContaining(['etc']));
});

test('filters choose; runs by name and filters exclude each other; several runs need a folder', async () => {
  const some = await typed('export', '--label', 'n=1', '--format', 'chrome-trace', '-o', 'some');
  expect(some.err).toMatch(/^2 files, /);
  const named = await typed('export', 'plain', 'a/b', '--format', 'telemetry');
  expect(new Set([...named.out.matchAll(/"run_id":"([^"]+)"/g)].map(([, id]) => id))).toEqual(
    new Set(['plain', 'a/b']),
  );
  expect(await typed('export', 'plain', '--all', '--format', 'telemetry')).toMatchObject({ code: 2 });
  const nowhere = await typed('export', '--all', '--format', 'chrome-trace');
  expect(nowhere).toMatchObject({ code: 2, out: '', err: expect.stringMatching('name a folder with -o') });
});

test.each([
  [
    ['plain', '--sort', 'nonsense'],
    /^tacho: Either runs, .* not both: --sort says nothing of a run that is named\./,
  ],
  [['plain', 'a/b', '--ascending'], /: --ascending says nothing of a run/],
  [['plain', '--contents'], /: --contents says nothing of a run/],
  [['plain', '--min-score', '1'], /: --min-score says nothing of a run/],
  [['--sort', 'cost'], /^tacho: --sort alone chooses no run: .* it is the last one\./],
  [['--ascending'], /^tacho: --ascending alone chooses no run/],
  [['--all', '--contents'], /^tacho: --contents says where --search looks: type --search too\./],
  [['--session', ''], /^tacho: --session needs a value, and has none\./],
])('an option of the list that would do nothing is refused: export %j', async (argv, sentence) => {
  const answer = await typed('export', '--format', 'telemetry', ...argv);
  expect(answer).toMatchObject({ code: 2, out: '', err: expect.stringMatching(sentence) });
});

test.each([
  [['reprice', 'plain', '--contents', '--json'], /: --contents says nothing of a run/],
  [['runs', '--contents'], /type --search too/],
  [['sessions', '--contents'], /type --search too/],
  [['report', '--contents'], /type --search too/],
  [['query', 'SELECT 1', '--json', '--format', 'csv'], /^tacho: Either --json or --format csv, not both\./],
  [['prices', '--project', 'shop'], /^tacho: Say which model/],
  [
    ['breakdown', 'plain', '--by', 'tool', '--json'],
    /^tacho: --by chooses among the tables, and --json has all/,
  ],
])('so is one of other commands: %j', async (argv, sentence) => {
  expect(await typed(...argv)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(sentence) });
});

test('what cannot be is said: a folder in the place of a file, a status that there is none, a word of the task for a run', async () => {
  const written = await typed('export', 'plain', '--format', 'html', '-o', join(folder, 'logs'));
  expect(written).toMatchObject({ code: 4, err: expect.stringMatching(/logs cannot be written: [^A-Z]/) });
  expect(await readdir(folder)).toEqual(expect.not.arrayContaining([expect.stringContaining('.tmp')]));
  expect(await typed('runs', '--status', 'finished')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--status needs one of running, ok, error, interrupted'),
  });
  await writeFile(join(folder, 'words.txt'), 'no record\nat all\n');
  expect((await typed('import', 'words.txt', '--format', 'codex')).code).toBe(3);
  expect((await typed('import', 'logs', 'words.txt')).code).toBe(0);
  expect((await typed('runs', '--agent', 'nobody')).err).toContain('No run fits.');
  expect(await typed('inspect', 'words-of-the-task')).toMatchObject({ code: 3 });
});

test('names of files: none twice, not even where capitals count for nothing', () => {
  const names = new FileNames();
  expect(['a', 'A', 'a', '..', '', 'x'.repeat(300)].map((id) => names.nameFor(id, '.json'))).toEqual([
    'a.json',
    'A~2.json',
    'a~3.json',
    'run.json',
    'run~2.json',
    `${'x'.repeat(120)}.json`,
  ]);
});

test('tacho formats lists every format', async () => {
  const { out } = await typed('formats', '--json');
  const { formats } = JSON.parse(out) as { formats: { name: string; read: boolean; write: boolean }[] };
  expect(formats.map(({ name, read, write }) => [name, read, write])).toEqual(
    FORMATS.map(({ name, read, write }) => [name, read !== undefined, write !== undefined]),
  );
  expect((await typed('formats')).out).toMatch(/^format +read +write +live +what\n/);
});
