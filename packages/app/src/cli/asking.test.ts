import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchAnswer, SessionList } from '@tacho/trace/wire/search';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeRecords, type Typed, typedAt } from '../../../../tests/terminal.ts';
import type { OwnQueryResult } from '../store/store.ts';
import { query } from './commands/query.ts';

const T = 1_775_000_000;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tacho-asking-'));
  const records = [1, 2, 3].flatMap((no) => [
    {
      event: 'run_start',
      run_id: `r${no}`,
      ts: T + no,
      session_id: no < 3 ? 'nightly' : 'other "one"',
      project: 'shop',
      labels: { agent: 'a', 'odd key': 'x=y' },
      ...(no === 3 && { name: 'Hand one over', task: 'Pack the green CRATE.\nThen rest.' }),
    },
    {
      event: 'span',
      run_id: `r${no}`,
      span_id: 'call',
      kind: 'llm',
      name: 'chat',
      model: no === 1 ? 'claude-sonnet-4-6' : 'unheard-of',
      ts: T + no,
      duration_ms: 1500,
      usage: { input_tokens: 1000 * no, output_tokens: 10 },
      inputs: { prompt: `Find the NEEDLE "${no}"` },
      outputs: '=2+3 is \u001b[31mfive',
      ...(no === 2
        ? { status: 'error', error: { type: 'Jam', message: 'the gears jammed' } }
        : { status: 'ok' }),
    },
    { event: 'score', run_id: `r${no}`, ts: T + no + 2, name: 'reward', value: no / 10 },
    { event: 'run_end', run_id: `r${no}`, ts: T + no + 3, status: no === 2 ? 'error' : 'ok' },
  ]);
  await storeRecords(home, records);
});
afterAll(() => rm(home, { recursive: true, force: true }));

function typed(...argv: string[]): Promise<Typed> {
  return typedAt(home, argv);
}

async function asked(sql: string, ...more: string[]): Promise<OwnQueryResult> {
  return JSON.parse((await typed('query', sql, '--json', ...more)).out);
}

describe('sessions', () => {
  test('sum up their runs; a cost that is not known is a lower bound', async () => {
    const { sessions, total } = JSON.parse((await typed('sessions', '--json')).out) as SessionList;
    expect(total).toBe(2);
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['other "one"', 'nightly']);
    expect(sessions[1]).toMatchObject({ runs: 2, ok: 1, failed: 1, tokens: 3020, unpriced: 1, scored: 2 });
    expect(sessions[1]!.meanScore).toBeCloseTo(0.15, 10);
    expect(sessions[0]).toMatchObject({ costUsd: null, unpriced: 1 });
    const { out } = await typed('sessions');
    expect(out).toMatch(/nightly .* ≥ \$0\.003/);
  });

  test('take the filters of the run list', async () => {
    const { sessions } = JSON.parse(
      (await typed('sessions', '--status', 'error', '--json')).out,
    ) as SessionList;
    expect(sessions).toMatchObject([{ sessionId: 'nightly', runs: 1 }]);
    expect((await typed('sessions', '--project', 'none')).err).toContain('No session fits');
  });
});

describe('search', () => {
  test('finds runs by their names, tasks and labels; an error is one place', async () => {
    const find = async (text: string): Promise<SearchAnswer> =>
      JSON.parse((await typed('search', text, '--json')).out) as SearchAnswer;
    expect(await find('hand ONE')).toMatchObject({
      total: 1,
      runs: [{ runId: 'r3', runName: 'Hand one over', place: 'name', excerpt: 'Hand one over' }],
      found: [],
    });
    expect((await find('green crate')).runs).toMatchObject([{ runId: 'r3', place: 'task' }]);
    expect((await find('odd key')).runs.map(({ runId, place }) => [runId, place])).toEqual([
      ['r3', 'labels'],
      ['r2', 'labels'],
      ['r1', 'labels'],
    ]);
    const { out } = await typed('search', 'crate', '--limit', '1');
    expect(out).toContain('run (task)');
    expect(out).toContain('Pack the green CRATE. Then rest.');
    expect(await find('gears jammed')).toMatchObject({ total: 1, found: [{ place: 'error', no: 0 }] });
  });
  test('says what is too long to look for, in contents and in the list', async () => {
    for (const argv of [
      ['search', 'x'.repeat(501)],
      ['runs', '--search', 'x'.repeat(501), '--contents'],
    ]) {
      const { code, err } = await typed(...argv);
      expect(code).not.toBe(0);
      expect(err).toContain('501 characters, and at most 500');
    }
  });

  test('finds inputs, outputs and names in any case, newest runs first, with the text around', async () => {
    const { total, found } = JSON.parse((await typed('search', 'the needle', '--json')).out) as SearchAnswer;
    expect(total).toBe(3);
    expect(found.map(({ runId, place }) => [runId, place])).toEqual([
      ['r3', 'inputs'],
      ['r2', 'inputs'],
      ['r1', 'inputs'],
    ]);
    expect(found[0]!.excerpt).toContain('Find the NEEDLE');
    expect((await typed('search', 'needle "2"', '--json')).out).toContain('"total": 1');
    const { out } = await typed('search', 'five', '--limit', '1');
    expect(out).toContain('=2+3 is five');
    expect(out).toContain('2 more places');
    expect(out).not.toContain('\u001b');
  });

  test('what occurs nowhere has an exit code', async () => {
    const { code, err } = await typed('search', 'no such text');
    expect([code, err]).toEqual([1, 'It occurs nowhere.\n']);
  });
});

describe('query', () => {
  test('views tell runs, spans and scores in plain words', async () => {
    const runs = await asked(
      "SELECT run_id, labels['odd key'], duration_s, started FROM tacho_runs ORDER BY run_id",
    );
    expect(runs.rows[0]).toEqual(['r1', 'x=y', 3, '2026-03-31 23:33:21']);
    const spans = await asked(
      'SELECT kind, status, model, duration_s, tokens, inputs, outputs FROM tacho_spans WHERE run_id = $$r1$$',
    );
    expect(spans.rows).toEqual([
      [
        'llm',
        'ok',
        'claude-sonnet-4-6',
        1.5,
        1010,
        '{"prompt":"Find the NEEDLE \\"1\\""}',
        '=2+3 is \u001b[31mfive',
      ],
    ]);
    const scores = await asked(
      "SELECT sum(value) AS sum, count(*) AS n FROM tacho_scores WHERE name = 'reward'",
    );
    expect(scores.columns.map(({ name }) => name)).toEqual(['sum', 'n']);
    expect(scores.rows[0]![0]).toBeCloseTo(0.6, 10);
    expect(scores.rows[0]![1]).toBe(3);
  });

  test('every view can be read to its last column', async () => {
    for (const view of ['tacho_runs', 'tacho_spans', 'tacho_scores'])
      expect((await asked(`SELECT * FROM ${view}`)).rows).toHaveLength(3);
  });

  test('the examples of the help and of the manual are answered', async () => {
    const manual = await readFile(new URL('../../../../docs/query.md', import.meta.url), 'utf8');
    const told = [...query.examples!.map(([line]) => line), ...manual.split('\n')];
    const queries = told
      .map((line) => /^tacho query "([^"]+)"/.exec(line)?.[1])
      .filter((sql) => sql !== undefined);
    expect(queries.length).toBeGreaterThanOrEqual(6);
    for (const sql of queries) expect([sql, (await typed('query', sql)).code]).toEqual([sql, 0]);
  });

  test('rows are limited, and it is said', async () => {
    const { out, err } = await typed('query', 'SELECT * FROM range(10)', '--limit', '3', '--format', 'csv');
    expect(out).toBe('range\r\n0\r\n1\r\n2\r\n');
    expect(err).toContain('The first 3 rows');
    expect((await asked('SELECT * FROM range(3)', '--limit', '3')).truncated).toBe(false);
  });

  test('a cell never does anything to a terminal or a spreadsheet', async () => {
    const sql = 'SELECT outputs FROM tacho_spans LIMIT 1';
    expect((await typed('query', sql)).out).not.toContain('\u001b');
    expect((await typed('query', sql, '--format', 'csv')).out).toContain("'=2+3");
  });

  test('nothing can be written, no file read, no setting changed', async () => {
    const secret = join(home, 'secret.txt');
    await writeFile(secret, 'secret words');
    for (const sql of [
      'DELETE FROM runs',
      'CREATE TABLE t AS SELECT 1',
      'UPDATE runs SET name = $$x$$',
      `COPY (SELECT 1) TO '${join(home, 'out.csv')}'`,
      `SELECT * FROM read_text('${secret}')`,
      `SELECT * FROM '${secret}'`,
      `ATTACH '${join(home, 'other.db')}'`,
      'SET memory_limit = $$4GB$$',
      'INSTALL httpfs',
      'SELECT 1; SELECT 2',
      'CALL pragma_version()',
      '',
    ]) {
      const { code, out } = await typed('query', sql);
      expect([sql, code > 0, out.includes('secret words')]).toEqual([sql, true, false]);
    }
    expect(await readFile(secret, 'utf8')).toBe('secret words');
    expect((await asked('SELECT count(*) FROM tacho_runs')).rows).toEqual([[3]]);
  });

  test('what takes too long is stopped, what is wrong is said in the engine’s words', async () => {
    const slow = await typed(
      'query',
      'SELECT count(*) FROM range(1000000000) a, range(1000000) b',
      '--timeout',
      '0.2',
    );
    expect(slow.err).toMatch(/took longer than 0\.2 s/);
    expect((await typed('query', 'SELECT nothing FROM tacho_runs')).err).toMatch(/nothing/);
  });
});
