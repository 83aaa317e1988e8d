import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomNumbers, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { Run } from '../../model/run.ts';
import { chromeTrace } from './format.ts';

/** Closes so many open slices, each some time after the last thing in it, then begins another one after a gap. */
type Step = { close: number; tail: number; gap: number; whole: boolean };
type Placed = { id: string; parent: string | undefined; from: number; to: number; whole: boolean };
type Event = { ph: 'X' | 'B' | 'E'; name: string; ts: number; dur?: number; pid: 1; tid: 7 };

async function read(events: readonly object[]): Promise<Run> {
  const { records, refusals } = await readBytes(chromeTrace, Buffer.from(JSON.stringify(events)), {
    name: 'x.json',
  });
  expect(refusals).toEqual([]);
  return [...runsOf(records).values()][0]!;
}

/** Parents by name: the names are unique. */
function parentsOf(run: Run): Record<string, string | undefined> {
  const names = new Map(run.spans.map((span) => [span.spanId, span.name]));
  return Object.fromEntries(
    run.spans.map((span) => [span.name, span.parentId === undefined ? undefined : names.get(span.parentId)]),
  );
}

const step: fc.Arbitrary<Step> = fc.record({
  close: fc.nat(3),
  tail: fc.integer({ min: 1, max: 5 }),
  gap: fc.nat(3),
  whole: fc.boolean(),
});
const forest = fc.array(step, { minLength: 1, maxLength: 40 });

/** Slices laid out in time: what is inside another begins with it or later and ends before it. */
function placed(steps: readonly Step[]): Placed[] {
  const all: Placed[] = [];
  const open: Placed[] = [];
  let at = 0;
  const close = (count: number, tail: number): void => {
    for (const slice of open.splice(Math.max(0, open.length - count)).reverse()) {
      at += tail;
      slice.to = at;
    }
  };
  for (const { close: count, tail, gap, whole } of steps) {
    close(count, tail);
    at += gap;
    const one = { id: `n${all.length}`, parent: open.at(-1)?.id, from: at, to: 0, whole };
    all.push(one);
    open.push(one);
  }
  close(open.length, 1);
  return all;
}

/** In order of time: at one time ends come first, the inner ones before the outer, then beginnings, outer ones first. */
function eventsOf(slices: readonly Placed[]): Event[] {
  const points = slices.flatMap((slice, no) => [
    { at: slice.from, order: no + 1, slice, end: false },
    ...(slice.whole ? [] : [{ at: slice.to, order: -no - 1, slice, end: true }]),
  ]);
  return points
    .sort((a, b) => a.at - b.at || a.order - b.order)
    .map(({ at, slice: { id: name, from, to, whole }, end }) => ({
      ph: end ? 'E' : whole ? 'X' : 'B',
      name,
      ts: at,
      ...(whole && { dur: to - from }),
      pid: 1,
      tid: 7,
    }));
}

const expected = (slices: readonly Placed[]): Record<string, string | undefined> =>
  Object.fromEntries(slices.map(({ id, parent }) => [id, parent]));

test('what lies in what is found again, whatever is whole and what begins and ends', async () => {
  await fc.assert(
    fc.asyncProperty(forest, async (steps) => {
      const slices = placed(steps);
      const run = await read(eventsOf(slices));
      expect(parentsOf(run)).toEqual(expected(slices));
      for (const { id, from, to } of slices) {
        const span = run.spans.find((known) => known.name === id)!;
        expect(span.endUs! - span.startUs).toBe(to - from);
      }
    }),
    { numRuns: 300 },
  );
});

test('whole slices may stand in any order', async () => {
  await fc.assert(
    fc.asyncProperty(forest, fc.infiniteStream(fc.nat()), async (steps, dice) => {
      const slices = placed(steps).map((slice) => ({ ...slice, whole: true }));
      const keys = slices.map(() => dice.next().value as number);
      const events = eventsOf(slices);
      const shuffled = events.map((event, no) => ({ event, key: keys[no]! })).sort((a, b) => a.key - b.key);
      // Slices of one time and length nest as they stand in the file: there are none here.
      expect(parentsOf(await read(shuffled.map(({ event }) => event)))).toEqual(expected(slices));
    }),
    { numRuns: 300 },
  );
});

/** Calls of two steps each, in two turns of one run: more than a reader's window holds. */
function longForest(): Placed[] {
  const steps: Step[] = [0, 1].flatMap((turn) => [
    { close: turn * 3, tail: 2, gap: 5, whole: true },
    ...Array.from({ length: 3999 }, (_, call): Step[] => [
      { close: call === 0 ? 0 : 2, tail: 2, gap: 2, whole: true },
      { close: 0, tail: 1, gap: 1, whole: true },
      { close: 1, tail: 3, gap: 1, whole: true },
    ]).flat(),
  ]);
  return placed([{ close: 0, tail: 1, gap: 5, whole: true }, ...steps]);
}

test('slices that are written when they end come behind all that lies in them', async () => {
  const slices = longForest();
  const events = eventsOf(slices).sort((a, b) => a.ts + a.dur! - (b.ts + b.dur!));
  expect(parentsOf(await read(events))).toEqual(expected(slices));
});

test('a long file without any order is put in order', async () => {
  const slices = longForest();
  const random = randomNumbers(1);
  const keys = new Map(slices.map(({ id }) => [id, random()]));
  const events = eventsOf(slices).sort((a, b) => keys.get(a.name)! - keys.get(b.name)!);
  expect(parentsOf(await read(events))).toEqual(expected(slices));
});

test('a stack ten thousand deep is a chain', async () => {
  const depth = 10_000;
  const events = Array.from({ length: depth }, (_, no) => ({
    ph: 'B',
    name: `n${no}`,
    ts: no,
    pid: 1,
    tid: 7,
  }));
  const run = await read(events);
  expect(run.spans).toHaveLength(depth);
  expect(run.spans.every((span, no) => span.parentId === run.spans[no - 1]?.spanId)).toBe(true);
});

test('slices that overlap partly are side by side', async () => {
  const whole = (name: string, ts: number, dur: number): Event => ({
    ph: 'X',
    name,
    ts,
    dur,
    pid: 1,
    tid: 7,
  });
  const run = await read([whole('a', 0, 10), whole('b', 5, 10), whole('c', 6, 3), whole('d', 12, 2)]);
  expect(parentsOf(run)).toEqual({ a: undefined, b: undefined, c: 'b', d: 'b' });
});

test('what ended long ago is around nothing that comes out of order later', async () => {
  const leaves = (prefix: string, from: number): Event[] =>
    Array.from({ length: 5000 }, (_, no) => ({
      ...{ ph: 'X', name: `${prefix}${no}`, ts: from + 2 * no, dur: 1 },
      ...{ pid: 1, tid: 7 },
    }));
  const run = await read([
    { ph: 'B', name: 'first', ts: 0, pid: 1, tid: 7 },
    ...leaves('a', 1),
    { ph: 'E', name: 'first', ts: 20_000, pid: 1, tid: 7 },
    ...leaves('b', 30_000),
    { ph: 'X', name: 'late', ts: 25_000, dur: 20_000, pid: 1, tid: 7 },
  ]);
  const parents = parentsOf(run);
  expect([parents.first, parents.late]).toEqual([undefined, undefined]);
  expect([parents.a4999, parents.b0, parents.b4999]).toEqual(['first', 'late', 'late']);
});
