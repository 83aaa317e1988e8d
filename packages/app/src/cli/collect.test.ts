import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@tacho/trace/model/json';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CORPUS } from '../../../../tests/format-cases.ts';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import { run } from './main.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tacho-collect-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  terminal.env = { TACHO_HOME: join(folder, 'home') };
  terminal.cwd = folder;
  const code = await run(['collect', ...argv], terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

async function put(path: string, content: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addSchema(schemaNamed('enterprise-metrics'));
const validate = ajv.getSchema('enterprise-metrics.schema.json')!;
const validateAnswer = ajv.compile(schemaNamed('collect'));

function expectValid(document: unknown, check = validate): void {
  check(document);
  expect(check.errors ?? []).toEqual([]);
}

/** A session as a stream of records: calls of 1 s, one every 10 s. */
function session(runId: string, calls: [tool: string, inputs: JsonObject, outputs?: string][]): string {
  const lines: JsonObject[] = [
    { event: 'run_start', run_id: runId, ts: 1_700_000_000, name: `run ${runId}` },
  ];
  calls.forEach(([tool, inputs, outputs = ''], at) => {
    const ts = 1_700_000_000 + at * 10;
    lines.push({
      event: 'span',
      run_id: runId,
      span_id: `${at}`,
      kind: 'tool',
      tool,
      inputs,
      outputs,
      ts,
      end_ts: ts + 1,
    });
  });
  lines.push({ event: 'run_end', run_id: runId, ts: 1_700_000_000 + calls.length * 10, status: 'ok' });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}
const READ: [string, JsonObject] = ['Read', { file_path: 'a.ts' }];
const SEARCH: [string, JsonObject] = ['mcp__sourcegraph__keyword_search', { query: 'x' }];

test('a run is summed up, and nothing is stored', async () => {
  await put(
    'trajectory.jsonl',
    session('one', [READ, ['Grep', { pattern: 'x' }], READ, ['Bash', { command: 'npm test' }]]),
  );
  const { code, out, err } = await typed('trajectory.jsonl');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('run one');
  expect(out).toMatch(/comprehension +2 +50\.0 % +58 % +-8\.0/);
  expect(out).toContain('Files: 2 reads, 0 writes');
  expect(out).toContain('Tests: 1 (1 passed, 0 failed)');
  expect(out).toContain('Comprehension takes 50.0 % of the actions, 8.0 points below');
  expect(await readdir(folder)).toEqual(['trajectory.jsonl']);
});

test('--verbose lists tools, re-reads, tests and errors, whatever agents have written there', async () => {
  const hostile: [string, JsonObject] = ['Read\u001b[2J', { file_path: 'a\u001b]0;x\u0007.ts' }];
  await put(
    't.jsonl',
    session('one', [READ, READ, ['Bash', { command: 'pytest | cat' }, '1 failed in 1s'], hostile]),
  );
  const { out } = await typed('t.jsonl', '--verbose');
  expect(out).toMatch(/Read again:\n {2}a\.ts 1/);
  expect(out).toMatch(/Tests and builds:\n {2}test fail 1\.0 s {2}pytest \| cat/);
  expect(out).toMatch(/Errors:\n {2}logic unresolved {2}1 failed in 1s/);
  expect(out).not.toContain('\u001b');
});

test('--output writes a valid document for each run, in a folder that no id leads out of', async () => {
  await put('a/one.jsonl', session('../../one', [READ]));
  await put('a/two.jsonl', session('two', [SEARCH]));
  const { code, err } = await typed('a', '--output', 'results');
  expect([code, err]).toEqual([0, '2 files written below results.\n']);
  expect((await readdir(join(folder, 'results'))).sort()).toEqual(['one', 'two']);
  for (const name of ['one', 'two']) {
    const document = JSON.parse(
      await readFile(join(folder, 'results', name, 'enterprise_metrics.json'), 'utf8'),
    );
    expectValid(document);
    expect(document.tool_usage.tool_timeline).toHaveLength(1);
  }
});

test('--json is one document, its lists only with --verbose', async () => {
  await put('t.jsonl', session('one', [READ]));
  const short = JSON.parse((await typed('t.jsonl', '--json')).out);
  const long = JSON.parse((await typed('t.jsonl', '--json', '--verbose')).out);
  for (const answer of [short, long]) expectValid(answer, validateAnswer);
  expect(short.runs[0].tool_usage.tool_timeline).toBeUndefined();
  expect(long.runs[0].tool_usage.tool_timeline).toHaveLength(1);
});

describe('--compare', () => {
  test('sets two files side by side in the order in which they stand for arms', async () => {
    await put('z_baseline.jsonl', session('b', [READ, READ]));
    await put('a_mcp.jsonl', session('m', [READ, SEARCH]));
    const { code, out } = await typed('z_baseline.jsonl', 'a_mcp.jsonl', '--compare', '--json');
    const answer = JSON.parse(out);
    expect(code).toBe(0);
    expectValid(answer, validateAnswer);
    const { comparison } = answer;
    expect(comparison).toMatchObject({
      baseline: { name: 'baseline', runs: 1 },
      treatment: { name: 'mcp', runs: 1 },
      // Baseline: 100 and 0 %, so 42 + 35 points away; MCP: 50 and 50 %, so 8 + 15.
      distance: { baseline: 77, treatment: 23 },
      closerToResearch: 'treatment',
    });
    expect(comparison.verdict).toMatch(/^Too little data: 1 run against 1/);
    const figure = (name: string) =>
      comparison.figures.find((one: { figure: string }) => one.figure === name);
    expect(figure('tool_usage.mcp_searches')).toMatchObject({
      baseline: 0,
      treatment: 1,
      difference: 1,
      differencePct: null,
    });
    expect(figure('tokens.total')).toMatchObject({ baseline: null, difference: null });
  });
  test('says it in words', async () => {
    await put('x_baseline.jsonl', session('b', [READ, READ]));
    await put('x_mcp.jsonl', session('m', [READ, SEARCH]));
    const { out } = await typed('.', '--compare');
    expect(out).toContain(
      'Closer to developers (58 % comprehension, 35 % navigation): mcp, 23.0 points away instead of 77.0.',
    );
    expect(out).toContain('Too little data');
  });
  test('needs two sides', async () => {
    await put('one.jsonl', session('one', [READ]));
    const { code, err } = await typed('one.jsonl', '--compare');
    expect(code).toBe(3);
    expect(err).toContain('name two runs, or runs of a baseline and of an MCP arm');
  });
});

describe('the seed’s troubles', () => {
  test('no events', async () => {
    await put('empty.jsonl', 'nothing of that kind\n');
    const { code, err } = await typed('empty.jsonl');
    expect(code).toBe(3);
    expect(err).toContain('No events processed');
    expect((await typed('not-there.jsonl')).code).toBe(3);
  });
  test('an MCP run without searches', async () => {
    await put('task_mcp.jsonl', session('one', [READ]));
    const { out } = await typed('task_mcp.jsonl');
    expect(out).toContain('MCP searches: 0');
    expect(out).toContain('Were its MCP servers configured');
    expect(out).toContain('No MCP search in a run of the MCP arm');
  });
  test('all 0 %', async () => {
    const line = {
      event: 'span',
      run_id: 'r',
      span_id: 'a',
      kind: 'llm',
      ts: 1_700_000_000,
      end_ts: 1_700_000_001,
    };
    await put('t.jsonl', `${JSON.stringify(line)}\n`);
    const { code, out } = await typed('t.jsonl');
    expect(code).toBe(0);
    expect(out).toContain('all 0 %, for there is no tool call');
  });
});

const sessions = join(CORPUS, 'claude_code_sessions');
test.skipIf(!existsSync(sessions))(
  'the arms of a real task: searches are found, and no verdict is given',
  async () => {
    for (const arm of ['baseline', 'mcp'])
      await cp(
        join(sessions, `eb_v6_dep-traversal_${arm}.session.jsonl`),
        join(folder, `eb_v6_dep-traversal_${arm}.session.jsonl`),
      );
    const { code, out } = await typed('.', '--compare', '--json');
    expect(code).toBe(0);
    const { comparison, runs } = JSON.parse(out);
    expect(runs.map(({ metadata }: { metadata: JsonObject }) => metadata.agent_type).sort()).toEqual([
      'baseline',
      'mcp',
    ]);
    const searches = comparison.figures.find(
      ({ figure }: { figure: string }) => figure === 'tool_usage.mcp_searches',
    );
    expect(searches.baseline).toBe(0);
    expect(searches.treatment).toBeGreaterThan(10);
    expect(comparison.verdict).toMatch(/^Too little data/);
  },
);
