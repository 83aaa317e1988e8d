import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { FLAG_UNPRICED, MISSING_PARENT } from '../model/columns.ts';
import type { RunStatus } from '../model/run.ts';
import { type Problem, problemsOf } from './problems.ts';
import { treeOf } from './tree.ts';

const S = 1e6;
const problems = (sketches: readonly SpanSketch[], nowS = 100, status: RunStatus = 'running'): Problem[] => {
  const columns = columnsFrom(sketches);
  return problemsOf(columns, treeOf(columns), nowS * S, status);
};
const errorsIn = (sketches: readonly SpanSketch[]): Problem[] =>
  problems(sketches).filter(({ kind }) => kind === 'error');
const agent: SpanSketch = { kind: 'agent', name: 'agent', startUs: 0, endUs: 90 * S };
const tool = (from: number, more: SpanSketch = {}): SpanSketch => ({
  parent: 0,
  kind: 'tool',
  name: 'fetch',
  tool: 'fetch',
  startUs: from * S,
  endUs: (from + 1) * S,
  ...more,
});

test('an error that parents only hand on is one problem, at its origin', () => {
  const found = errorsIn([
    { ...agent, status: 'error', error: 'TypeError: x' },
    tool(3, { status: 'error', error: 'TypeError: x' }),
    { ...agent, name: 'other', status: 'error', error: 'gave up' },
    tool(5, { parent: 2, status: 'error', error: 'timeout' }),
    tool(7, { name: 'store', status: 'error', endUs: Number.NaN }),
  ]);
  expect(found.map(({ kind, severity, no, atUs, detail }) => [kind, severity, no, atUs / S, detail])).toEqual(
    [
      ['error', 'error', 2, 90, 'gave up'],
      ['error', 'error', 4, 7, 'It gives no reason.'],
      ['error', 'error', 3, 6, 'timeout'],
      ['error', 'error', 1, 4, 'TypeError: x'],
    ],
  );
});

test('a retry is the very next sibling; one that works makes its errors warnings', () => {
  const failed = { status: 'error', error: 'busy' } as const;
  const found = problems([agent, tool(1, failed), tool(2, failed), tool(3)]);
  expect(found.map(({ kind, severity, no }) => [kind, severity, no])).toEqual([
    ['retry', 'info', 3],
    ['error', 'warning', 2],
    ['error', 'warning', 1],
  ]);
  expect(found[0]!.detail).toBe('After 2 errors the last try worked.');
  // A model that thinks in between starts something new, and so does a call side by side.
  const thinks: SpanSketch = { parent: 0, kind: 'llm', name: 'm', startUs: 2 * S, endUs: 3 * S };
  const kinds = (sketches: SpanSketch[]): string[] => problems(sketches).map(({ kind }) => kind);
  expect(kinds([agent, tool(1, failed), thinks, tool(3)])).toEqual(['error']);
  expect(kinds([agent, tool(1, failed), tool(1)])).toEqual(['error']);
});

test('a loop is the same call many times in a row; a fan-out and different calls are none', () => {
  const row = (count: number, more: (at: number) => SpanSketch): SpanSketch[] => [
    agent,
    ...Array.from({ length: count }, (_, at) => tool(at, more(at))),
  ];
  const loops = (sketches: SpanSketch[]): Problem[] =>
    problems(sketches).filter(({ kind }) => kind === 'loop');
  const named = { name: 'fetch /status' };
  expect(loops(row(7, () => named))).toEqual([]);
  expect(loops(row(8, () => named))).toMatchObject([{ no: 8, title: 'fetch /status 8 times in a row' }]);
  expect(loops(row(24, () => ({})))).toEqual([]);
  expect(loops(row(24, () => ({ name: 'my search', tool: 'mcp__my__search' })))).toEqual([]);
  expect(loops(row(25, () => ({})))).toHaveLength(1);
  expect(loops(row(30, () => ({ ...named, startUs: 0, endUs: S })))).toEqual([]);
  expect(loops(row(30, (at) => ({ name: `fetch ${at % 2}` })))).toEqual([]);
  // The model asks for it each time: still a loop.
  const asked: SpanSketch[] = row(8, () => named).flatMap((call, at): SpanSketch[] =>
    at === 0
      ? [call]
      : [{ parent: 0, kind: 'llm', name: 'm', startUs: (at - 1) * S, endUs: (at - 1) * S }, call],
  );
  expect(loops(asked)).toHaveLength(1);
});

test('silence is told beside what is usual, and only while the run goes on', () => {
  const work: SpanSketch[] = [
    { ...agent, endUs: Number.NaN },
    { parent: 0, kind: 'llm', name: 'claude', status: 'unset', startUs: 60 * S },
    ...Array.from({ length: 5 }, (): SpanSketch => ({ parent: 0, kind: 'llm', startUs: 0, endUs: 9 * S })),
  ];
  expect(problems(work, 98)).toMatchObject([
    { kind: 'stall', severity: 'warning', no: 1, atUs: 60 * S, detail: 'silent 38 s · usual 9 s' },
  ]);
  expect(problems(work, 98, 'interrupted')).toMatchObject([
    { kind: 'torn', no: 1, title: 'claude never ended', detail: 'The record stops 38 s after its start.' },
  ]);
});

test('a silence that is over is told where it began, and is worth a look where the work failed', () => {
  const quick = Array.from({ length: 5 }, (): SpanSketch => ({ kind: 'llm', startUs: 0, endUs: 9 * S }));
  const late: SpanSketch = { kind: 'llm', name: 'claude', startUs: 20 * S, endUs: 320 * S };
  const expected = {
    kind: 'stall',
    no: 0,
    atUs: 20 * S,
    title: 'claude was silent',
    detail: 'silent 5 min · usual 9 s',
  };
  for (const status of ['running', 'ok'] as const)
    expect(problems([late, ...quick], 400, status)).toMatchObject([{ ...expected, severity: 'info' }]);
  const given = problems([{ ...late, status: 'cancelled' }, ...quick], 400, 'ok');
  expect(given).toMatchObject([{ ...expected, severity: 'warning' }]);
});

test('orphans, circles, clocks and missing prices are told once for all their spans', () => {
  const found = problems([
    { parent: MISSING_PARENT, startUs: 1, endUs: 2 },
    { parent: MISSING_PARENT, startUs: 5, endUs: 6 },
    { parent: 3, startUs: 1, endUs: 2 },
    { parent: 2, startUs: 1, endUs: 2 },
    { ...agent, startUs: 50 * S },
    { parent: 4, startUs: 49 * S, endUs: 51 * S },
    { kind: 'llm', model: 'x', startUs: 1, endUs: 2, tokens: 5, flags: FLAG_UNPRICED },
    { kind: 'llm', model: 'x', startUs: 2, endUs: 3, tokens: 5, flags: FLAG_UNPRICED },
    { kind: 'llm', startUs: 3, endUs: 4, tokens: 5, flags: FLAG_UNPRICED },
  ]);
  expect(found.map(({ kind, no, title }) => [kind, no, title])).toEqual([
    ['impossible', 5, '1 span starts before its parent'],
    ['orphan', 1, '2 spans have no parent in the run'],
    ['unpriced', 8, '1 call without a price: calls without a model'],
    ['unpriced', 7, '2 calls without a price: x'],
    ['impossible', 2, '1 circle of parents'],
  ]);
});

test('any run: problems are there, point to spans and come newest first', () => {
  fc.assert(
    fc.property(anyColumns, fc.constantFrom<RunStatus>('running', 'ok', 'interrupted'), (columns, status) => {
      const found = problemsOf(columns, treeOf(columns), 300 * S, status);
      found.forEach((problem, at) => {
        expect(problem.no).toBeGreaterThanOrEqual(0);
        expect(problem.no).toBeLessThan(columns.count);
        expect(problem.title).not.toBe('');
        expect(problem.atUs).toBeLessThanOrEqual(found[Math.max(0, at - 1)]!.atUs);
        expect(Number.isFinite(problem.atUs)).toBe(true);
      });
    }),
  );
});
