import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { type Stall, silencesOf, stallsOf } from './stalls.ts';
import { isWithin, treeOf } from './tree.ts';

const S = 1e6;
const stalls = (sketches: readonly SpanSketch[], nowS: number): Stall[] => {
  const columns = columnsFrom(sketches);
  return stallsOf(columns, treeOf(columns), nowS * S);
};
const calls = (count: number, seconds: number, more: SpanSketch = {}): SpanSketch[] =>
  Array.from({ length: count }, () => ({ kind: 'llm', startUs: 0, endUs: seconds * S, ...more }));

test('silence is compared with what is normal for the model in this run', () => {
  const open: SpanSketch = { kind: 'llm', model: 'm', status: 'unset', startUs: 0 };
  const work = [open, ...calls(9, 8, { model: 'm' }), ...calls(9, 1, { model: 'quick' })];
  expect(stalls(work, 31)).toEqual([]);
  expect(stalls(work, 34)).toEqual([{ no: 0, silentUs: 34 * S, usualUs: 8 * S }]);
  expect(stalls([{ ...open, firstTokenUs: 5 * S }, ...work.slice(1)], 34)).toEqual([]);
});

test('less than ten seconds are never a stall, and a first call gets as long as its kind may take', () => {
  const open: SpanSketch = { kind: 'llm', status: 'unset', startUs: 0 };
  expect(stalls([open, ...calls(9, 0.1)], 10)).toEqual([]);
  expect(stalls([open, ...calls(9, 0.1)], 11)).toHaveLength(1);
  for (const [kind, limit] of [
    ['llm', 180],
    ['tool', 600],
    ['agent', 360],
  ] as const) {
    expect(stalls([{ ...open, kind }], limit - 1)).toEqual([]);
    expect(stalls([{ ...open, kind }], limit + 1)).toEqual([{ no: 0, silentUs: (limit + 1) * S }]);
  }
});

test('where this run knows nothing comparable, earlier runs do; what is late is slow before it is stalled', () => {
  const columns = columnsFrom([{ kind: 'tool', tool: 'Bash', status: 'unset', startUs: 0 }]);
  const history: UsualTime[] = [
    { kind: 'tool', tool: 'Bash', model: '', calls: 40, medianUs: 8 * S, p95Us: 20 * S },
    { kind: 'tool', tool: 'Read', model: '', calls: 40, medianUs: 1, p95Us: 1 },
  ];
  const at = (seconds: number) => silencesOf(columns, treeOf(columns), seconds * S, history);
  expect(at(19)).toEqual([]);
  expect(at(21)).toEqual([{ no: 0, silentUs: 21 * S, usualUs: 8 * S, state: 'slow' }]);
  expect(at(81)).toEqual([{ no: 0, silentUs: 81 * S, usualUs: 8 * S, state: 'stalled' }]);
  expect(stallsOf(columns, treeOf(columns), 79 * S, history)).toEqual([]);
  const rare = [{ ...history[0]!, calls: 2 }];
  expect(silencesOf(columns, treeOf(columns), 81 * S, rare)).toEqual([]);
});

test('a long test run is no stall because reading files is quick', () => {
  const open: SpanSketch = { kind: 'tool', tool: 'Bash', status: 'unset', startUs: 0 };
  expect(stalls([open, ...calls(50, 0.01, { kind: 'tool', tool: 'Read' })], 60)).toEqual([]);
  expect(stalls([open, ...calls(5, 1, { kind: 'tool', tool: 'Bash' })], 60)).toHaveLength(1);
});

test('a parent waits for its open child; silence between children is compared with pauses between children', () => {
  const agent = (open: boolean, pauses: number): SpanSketch => ({
    kind: 'agent',
    startUs: 0,
    ...(open ? { status: 'unset' as const } : { endUs: pauses * S }),
  });
  const child = (parent: number, from: number, to?: number): SpanSketch => ({
    parent,
    kind: 'llm',
    startUs: from * S,
    ...(to === undefined ? { status: 'unset' as const } : { endUs: to * S }),
  });
  // Two agents that pause 2 s after each call of 1 s; the first one then falls silent at second 4.
  const work = [
    agent(true, 0),
    agent(false, 9),
    child(0, 0, 1),
    child(0, 3, 4),
    ...[0, 3, 6].map((from) => child(1, from, from + 1)),
  ];
  expect(stalls(work, 20)).toEqual([{ no: 0, silentUs: 16 * S, usualUs: 2 * S }]);
  expect(stalls([...work, child(0, 19)], 20)).toEqual([]);
});

test('any run: only open spans with nothing open below them stall', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const tree = treeOf(columns);
      for (const { no, silentUs } of stallsOf(columns, tree, 500 * S)) {
        expect(silentUs).toBeGreaterThan(10 * S);
        for (let other = 0; other < columns.count; other++)
          if (isWithin(tree, no, other)) expect(isOpen(columns, other)).toBe(other === no);
      }
    }),
  );
});
