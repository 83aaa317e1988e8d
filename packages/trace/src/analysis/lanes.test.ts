import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { MISSING_PARENT } from '../model/columns.ts';
import { endAt } from './extent.ts';
import { type LaneLayout, lanesOf } from './lanes.ts';
import { ancestorsOf, treeOf } from './tree.ts';

const layoutOf = (sketches: readonly SpanSketch[], nowUs = 1000): LaneLayout => {
  const columns = columnsFrom(sketches);
  return lanesOf(columns, treeOf(columns), nowUs);
};
const names = (layout: LaneLayout): string[] => layout.lanes.map((lane) => `${lane.kind} ${lane.name}`);

test('any run: within a lane and row spans nest in their ancestors or follow one another', () => {
  fc.assert(
    fc.property(anyColumns, fc.nat(120), (columns, nowUs) => {
      const tree = treeOf(columns);
      const layout = lanesOf(columns, tree, nowUs);
      for (let no = 0; no < columns.count; no++) {
        const lane = layout.lanes[layout.lane[no]!]!;
        expect(layout.row[no]).toBeLessThan(lane.rows);
        const above = new Set(ancestorsOf(tree, no));
        let level = 0;
        for (let other = 0; other < columns.count; other++) {
          if (other === no || layout.lane[other] !== layout.lane[no] || layout.row[other] !== layout.row[no])
            continue;
          const [start, end] = [columns.startUs[no]!, endAt(columns, no, nowUs)];
          const [otherStart, otherEnd] = [columns.startUs[other]!, endAt(columns, other, nowUs)];
          const apart = end <= otherStart || otherEnd <= start;
          const inside = start >= otherStart && end <= otherEnd && above.has(other);
          const around = otherStart >= start && otherEnd <= end && ancestorsOf(tree, other).includes(no);
          expect(apart || inside || around, `${no} and ${other} overlap partly`).toBe(true);
          // At equal borders a span without duration may lie inside or follow: both are legal.
          if (inside && !apart) level++;
        }
        if (endAt(columns, no, nowUs) > columns.startUs[no]!) expect(layout.level[no]).toBe(level);
      }
      expect(new Set(layout.lanes.map((lane) => lane.key)).size).toBe(layout.lanes.length);
      for (const at of layout.lanes.keys()) expect(layout.lane.includes(at)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a later look at a run whose children end in their parents moves nothing to another row', () => {
  const nested = fc
    .array(
      fc.record({
        parent: fc.nat(),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      {
        maxLength: 25,
      },
    )
    .map((parts) => {
      const spans = [{ parent: -1, startUs: 0, endUs: 100_000 }];
      for (const { parent, from, part } of parts) {
        const up = spans[parent % spans.length]!;
        const startUs = Math.round(up.startUs + from * (up.endUs - up.startUs));
        spans.push({
          parent: parent % spans.length,
          startUs,
          endUs: Math.round(startUs + part * (up.endUs - startUs)),
        });
      }
      return spans;
    });
  fc.assert(
    fc.property(nested, fc.nat(100_000), (spans, lookUs) => {
      // In the very microsecond in which spans start they have no duration yet, and share a row.
      fc.pre(spans.every(({ startUs }) => startUs !== lookUs));
      const late = layoutOf(spans, 100_000);
      const early = layoutOf(
        spans.map(({ endUs, ...span }) => ({
          ...span,
          // What has not started yet is put behind everything, alone.
          ...(span.startUs > lookUs && { startUs: lookUs + 1, parent: MISSING_PARENT }),
          ...(endUs <= lookUs && { endUs }),
        })),
        lookUs,
      );
      spans.forEach((span, no) => {
        if (span.startUs <= lookUs) expect(early.row[no]).toBe(late.row[no]);
      });
    }),
  );
});

test('overlapping siblings take their subtrees along to further rows', () => {
  const layout = layoutOf([
    { kind: 'agent', startUs: 0, endUs: 100 },
    { parent: 0, startUs: 10, endUs: 50 },
    { parent: 0, startUs: 20, endUs: 60 },
    { parent: 1, startUs: 30, endUs: 40 },
    { parent: 2, startUs: 30, endUs: 40 },
    { parent: 0, startUs: 60, endUs: 70 },
  ]);
  expect([...layout.row]).toEqual([0, 0, 1, 0, 1, 0]);
  expect([...layout.level]).toEqual([0, 1, 0, 2, 1, 1]);
  expect(layout.lanes[0]).toMatchObject({ key: 'agent:0', rows: 2, agent: 0 });
});

test('the profile of the second seed: stages head their groups, each agent has its lane', () => {
  const stage = (name: string, startUs: number, endUs: number): SpanSketch => ({
    parent: 0,
    kind: 'stage',
    name,
    startUs,
    endUs,
  });
  const agent = (name: string, parent: number, startUs: number, endUs: number): SpanSketch => ({
    kind: 'agent',
    name,
    parent,
    startUs,
    endUs,
  });
  const layout = layoutOf([
    { name: 'eigenda', startUs: 0, endUs: 400 },
    stage('applications', 200, 300),
    stage('discovery', 0, 10),
    stage('depth 0', 10, 200),
    agent('b', 3, 12, 150),
    agent('a', 3, 11, 200),
    agent('disperser', 1, 200, 300),
    { parent: 2, name: 'scan', kind: 'tool', startUs: 1, endUs: 9 },
    { parent: 5, name: 'read', kind: 'tool', startUs: 20, endUs: 30 },
  ]);
  expect(names(layout)).toEqual([
    'run eigenda',
    'stage discovery',
    'stage depth 0',
    'agent a',
    'agent b',
    'stage applications',
    'agent disperser',
  ]);
  expect(layout.lanes.map((lane) => lane.stage)).toEqual([-1, 2, 3, 3, 3, 1, 1]);
  expect(layout.lanes[layout.lane[7]!]!.name).toBe('discovery');
  expect(layout.lanes[layout.lane[8]!]!.name).toBe('a');
});

test('a stage without agents inside an agent is a bar in its lane; at the root agent it heads a group', () => {
  const layout = layoutOf([
    { kind: 'agent', name: 'lead', startUs: 0, endUs: 100 },
    { parent: 0, kind: 'stage', name: 'research', startUs: 0, endUs: 50 },
    { parent: 1, kind: 'agent', name: 'reader', startUs: 0, endUs: 40 },
    { parent: 2, kind: 'stage', name: 'skim', startUs: 5, endUs: 20 },
    { parent: 0, kind: 'stage', name: 'writing', startUs: 50, endUs: 100 },
  ]);
  expect(names(layout)).toEqual(['agent lead', 'stage research', 'agent reader', 'stage writing']);
  expect(layout.lane[3]).toBe(2);
});

test('lanes by name gather their spans, one for each stage; work without a parent hangs apart', () => {
  const layout = layoutOf([
    { kind: 'stage', name: 's', startUs: 0, endUs: 50 },
    { parent: 0, lane: 'worker 1', startUs: 0, endUs: 10 },
    { parent: 0, lane: 'worker 1', startUs: 5, endUs: 15 },
    { parent: 2, startUs: 6, endUs: 7 },
    { parent: MISSING_PARENT, startUs: 1, endUs: 2 },
    { parent: MISSING_PARENT, kind: 'agent', name: 'lost agent', startUs: 1, endUs: 2 },
    { startUs: 20, endUs: 21 },
    { lane: 'worker 1', startUs: 30, endUs: 31 },
  ]);
  expect(names(layout)).toEqual([
    'stage s',
    'named worker 1',
    'agent lost agent',
    'run run',
    'named worker 1',
    'missing missing parent',
  ]);
  expect([...layout.row].slice(1, 4)).toEqual([0, 1, 1]);
});

test('10 000 calls side by side take 10 000 rows, and one row when they follow one another', () => {
  const calls = (gap: number): SpanSketch[] =>
    Array.from({ length: 10_000 }, (_, no) => ({ startUs: no * gap, endUs: no * gap + 100_000 }));
  expect(layoutOf(calls(1)).lanes[0]!.rows).toBe(10_000);
  expect(layoutOf(calls(100_000)).lanes[0]!.rows).toBe(1);
});

test('calls take as many rows as ran at once, and no more', () => {
  const call = fc.record({ startUs: fc.nat(100), lengthUs: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 60 }), (calls) => {
      const layout = layoutOf(calls.map(({ startUs, lengthUs }) => ({ startUs, endUs: startUs + lengthUs })));
      const atOnce = calls.map(
        ({ startUs: now }) =>
          calls.filter(({ startUs, lengthUs }) => startUs <= now && now < startUs + lengthUs).length,
      );
      expect(layout.lanes[0]!.rows).toBe(Math.max(...atOnce));
    }),
  );
});

test('a chain of 10 000 spans nests on one row', () => {
  const layout = layoutOf(
    Array.from({ length: 10_000 }, (_, no) => ({ parent: no - 1, startUs: no, endUs: 30_000 - no })),
  );
  expect(layout.lanes[0]!.rows).toBe(1);
  expect(layout.level[9999]).toBe(9999);
});
