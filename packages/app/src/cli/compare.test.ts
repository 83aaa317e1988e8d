import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import type { NamedComparison } from '../server/compare/named-comparison.ts';
import { openTacho } from '../server/open.ts';
import { run } from './main.ts';

const ajv = new Ajv.default({ allErrors: true, strict: false });
const isComparison = ajv.compile(schemaNamed('comparison'));

let folder: string;

type Typed = { code: number; out: string; err: string };

async function typed(...argv: string[]): Promise<Typed> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(['compare', ...argv], terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

function compared(answer: Typed): NamedComparison {
  const value: unknown = JSON.parse(answer.out);
  expect(isComparison(value), ajv.errorsText(isComparison.errors)).toBe(true);
  return value as NamedComparison;
}

/** A trial as its recorder writes it. */
function lines(
  runId: string,
  task: string,
  facts: { variant: string; reward: number; seconds: number },
): object[] {
  const ts = 1_775_831_521;
  const labels = {
    benchmark: 'bench',
    task_id: task,
    variant: facts.variant,
    agent: `agent-${facts.variant}`,
  };
  return [
    { event: 'run_start', run_id: runId, ts, session_id: `session-${facts.variant}`, project: 'p', labels },
    {
      event: 'usage',
      run_id: runId,
      ts: ts + 1,
      model: 'gpt-4o',
      input_tokens: 1000,
      output_tokens: 100,
      call_id: runId,
    },
    { event: 'score', run_id: runId, ts: ts + 2, name: 'reward', value: facts.reward },
    { event: 'run_end', run_id: runId, ts: ts + facts.seconds, status: 'ok' },
  ];
}

/** Twelve tasks: the new variant solves all of them and takes twice as long, give or take. */
function trialsOf(variant: 'old' | 'new', prefix = variant as string): object[] {
  return Array.from({ length: 12 }, (_, task) =>
    lines(`${prefix}-${task}`, `task-${task}`, {
      variant,
      reward: variant === 'new' || task < 4 ? 1 : 0,
      seconds: (variant === 'new' ? 40 : 20) + task,
    }),
  ).flat();
}

async function put(path: string, records: readonly object[]): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-compare-test-'));
  await put('logs/telemetry.jsonl', [...trialsOf('old'), ...trialsOf('new')]);
  await put('before/telemetry.jsonl', trialsOf('old', 'file-old'));
  await put('after/telemetry.jsonl', trialsOf('new', 'file-new'));
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  expect(await run(['import', 'logs'], terminal)).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('which runs', () => {
  test.each([
    [['variant=old', 'variant=new'], 'label variant=old'],
    [['label=variant=old', 'label=variant=new'], 'label variant=old'],
    [['session=session-old', 'session=session-new'], 'session session-old'],
    [['session-old', 'session-new'], 'session session-old'],
    [['old', 'new'], 'label value old'],
    [
      ['agent=agent-old,benchmark=bench', 'agent=agent-new,project=p'],
      'agent agent-old, label benchmark=bench',
    ],
    [['agent-old', 'agent-new'], 'label value agent-old'],
    [['before', 'after'], 'before'],
    [['variant=old', './after'], 'label variant=old'],
  ])('%j', async (sides, name) => {
    const comparison = compared(await typed(...sides, '--json'));
    expect(comparison.named.baseline).toBe(name);
    expect([comparison.baseline.runs, comparison.treatment.runs]).toEqual([12, 12]);
    expect(comparison.pairing).toMatchObject({ design: 'paired', tasks: 12 });
    expect(comparison.metrics.map(({ verdict }) => verdict)).toEqual([
      'improved',
      'regressed',
      'too little data',
      'too little data',
      'improved',
    ]);
  });
  test('filters hold for both sides, whether stored or in a folder', async () => {
    const found = compared(await typed('old', 'after', '--min-score', '1', '--json'));
    expect([found.baseline.runs, found.treatment.runs]).toEqual([4, 12]);
    const { code, err } = await typed('before', 'after', '--project', 'q');
    expect(code).toBe(3);
    expect(err).toContain('None of the 12 runs in before fits the filters.');
  });
  test('all labels of a side hold', async () => {
    const some = compared(await typed('variant=old,task_id=task-3', 'benchmark=bench,variant=new', '--json'));
    expect([some.baseline.runs, some.treatment.runs]).toEqual([1, 12]);
    expect(some.pairing.onlyTreatment).toHaveLength(11);
  });
  test('a single run is a side too', async () => {
    const one = compared(
      await typed('run-that-is-none=1,', 'new').then(() => typed('old-3', 'new-3', '--json')),
    );
    expect(one.named).toEqual({ baseline: 'run old-3', treatment: 'run new-3' });
    expect(one.metrics.every(({ verdict }) => verdict === 'too little data')).toBe(true);
  });
  test('folders are read and not stored, and nothing is left of them', async () => {
    // A temporary folder of its own: other tests leave theirs in the common one meanwhile.
    const temporary = join(folder, 'temporary');
    await mkdir(temporary);
    vi.stubEnv('TMPDIR', temporary);
    try {
      await typed('before', 'after');
    } finally {
      vi.unstubAllEnvs();
    }
    expect(await readdir(temporary)).toEqual([]);
    const terminal = new TestTerminal();
    terminal.env = { TACHO_HOME: join(folder, 'home') };
    await run(['runs', '--search', 'file-', '--json'], terminal);
    expect(JSON.parse(terminal.stdout)).toMatchObject({ total: 0 });
  });
  test.each([
    [['old', 'old'], 2, 'on both sides'],
    [['old', ''], 2, 'A side of a comparison is empty'],
    [['old', 'nobody'], 3, 'Nothing is called "nobody"'],
    [['old', 'variant=nobody'], 3, 'No run fits variant=nobody'],
    [['old', './nowhere'], 3, './nowhere does not exist'],
    [
      ['old', 'variant=new,agent=agent-new,task_id=task-99'],
      3,
      'No run fits variant=new,agent=agent-new,task_id',
    ],
    [['old', 'from=soon'], 2, '"from" needs a time'],
    [['old', 'project=q', '--project', 'p'], 2, 'and the filters for both sides for "p"'],
    [['old', 'new', '--price-table', 'x.yaml'], 2, '--price-table is for files'],
    [['old', 'new', '--metric', 'cost'], 2, 'type --gate too'],
    [['old', 'new', '--gate', '--metric', 'beauty'], 2, '--metric needs one of success'],
    [['old', 'new', '--format', 'pdf'], 2, '--format needs one of text'],
    [['old', 'new', '--json', '--format', 'junit'], 2, 'not both'],
    [['old', 'new', '--seed', '-1'], 2, '--seed needs a whole number'],
    [['old'], 2, 'missing required argument'],
  ])('%j is refused in a sentence', async (argv, code, sentence) => {
    const answer = await typed(...argv);
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain(sentence);
  });
});

test('as text: both sides, a table, a sentence a metric, and what to think of', async () => {
  const { code, out, err } = await typed('old', 'new');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('label value old: 12 runs, 4 of 12 succeeded, 33.3% (95% interval 13.8% to 60.9%)');
  expect(out).toMatch(/METRIC +BASELINE +TREATMENT +CHANGE +95% INTERVAL +P +VERDICT/);
  expect(out).toMatch(/^Success +33\.3% +100\.0% +\+66\.7 points .* 0\.0078 +improved$/m);
  expect(out).toContain('Success improved: 33.3% to 100.0%');
  expect(out).toContain('Better in 8: task-4, task-5');
  expect(out).toContain('success_rate better: 33.3333 to 100 (+66.6667 points)');
  expect(out).toContain('Drawn with xoshiro128** 1.1');
});

test('the same twice is the same', async () => {
  const [one, other] = [await typed('before', 'after', '--json'), await typed('before', 'after', '--json')];
  expect(one.out).toBe(other.out);
});

test('repeats: pass@k, flaky tasks, and single tasks that changed beyond chance', async () => {
  const side = (variant: string, solves: (task: number, attempt: number) => boolean): object[] =>
    Array.from({ length: 24 }, (_, at) => {
      const [task, attempt] = [at % 3, Math.floor(at / 3)];
      const reward = solves(task, attempt) ? 1 : 0;
      return lines(`${variant}-${at}`, `task-${task}`, { variant, reward, seconds: 10 });
    }).flat();
  await put(
    'repeats/one/telemetry.jsonl',
    side('one', (task, attempt) => task === 0 || (task === 1 && attempt < 4)),
  );
  await put(
    'repeats/two/telemetry.jsonl',
    side('two', (task, attempt) => task !== 1 || attempt < 5),
  );
  const { out } = await typed('repeats/one', 'repeats/two');
  expect(out).toContain('Flaky tasks: 1 of 3 of the baseline, 1 of 3 of the treatment.');
  // pass@2 of the baseline: 1, 1 - C(4,2)/C(8,2) = 1 - 6/28, 0; all of two: 1, 6/28, 0. Of the treatment 1, 1 - C(3,2)/28, 1 and C(5,2)/28.
  expect(out).toMatch(/^2 +59\.5% +96\.4% +40\.5% +78\.6% +3 against 3$/m);
  // Task 2: none against all of eight is 2 / C(16, 8) = 0.000155, times the three tasks that were looked at.
  expect(out).toContain('Better in 2: task-1 (4/8 to 5/8), task-2 (0/8 to 8/8, p = 0.0005)');
  const { out: markdown } = await typed('repeats/one', 'repeats/two', '--format', 'markdown');
  expect(markdown).toContain('| 2 | 59.5% | 96.4% | 40.5% | 78.6% |');
  expect(markdown).toContain('| task-2 | 0/8 | 8/8 | 0.0005 |');
});

describe('the gate', () => {
  test('stops a regression with exit code 1, and says which', async () => {
    const { code, out } = await typed('old', 'new', '--gate');
    expect(code).toBe(1);
    expect(out).toContain('The gate is shut.\nStopped: Duration regressed:');
    expect(out).toContain('The gate cannot tell: Tokens: too little data. No difference in any of 12 tasks');
  });
  test('watches what it is told to, and lets through what is allowed', async () => {
    expect((await typed('old', 'new', '--gate', '--metric', 'success')).code).toBe(0);
    expect((await typed('old', 'new', '--gate', '--metric', 'success', '--metric', 'duration')).code).toBe(1);
    const allowed = await typed(
      'old',
      'new',
      '--gate',
      '--metric',
      'duration',
      '--max-regression',
      '100',
      '--json',
    );
    expect(allowed.code).toBe(0);
    expect(compared(allowed).gate).toMatchObject({ passed: true, stopped: [] });
    expect(allowed.err).toContain('Let through: Duration is worse by');
    const json = await typed(
      'old',
      'new',
      '--gate',
      '--metric',
      'duration',
      '--max-regression',
      '10',
      '--json',
    );
    expect(json.code).toBe(1);
    expect(compared(json).gate).toMatchObject({ passed: false, stopped: ['duration'] });
  });
});

describe('for other programs', () => {
  test('JUnit: what regressed has failed, what nobody can tell is skipped', async () => {
    const { out } = await typed('old', 'new', '--format', 'junit');
    expect(out).toContain('<testsuites name="tacho compare" tests="5" failures="1" errors="0" skipped="2">');
    expect(out).toMatch(
      /<testcase classname="tacho.compare" name="duration">\s*<failure type="regressed" message="Duration regressed: /,
    );
    const gated = await typed('old', 'new', '--format', 'junit', '--gate', '--metric', 'success');
    expect(gated.out).toContain('failures="0"');
  });
  test('a file instead of the screen', async () => {
    const { code, out, err } = await typed('old', 'new', '--format', 'markdown', '-o', 'comment.md');
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'Written to comment.md.\n' });
    const text = await readFile(join(folder, 'comment.md'), 'utf8');
    expect(text).toMatch(/^## Success: improved, duration regressed, score improved\n/);
    expect(text).toContain('| Success | 33.3% | 100.0% | +66.7 points |');
  });
  test('over HTTP it is the same answer', async () => {
    const typedHere = await typed('variant=old', 'variant=new', '--json', '--seed', '7', '--success-at', '1');
    const tacho = await openTacho({ home: join(folder, 'home') });
    try {
      const at = (query: string): Promise<Response> =>
        tacho.fetch(new Request(`http://localhost/api/compare?${query}`));
      const answer = await at('baseline=variant%3Dold&treatment=variant%3Dnew&seed=7&successAt=1');
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual(JSON.parse(typedHere.out));
      for (const [query, status, sentence] of [
        ['baseline=old', 400, 'The parameter "treatment" must say which runs'],
        ['baseline=old&treatment=nobody', 404, 'Nothing is called "nobody"'],
        ['baseline=old&treatment=old', 400, 'on both sides'],
        ['baseline=old&treatment=new&seed=x', 400, 'The parameter "seed" must be a whole number'],
      ] as const) {
        const refused = await at(query);
        expect(refused.status).toBe(status);
        expect(((await refused.json()) as { error: { message: string } }).error.message).toContain(sentence);
      }
    } finally {
      await tacho.close();
    }
  });
});

test('names that agents wrote are text everywhere', async () => {
  const evil = '\u001b[31m<script>alert(1)</script> | **x** @everyone ]]> \ud800 https://evil.example &';
  const home = join(folder, 'evil');
  const side = (variant: string, reward: number): object[] =>
    Array.from({ length: 8 }, (_, at) =>
      lines(`${variant}${at}`, `${evil} ${at}`, { variant, reward, seconds: 10 }),
    ).flat();
  await put('evil/one/telemetry.jsonl', side('one', 0));
  await put('evil/two/telemetry.jsonl', side('two', 1));
  const at = (format: string): Promise<Typed> =>
    typed(join(home, 'one'), join(home, 'two'), '--format', format);
  const [text, markdown, junit] = [await at('text'), await at('markdown'), await at('junit')];
  expect(text.out).toContain('<script>alert(1)</script>');
  expect(text.out).not.toContain('\u001b');
  expect(markdown.out).toContain('&lt;script&gt;');
  for (const mark of ['<script', '@everyone', '| **x**', 'https://evil'])
    expect(markdown.out).not.toContain(mark);
  for (const mark of ['<script', '\u001b', '\ud800', ']]>']) expect(junit.out).not.toContain(mark);
});

const samples = resolve(import.meta.dirname, '../../../..', process.env.TACHO_CORPUS ?? '../shared/samples');
const arm = (name: string): string =>
  join(samples, `claude_code_sessions/eb_v6_dep-traversal_${name}.session.jsonl`);
const there = existsSync(arm('baseline')) && existsSync(arm('mcp'));
if (!there)
  console.log(`compare: no real transcripts in ${samples} (TACHO_CORPUS): the test on them is skipped`);

test.skipIf(!there)('one run of each arm of a real study is too little data, and no verdict', async () => {
  const comparison = compared(await typed(arm('baseline'), arm('mcp'), '--json'));
  expect([comparison.baseline.runs, comparison.treatment.runs]).toEqual([1, 1]);
  for (const { metric, verdict, sentence } of comparison.metrics) {
    expect(verdict, metric).toBe('too little data');
    expect(sentence).toContain('too little data');
  }
  // What was seen is told all the same: 2 109 006 and 2 077 361 tokens.
  expect(comparison.metrics.find(({ metric }) => metric === 'tokens')).toMatchObject({
    baseline: 2_109_006,
    treatment: 2_077_361,
  });
  expect((await typed(arm('baseline'), arm('mcp'), '--gate')).code).toBe(0);
});
