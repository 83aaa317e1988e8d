import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { type PastStall, pastStalls } from './past-stalls.ts';
import { stallsOf } from './stalls.ts';
import { treeOf } from './tree.ts';

const S = 1e6;
const stalls = (sketches: readonly SpanSketch[]): PastStall[] => {
  const columns = columnsFrom(sketches);
  return pastStalls(columns, treeOf(columns));
};
const call = (from: number, to: number, more: SpanSketch = {}): SpanSketch => ({
  kind: 'llm',
  startUs: from * S,
  endUs: to * S,
  ...more,
});
const calls = (count: number, seconds: number, more?: SpanSketch): SpanSketch[] =>
  Array.from({ length: count }, () => call(0, seconds, more));

test('a call that took much longer than its like stalled, and is not compared with itself', () => {
  const stall = { no: 0, silentUs: 34 * S, usualUs: 8 * S, fromUs: 5 * S, times: 1 };
  expect(stalls([call(5, 39), ...calls(3, 8)])).toEqual([stall]);
  expect(stalls([call(5, 37), ...calls(3, 8)])).toEqual([]);
  // With two of its like there is nothing to compare with.
  expect(stalls([call(5, 39), ...calls(2, 8)])).toEqual([]);
});

test('the first token is a sign of life', () => {
  const spoken = (second: number): PastStall[] =>
    stalls([call(0, 60, { firstTokenUs: second * S }), ...calls(9, 8)]);
  expect(spoken(30)).toEqual([]);
  expect(spoken(40)).toMatchObject([{ silentUs: 40 * S, fromUs: 0 }]);
  expect(spoken(20)).toMatchObject([{ silentUs: 40 * S, fromUs: 20 * S }]);
});

test('with nothing comparable a call may take as long as its kind, anything else as long as it likes', () => {
  for (const [kind, limit] of [
    ['llm', 180],
    ['tool', 600],
    ['agent', 360],
  ] as const) {
    expect(stalls([call(0, limit, { kind })])).toEqual([]);
    expect(stalls([call(0, limit + 1, { kind })])).toEqual([
      { no: 0, silentUs: (limit + 1) * S, fromUs: 0, times: 1 },
    ]);
  }
  for (const kind of ['task', 'stage'] as const) expect(stalls([call(0, 90_000, { kind })])).toEqual([]);
});

test('of an agent the longest pause between its children counts, and how many there were', () => {
  // Calls of 1 s with a second between, and longer pauses before some of them.
  const pauses = (seconds: number[]): SpanSketch[] => {
    const children: SpanSketch[] = [];
    let at = 0;
    for (const pause of seconds) {
      at += pause;
      children.push(call(at, at + 1, { parent: 0 }));
      at += 1;
    }
    return [{ kind: 'agent', startUs: 0, endUs: at * S }, ...children];
  };
  const ones = Array.from({ length: 20 }, () => 1);
  expect(stalls(pauses([...ones, 11, ...ones]))).toEqual([
    { no: 0, silentUs: 11 * S, usualUs: S, fromUs: 40 * S, times: 1 },
  ]);
  expect(stalls(pauses([...ones, 11, 12, 11, ...ones, ...ones]))).toEqual([
    { no: 0, silentUs: 12 * S, usualUs: S, fromUs: 52 * S, times: 3 },
  ]);
  expect(stalls(pauses([...ones, 9, ...ones]))).toEqual([]);
});

test('what a person took to ask again is no stall, neither then nor while it lasts', () => {
  const turn: SpanSketch = { parent: 0, kind: 'task', role: 'turn' };
  const session = (endUs: number): SpanSketch[] => [
    { kind: 'agent', startUs: 0, endUs, ...(Number.isNaN(endUs) && { status: 'unset' as const }) },
    ...[0, 2, 4, 6, 5_000].map((second) => ({ ...turn, ...call(second, second + 1), kind: 'task' as const })),
  ];
  expect(stalls(session(5_001 * S))).toEqual([]);
  const open = columnsFrom(session(Number.NaN));
  expect(stallsOf(open, treeOf(open), 9_000 * S)).toEqual([]);
});

test('any run: a call that stalls and then ends has stalled just so', () => {
  const one = fc.record({
    kind: fc.constantFrom('llm' as const, 'tool' as const, 'agent' as const),
    name: fc.constantFrom('a', 'b'),
    model: fc.constantFrom('m', ''),
    seconds: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 900 })),
  });
  const others = fc.array(one, { maxLength: 12 });
  let seen = 0;
  fc.assert(
    fc.property(one, others, ({ seconds, ...last }, before) => {
      const done = before.map(({ seconds, ...sketch }) => ({ ...sketch, startUs: 0, endUs: seconds * S }));
      const start = { ...last, startUs: 0 };
      const live = columnsFrom([...done, { ...start, status: 'unset' }]);
      const over = columnsFrom([...done, { ...start, endUs: seconds * S }]);
      const no = done.length;
      const was = stallsOf(live, treeOf(live), seconds * S);
      const told = pastStalls(over, treeOf(over)).filter((stall) => stall.no === no);
      seen += was.length;
      expect(told.map(({ fromUs, times, ...stall }) => stall)).toEqual(was);
    }),
  );
  expect(seen).toBeGreaterThan(5);
});

test('any run: a silence lies within its span, and none of its children breaks it', () => {
  const one = fc.record({
    parent: fc.integer({ min: -1, max: 11 }),
    kind: fc.constantFrom('llm' as const, 'agent' as const),
    startUs: fc.integer({ min: 0, max: 999 }).map((seconds) => seconds * S),
    seconds: fc.integer({ min: 0, max: 999 }),
  });
  let seen = 0;
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 12 }), (work) => {
      const columns = columnsFrom(
        work.map(({ seconds, parent, ...sketch }) => ({
          ...sketch,
          parent: Math.min(parent, work.length - 1),
          endUs: sketch.startUs + seconds * S,
        })),
      );
      const tree = treeOf(columns);
      for (const { no, fromUs, silentUs, times } of pastStalls(columns, tree)) {
        seen++;
        expect(fromUs).toBeGreaterThanOrEqual(columns.startUs[no]!);
        expect(fromUs + silentUs).toBeLessThanOrEqual(columns.endUs[no]!);
        expect(times).toBeGreaterThan(0);
        for (let child = 0; child < columns.count; child++) {
          if (tree.parent[child] !== no) continue;
          expect(Math.min(columns.endUs[child]!, fromUs + silentUs)).toBeLessThanOrEqual(
            Math.max(columns.startUs[child]!, fromUs),
          );
        }
      }
    }),
  );
  expect(seen).toBeGreaterThan(20);
});
