import type { AlignedStep, DiffSpan } from '@tacho/trace/analysis/diff/diff-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allRows,
  changeRows,
  countsOf,
  deltaOf,
  foldDelta,
  hop,
  type Lines,
  lineOf,
  linesOf,
  matchesOf,
  type Row,
  rowOf,
  stepAt,
  turned,
} from './aligned-rows.ts';

const span = (no: number, more: Partial<DiffSpan> = {}): DiffSpan => ({
  spanId: `s${no}`,
  no,
  name: `step ${no}`,
  kind: 'tool',
  status: 'ok',
  durationUs: 10,
  tokens: 5,
  costUsd: 1,
  spans: 1,
  ...more,
});

/** Signs `=`, `~`, `-`, `+` with the line above: the numbers are those of the lines. */
function linesFrom(list: readonly (readonly ['=' | '~' | '-' | '+', number])[]): Lines {
  return linesOf(
    list.map(
      ([sign, up], no): AlignedStep => ({
        up,
        left: sign === '+' ? null : span(no),
        right: sign === '-' ? null : span(no, { durationUs: 13 }),
        differs: sign === '~' ? ['status'] : [],
      }),
    ),
  );
}

const none: ReadonlySet<number> = new Set();
const textOf = (rows: readonly Row[]): string =>
  rows
    .map((row) => (row.kind === 'line' ? row.at : `${row.from}…${row.to - 1}${row.open ? '!' : ''}`))
    .join(' ');

// 0 ─ 1 ─ 2, 3      the same
//   ├ 4 ─ 5         changed, in the same
//   ├ 6             the same
//   └ 7 ─ 8 ─ 9     only right
// 10                only left
const lines = linesFrom([
  ['=', -1],
  ['=', 0],
  ['=', 1],
  ['=', 1],
  ['=', 0],
  ['~', 4],
  ['=', 0],
  ['+', 0],
  ['+', 7],
  ['+', 8],
  ['-', -1],
]);

describe('the lines of two trees', () => {
  it('have a mark, a depth, and the outermost of what differs', () => {
    expect([...lines.depth]).toEqual([0, 1, 2, 2, 1, 2, 1, 1, 2, 3, 0]);
    expect(lines.changes).toEqual([5, 7, 10]);
    expect(countsOf(lines)).toEqual({ same: 6, changed: 1, added: 3, removed: 1 });
  });

  it('are found by their spans, and name them', () => {
    for (let at = 0; at < lines.steps.length; at++) expect(lineOf(lines, stepAt(lines, at))).toBe(at);
    expect(lineOf(lines, undefined)).toBe(-1);
    expect(lineOf(lines, { side: 'left', no: 8 })).toBe(-1);
  });

  it('have differences of what a side is missing in full, and unknown costs stay unknown', () => {
    expect(deltaOf(lines.steps[0]!)).toEqual({ us: 3, tokens: 0, costUsd: 0 });
    expect(deltaOf(lines.steps[7]!)).toEqual({ us: 13, tokens: 5, costUsd: 1 });
    expect(deltaOf(lines.steps[10]!)).toEqual({ us: -10, tokens: -5, costUsd: -1 });
    expect(deltaOf({ ...lines.steps[7]!, right: span(7, { costUsd: null }) }).costUsd).toBeNull();
  });
});

describe('only the changes', () => {
  it('stand with what they are in; the rest is folded, a single line is not', () => {
    expect(textOf(changeRows(lines, [], none))).toBe('0 1…3 4 5 6 7 8…9 10');
  });

  it('folds open and close, and only they', () => {
    const opened = turned(none, { from: 1, to: 4, open: false });
    expect(textOf(changeRows(lines, [], opened))).toBe('0 1…3! 1 2 3 4 5 6 7 8…9 10');
    expect(turned(opened, { from: 1, to: 4, open: true }).size).toBe(0);
    expect(turned(opened, { from: 8, to: 10, open: true }).size).toBe(1);
  });

  it('what is searched for is not folded', () => {
    expect(matchesOf(lines, ' STEP 3')).toEqual([3]);
    expect(matchesOf(lines, ' ')).toEqual([]);
    expect(textOf(changeRows(lines, [3], none))).toBe('0 1 2 3 4 5 6 7 8…9 10');
  });

  it('a fold has the figures of its outermost lines', () => {
    expect(foldDelta(lines, { from: 1, to: 4 })).toEqual({ us: 3, tokens: 0, costUsd: 0 });
    expect(foldDelta(lines, { from: 8, to: 10 })).toEqual({ us: 13, tokens: 5, costUsd: 1 });
  });

  it('of runs alike, all is one fold', () => {
    expect(textOf(changeRows(linesFrom([...Array(40)].map(() => ['=', -1])), [], none))).toBe('0…39');
  });

  const trees = fc
    .array(fc.tuple(fc.constantFrom('=', '=', '=', '~', '-', '+'), fc.nat()), { maxLength: 40 })
    .map((list) => {
      const made: ['=' | '~' | '-' | '+', number][] = [];
      for (const [no, [sign, seed]] of list.entries()) {
        const up = (seed % (no + 1)) - 1;
        const above = up < 0 ? '=' : made[up]![0];
        made.push([above === '-' || above === '+' ? above : (sign as '='), up]);
      }
      return linesFrom(made);
    });

  it('has every line exactly once, in order, and finds each in its row', () => {
    fc.assert(
      fc.property(trees, fc.uniqueArray(fc.nat({ max: 39 })), (some, opened) => {
        const rows = changeRows(some, [], new Set(opened));
        const told = rows.flatMap((row) => {
          if (row.kind === 'line') return row.at;
          return row.open ? [] : Array.from({ length: row.to - row.from }, (_, at) => row.from + at);
        });
        expect(told).toEqual(some.steps.map((_, at) => at));
        for (const at of told) {
          const row = rows[rowOf(rows, at)]!;
          expect(row.kind === 'line' ? row.at === at : !row.open && row.from <= at && at < row.to).toBe(true);
        }
        expect(rowOf(rows, some.steps.length)).toBe(-1);
        for (const row of rows)
          if (row.kind === 'fold' && !row.open)
            for (const at of some.changes) expect(at < row.from || at >= row.to).toBe(true);
      }),
    );
  });
});

it('hops to the next and the previous, and around the end', () => {
  expect(hop([5, 7, 10], -1, 1)).toBe(5);
  expect(hop([5, 7, 10], 5, 1)).toBe(7);
  expect(hop([5, 7, 10], 10, 1)).toBe(5);
  expect(hop([5, 7, 10], 6, -1)).toBe(5);
  expect(hop([5, 7, 10], 5, -1)).toBe(10);
  expect(hop([], 3, 1)).toBeUndefined();
  expect(textOf(allRows(lines))).toBe('0 1 2 3 4 5 6 7 8 9 10');
});
