import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import { openTacho } from '../server/open.ts';
import { run } from './main.ts';

const ajv = new Ajv.default({ allErrors: true, strict: false });
for (const name of ['run-summary', 'run-report', 'runs-list', 'import-result'])
  ajv.addSchema(schemaNamed(name));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Typed = { code: number; out: string; err: string };

async function typed(
  argv: readonly string[],
  change: (terminal: TestTerminal) => void = () => {},
): Promise<Typed> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  change(terminal);
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

/** Exactly one JSON document on standard output, of the published shape. */
function document<T>(answer: Typed, schema: string): T {
  const value: unknown = JSON.parse(answer.out);
  const fits = ajv.validate(`${schema}.schema.json`, value);
  expect(ajv.errorsText(ajv.errors), schema).toBe('No errors');
  expect(fits).toBe(true);
  return value as T;
}

async function put(path: string, lines: readonly object[]): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

const START = 1_775_831_521;
const DIMENSIONS = ['relevance', 'completeness', 'depth', 'specificity', 'structure'];

/** The first seed's run, as a recorder of ours would have written it. */
function seedRun(runId = '20260410_143201_context-engineering'): object[] {
  const stages: [string, number][] = [
    ['synthesis', 8_450],
    ['research', 3_820],
    ['wiggum', 4_080],
  ];
  const rounds: [string, number, string, number[]][] = [
    ['r1', 7.65, 'FAIL', [9, 8, 7, 6, 9]],
    ['r2', 8.45, 'PASS', [9, 9, 8, 7, 9]],
  ];
  return [
    {
      event: 'run_start',
      run_id: runId,
      ts: START,
      task: 'Search for the top 5 context engineering techniques and compare them by cost',
      labels: { producer_model: 'pi-qwen-32b', evaluator_model: 'Qwen3-Coder:30b' },
    },
    ...stages.flatMap(([name, tokens], at) => [
      { event: 'span_start', span_id: name, name, kind: 'stage', ts: START + 60 * at },
      {
        event: 'usage',
        stage: name,
        model: 'pi-qwen-32b',
        input_tokens: tokens - 100,
        output_tokens: 100,
        call_id: `c${at}`,
        ts: START + 60 * at + 50,
      },
      { event: 'span_end', span_id: name, status: 'ok', ts: START + 60 * at + 60 },
    ]),
    {
      event: 'usage',
      model: 'pi-qwen-32b',
      input_tokens: 2_500,
      output_tokens: 50,
      call_id: 'other',
      ts: START + 200,
    },
    ...rounds.flatMap(([round, value, label, dimensions]) => [
      { event: 'score', name: 'wiggum', value, round, label, max: 10, ts: START + 250 },
      ...dimensions.map((each, at) => ({
        event: 'score',
        name: DIMENSIONS[at],
        dimension: DIMENSIONS[at],
        value: each,
        round,
        ts: START + 250,
      })),
    ]),
    {
      event: 'run_end',
      status: 'ok',
      output: { path: '~/Desktop/context-engineering.md', bytes: 4_821, lines: 142 },
      ts: START + 312,
    },
  ];
}

test("inspect shows the first seed's screen to the letter", async () => {
  await put('logs/seed/telemetry.jsonl', seedRun());
  expect((await typed(['import', 'logs'])).code).toBe(0);
  const { code, out, err } = await typed(['inspect']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.slice(0, out.indexOf('\n\n') + 1)).toBe(
    `Run: 20260410_143201_context-engineering
Task: Search for the top 5 context engineering techniques and compare them...
Model: pi-qwen-32b → Qwen3-Coder:30b (evaluator)
Result: PASS (2 rounds)
Wiggum R1: 7.65 → R2: 8.45 (PASS)
  Relevance: 9.0 → 9.0
  Completeness: 8.0 → 9.0
  Depth: 7.0 → 8.0 ← improved
  Specificity: 6.0 → 7.0 ← improved
  Structure: 9.0 → 9.0
Tokens: 18,900 total
  Synthesis: 8,450 (45%)
  Wiggum: 4,080 (22%)
  Research: 3,820 (20%)
  Other: 2,550 (13%)
Output: ~/Desktop/context-engineering.md (4,821 bytes, 142 lines)
`,
  );
  expect(out).toContain('Cost: ? (4 calls unpriced: pi-qwen-32b)');
});

test('JSON answers are one document each, of the published shapes', async () => {
  await put('logs/a/telemetry.jsonl', seedRun('run-a'));
  await put('logs/b/telemetry.jsonl', [{ ...seedRun('run-b')[0], ts: START + 1_000 }]);
  await put('logs/notes.txt', [{ hello: 'world' }]);
  type Imported = {
    runs: string[];
    files: number;
    records: number;
    duplicates: number;
    refused: { file: string; line: number }[];
  };
  const first = document<Imported>(await typed(['import', 'logs', '--json']), 'import-result');
  expect(first).toMatchObject({ runs: ['run-a', 'run-b'], files: 2, records: 25, duplicates: 0 });
  expect(first.refused).toMatchObject([{ file: join(folder, 'logs/notes.txt'), line: 1 }]);
  const again = document<Imported>(await typed(['import', 'logs', '--json']), 'import-result');
  expect(again).toMatchObject({ runs: ['run-a', 'run-b'], files: 2, records: 0, duplicates: 25 });

  type List = { runs: { runId: string }[]; total: number };
  const ids = ({ runs }: List): string[] => runs.map(({ runId }) => runId);
  expect(ids(document<List>(await typed(['runs', '--json']), 'runs-list'))).toEqual(['run-b', 'run-a']);
  expect(ids(document<List>(await typed(['runs', '--json', '--ascending']), 'runs-list'))).toEqual([
    'run-a',
    'run-b',
  ]);
  expect(ids(document<List>(await typed(['runs', '--json', '--search', 'run-a']), 'runs-list'))).toEqual([
    'run-a',
  ]);
  expect(document<List>(await typed(['runs', '--json', '--limit', '1']), 'runs-list')).toMatchObject({
    total: 2,
  });
  expect(ids(document<List>(await typed(['inspect', '1', '--json']), 'runs-list'))).toEqual(['run-b']);
  expect(ids(document<List>(await typed(['inspect', '--all', '--json']), 'runs-list'))).toEqual([
    'run-b',
    'run-a',
  ]);

  type Report = {
    run: { runId: string };
    models: { model: string; usage: { inputTokens: number }; calls: number }[];
  };
  const report = document<Report>(await typed(['inspect', 'run-a', '--json']), 'run-report');
  expect(report.run.runId).toBe('run-a');
  expect(report.models).toMatchObject([{ model: 'pi-qwen-32b', calls: 4, usage: { inputTokens: 18_550 } }]);

  const doctor = await typed(['doctor', '--json', '--watch', 'logs']);
  const { ok, checks } = JSON.parse(doctor.out) as {
    ok: boolean;
    checks: { name: string; status: string }[];
  };
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['node', 'home', 'store', 'watch', 'formats']),
  );
  expect(doctor.code).toBe(ok ? 0 : 1);
});

test('runs are searched by their names, and by their contents when asked', async () => {
  await put('deep/telemetry.jsonl', [
    { event: 'run_start', run_id: 'run-c', ts: START },
    { event: 'span', span_id: 'x', ts: START, duration_ms: 1, outputs: 'a needle in it' },
  ]);
  await typed(['import', 'deep']);
  const found = async (...words: string[]): Promise<number> =>
    document<{ total: number }>(await typed(['runs', '--json', '--search', ...words]), 'runs-list').total;
  expect([await found('run-c'), await found('needle'), await found('needle', '--contents')]).toEqual([
    1, 0, 1,
  ]);
});

test('a run is found by its id, the beginning of it, its name, or as the latest; else the answer says what there is', async () => {
  await put('logs/a/telemetry.jsonl', [{ ...seedRun('alpha-1')[0], name: 'First try' }]);
  await put('logs/b/telemetry.jsonl', [{ ...seedRun('alpha-2')[0], ts: START + 9 }]);
  await typed(['import', 'logs']);
  const shown = async (run: string): Promise<string | undefined> =>
    /^Run: (.*)$/m.exec((await typed(['inspect', run])).out)?.[1];
  expect(await shown('alpha-1')).toBe('alpha-1');
  expect(await shown('First try')).toBe('alpha-1');
  expect(await shown('latest')).toBe('alpha-2');
  const several = await typed(['inspect', 'alpha']);
  expect(several).toMatchObject({ code: 3, out: '' });
  expect(several.err).toMatch(/"alpha" fits 2 runs[\s\S]*alpha-2[\s\S]*alpha-1 {2}First try/);
  expect(await typed(['inspect', 'beta'])).toMatchObject({ code: 3, out: '' });
});

test('what agents wrote cannot do anything to the terminal', async () => {
  const hostile = '\u001b]0;pwned\u0007\u001b[2Jname\u202e';
  await put('x/telemetry.jsonl', [
    {
      event: 'run_start',
      run_id: `id\u001b[31m`,
      ts: START,
      name: hostile,
      task: hostile,
      labels: { producer_model: hostile },
    },
    { event: 'span_start', span_id: 's', kind: 'stage', name: hostile, ts: START },
    { event: 'span_end', span_id: 's', status: 'error', error: hostile, ts: START + 1 },
    { event: 'score', name: hostile, value: 3, round: 'r1', label: hostile, ts: START },
    { event: 'run_end', status: 'error', error: hostile, output: { path: hostile }, ts: START + 2 },
  ]);
  await put('\u001b[31mname.jsonl', [{ no: 'record' }]);
  for (const argv of [['import', '.'], ['runs'], ['inspect'], ['inspect', '1'], ['inspect', '--all']]) {
    const { code, out, err } = await typed(argv);
    expect(code, argv.join(' ')).toBe(0);
    for (const character of ['\u001b', '\u0007', '\u202e'])
      expect(out + err, argv.join(' ')).not.toContain(character);
  }
});

test('nothing that could be read is bad input; a path that is not there as well', async () => {
  await put('junk.txt', [{ hello: 1 }]);
  expect(await typed(['import', 'junk.txt'])).toMatchObject({ code: 3 });
  const missing = await typed(['import', 'nowhere']);
  expect(missing).toMatchObject({ code: 3, out: '' });
  expect(missing.err).toContain('there is no such file or folder');
});

test('what is left alone on purpose is told in one line a reason', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, `${name}.jsonl`), '');
  const { err } = await typed(['import', '.']);
  expect(err.split('\n').filter((line) => line.startsWith('left alone'))).toEqual([
    'left alone  3 files: it is empty',
  ]);
});

test('standard input can be imported, in a format that is named', async () => {
  const answer = await typed(['import', '-', '--format', 'telemetry', '--json'], (terminal) => {
    terminal.stdin = (async function* () {
      yield Buffer.from(
        seedRun('piped')
          .map((line) => JSON.stringify(line))
          .join('\n'),
      );
    })();
  });
  expect(document(answer, 'import-result')).toMatchObject({ runs: ['piped'], files: 1 });
});

test('an export goes to standard output, or whole into a file; a reader who leaves early is no error', async () => {
  await put('logs/a/telemetry.jsonl', seedRun('run-a'));
  await typed(['import', 'logs']);
  const trace = await typed(['export', 'run-a', '--format', 'chrome-trace']);
  expect(JSON.parse(trace.out)).toHaveProperty('traceEvents');
  expect(await typed(['export', '--format', 'chrome-trace', '-o', 'trace.json'])).toMatchObject({
    code: 0,
    out: '',
  });
  expect(await readFile(join(folder, 'trace.json'), 'utf8')).toBe(trace.out);
  expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  const nowhere = await typed(['export', '--format', 'telemetry', '-o', 'no/such/folder/x']);
  expect(nowhere.code).toBe(4);
  expect(
    await typed(['export', '--format', 'telemetry'], (terminal) => (terminal.readsAtMost = 1)),
  ).toMatchObject({ code: 0, err: '' });
});

test('an unchanged file is not read again, and all of it is known already; one whose run was deleted is read', async () => {
  type Result = { files: number; unchanged: number; records: number; duplicates: number; runs: string[] };
  await put('logs/r1/telemetry.jsonl', seedRun('r1'));
  await put('logs/r2/telemetry.jsonl', seedRun('r2'));
  const again = async (): Promise<Result> =>
    document(await typed(['import', 'logs', '--json']), 'import-result');
  const first = await again();
  expect(first).toMatchObject({ files: 2, unchanged: 0, duplicates: 0 });
  expect(await again()).toMatchObject({ files: 2, unchanged: 2, records: 0, duplicates: first.records });
  const tacho = await openTacho({ home: join(folder, 'home') });
  await tacho.listen({ port: 0, host: '127.0.0.1' });
  try {
    expect(await again()).toMatchObject({ files: 2, unchanged: 2, records: 0, duplicates: first.records });
    await tacho.fetch(new Request('http://localhost/api/runs/r1', { method: 'DELETE' }));
    expect(await again()).toMatchObject({ unchanged: 1, records: first.records / 2, runs: ['r2', 'r1'] });
    await writeFile(
      join(folder, 'broken.jsonl'),
      '{"event":"run_start","run_id":"b","ts":1}\n{"event":"nonsense"}\n',
    );
    await typed(['import', 'broken.jsonl']);
    const kept = await tacho.fetch(new Request('http://localhost/api/quarantine'));
    expect(await kept.json()).toMatchObject({ total: 1, lines: [{ line: 2 }] });
  } finally {
    await tacho.close();
  }
});

test('every command works through a running server as without one', async () => {
  const home = join(folder, 'home');
  const tacho = await openTacho({ home, watch: [join(folder, 'watched')] });
  const { url } = await tacho.listen({ port: 0, host: '127.0.0.1' });
  try {
    const big = Array.from({ length: 3_000 }, (_, at) => ({
      event: 'span',
      span_id: `s${at}`,
      name: `span ${at} ${Math.sin(at)}`,
      ts: START + at,
      duration_ms: 5,
    }));
    await put('logs/a/telemetry.jsonl', [seedRun('run-a')[0]!, ...big, seedRun().at(-1)!]);
    const imported = document(await typed(['import', 'logs', '--json']), 'import-result');
    expect(imported).toMatchObject({ runs: ['run-a'], files: 1, records: 3_002, duplicates: 0, refused: [] });
    expect(document(await typed(['runs', '--json']), 'runs-list')).toMatchObject({
      runs: [{ runId: 'run-a', spans: 3_000, source: { format: 'telemetry' } }],
    });
    expect((await typed(['inspect'])).out).toContain('Run: run-a');
    expect((await typed(['export', '--format', 'telemetry'])).out.split('\n').length).toBeGreaterThan(3_000);
    expect((await typed(['doctor'])).out).toContain(`a server runs at ${url}`);
    const second = await typed(['serve', '--no-open']);
    expect(second.code).toBe(4);
    expect(second.err).toContain(`running already: ${url}`);
  } finally {
    await tacho.close();
  }
});

test('serve says its address first, follows what it was told to, and stops when asked', async () => {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const serving = run(['serve', '--port', '0', '--watch', 'one', '--watch', 'two'], terminal);
  await expect.poll(() => terminal.stdout, { timeout: 20_000 }).toContain('Ctrl-C');
  const url = /^Tacho is running at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(terminal.stdout)?.[1];
  expect(terminal.stdout).toContain(`following ${join(folder, 'one')}\n  following ${join(folder, 'two')}\n`);
  await put('two/run-1/telemetry.jsonl', seedRun('run-1'));
  await expect
    .poll(async () => ((await (await fetch(`${url}/api/runs`)).json()) as { total: number }).total, {
      timeout: 20_000,
    })
    .toBe(1);
  const taken = await typed(['serve', '--port', new URL(url!).port, '--home', join(folder, 'other')]);
  expect(taken.code).toBe(4);
  expect(taken.err).toMatch(/Port \d+ on 127\.0\.0\.1 is taken/);
  terminal.stopping.abort();
  expect(await serving).toBe(0);
  await expect(fetch(`${url}/api/health`)).rejects.toThrow();
});

test('on another address than loopback everybody needs the token that is printed', async () => {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const serving = run(['serve', '--port', '0', '--host', '0.0.0.0'], terminal);
  await expect.poll(() => terminal.stdout, { timeout: 20_000 }).toContain('Ctrl-C');
  const page = new URL(/running at (\S+)/.exec(terminal.stdout)![1]!);
  expect(page.searchParams.get('token')!.length).toBeGreaterThan(20);
  const health = new URL('/api/health', page);
  expect((await fetch(health)).status).toBe(401);
  const authorization = `Bearer ${page.searchParams.get('token')}`;
  expect((await fetch(health, { headers: { authorization } })).status).toBe(200);
  // Other commands of this person find the token by themselves.
  expect((await typed(['runs', '--json'])).code).toBe(0);
  terminal.stopping.abort();
  expect(await serving).toBe(0);
});
