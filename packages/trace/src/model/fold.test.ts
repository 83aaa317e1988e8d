import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ledgerOf } from '../analysis/ledger.ts';
import { treeOf } from '../analysis/tree.ts';
import { decodeStructure, encodeStructure } from '../wire/structure.ts';
import { columnsOf, MISSING_PARENT } from './columns.ts';
import { emptyRun, foldRun, RunFold } from './fold.ts';
import { parseRecord, type TraceRecord } from './record.ts';
import { totalTokens } from './usage.ts';

const seedLines: TraceRecord[] = [
  {
    event: 'span_start',
    span_id: 'lib-encoding',
    parent: 'phase-depth2',
    component: 'encoding',
    kind: 'library-analysis',
    ts: 1712534400.123,
  },
  {
    event: 'span_end',
    span_id: 'lib-encoding',
    status: 'ok',
    duration_ms: 14820,
    tokens: 42100,
    tool_uses: 31,
    ts: 1712534415.001,
  },
  { event: 'phase', name: 'library-depth-0-complete', libraries: 9, wall_ms: 68400, ts: 1712534400.999 },
];

test('the lines of the second seed are valid as they stand', () => {
  const run = foldRun(seedLines, 'eigenda');
  const [span, phase] = run.spans;
  expect(span).toMatchObject({
    name: 'encoding',
    kind: 'agent',
    role: 'library-analysis',
    status: 'ok',
    toolUses: 31,
    startUs: 1712534400123000,
  });
  // duration_ms wins over the difference of ts.
  expect(span!.endUs! - span!.startUs).toBe(14_820_000);
  expect(totalTokens(span!.usage!)).toBe(42100);
  expect(phase).toMatchObject({
    kind: 'stage',
    name: 'library-depth-0-complete',
    attributes: { libraries: 9 },
  });
  expect(phase!.endUs! - phase!.startUs).toBe(68_400_000);
  expect(columnsOf(run).parent[0]).toBe(MISSING_PARENT);
});

test('G14: the root ended, children are open: the run is still running', () => {
  const run = foldRun([
    { event: 'run_start', run_id: 'r', ts: 1700000000 },
    { event: 'span_start', span_id: 'root', ts: 1700000000 },
    { event: 'span_start', span_id: 'child', parent: 'root', ts: 1700000001 },
    { event: 'span_end', span_id: 'root', ts: 1700000002 },
  ]);
  expect(run.status).toBe('running');
  expect(run.spans[1]!.endUs).toBeUndefined();
});

test('a usage record is a leaf span, and counts once however often it is read', () => {
  const usage: TraceRecord = {
    event: 'usage',
    ts: 1700000005,
    stage: 'synthesis',
    model: 'm',
    input_tokens: 10,
    output_tokens: 5,
    request_ms: 2000,
  };
  const run = foldRun([
    { event: 'span_start', span_id: 's', name: 'synthesis', kind: 'stage', ts: 1700000000 },
    usage,
    usage,
  ]);
  expect(run.spans).toHaveLength(2);
  expect(run.spans[1]).toMatchObject({ kind: 'llm', parentId: 's', name: 'm', startUs: 1700000003000000 });
  expect(totalTokens(ledgerOf(run).usage)).toBe(15);
});

test('ids that repeat become spans of their own, and a second reading of the file adds none', () => {
  const records: TraceRecord[] = [
    { event: 'span_start', span_id: 'a', ts: 1700000000 },
    { event: 'span_end', span_id: 'a', ts: 1700000001 },
    { event: 'span_start', span_id: 'a', ts: 1700000002 },
    { event: 'span_end', span_id: 'a', ts: 1700000004 },
  ];
  const run = foldRun([...records, ...records], 'r');
  expect(run.spans.map((span) => [span.spanId, span.endUs! - span.startUs])).toEqual([
    ['a', 1_000_000],
    ['a\u2063×2', 2_000_000],
  ]);
});

test('a record that says nothing new is told apart, so that a file read twice counts as duplicates', () => {
  const records: TraceRecord[] = [
    { event: 'run_start', run_id: 'r', ts: 1700000000, task: 't' },
    { event: 'span_start', span_id: 'a', ts: 1700000000 },
    { event: 'span_update', span_id: 'a', ts: 1700000000.5, model: 'm' },
    { event: 'span_event', span_id: 'a', name: 'e', ts: 1700000000.6 },
    { event: 'usage', span_id: 'a', input_tokens: 3, ts: 1700000000.7 },
    { event: 'phase', name: 'p', wall_ms: 10, ts: 1700000000.8 },
    { event: 'span_end', span_id: 'a', ts: 1700000001 },
    { event: 'span', span_id: 'b', ts: 1700000001, duration_ms: 5 },
    { event: 'score', name: 's', value: 1, ts: 1700000002 },
    { event: 'run_end', ts: 1700000003 },
  ];
  const fold = new RunFold(emptyRun('r'));
  expect(records.map((item) => fold.apply(item))).toEqual(records.map(() => true));
  expect(records.map((item) => fold.apply(item))).toEqual(records.map(() => false));
});

test('a field may have any name, even one that JavaScript keeps for itself', () => {
  const line =
    '{"event":"span_start","span_id":"a","ts":1700000000,"__proto__":{"x":1},"attributes":{"__proto__":2}}';
  const run = foldRun([JSON.parse(line) as TraceRecord], 'r');
  expect(Object.entries(run.spans[0]!.attributes!)).toEqual([['__proto__', 2]]);
});

test('a run that was taken for over opens again when work goes on', () => {
  const fold = new RunFold(emptyRun('r'));
  fold.apply({ event: 'span', span_id: 'a', ts: 1700000000, duration_ms: 1000 });
  Object.assign(fold.run, { status: 'ok', endUs: fold.run.lastUs, settled: true });
  fold.apply({ event: 'span_start', span_id: 'b', ts: 1700000100 });
  expect(fold.run).toMatchObject({ status: 'running' });
  expect(fold.run.endUs).toBeUndefined();
});

test('a child whose parent comes later changes when it comes', () => {
  const fold = new RunFold(emptyRun('r'));
  fold.apply({ event: 'span_start', span_id: 'child', parent: 'parent', ts: 1700000000 });
  fold.takeChanged();
  fold.apply({ event: 'span_start', span_id: 'parent', ts: 1700000001 });
  expect(fold.takeChanged().sort()).toEqual([0, 1]);
});

const id = fc.constantFrom('a', 'b', 'c', 'd');
const ts = fc.integer({ min: 1_700_000_000, max: 1_700_000_100 });
const record: fc.Arbitrary<TraceRecord> = fc.oneof(
  fc.record({ event: fc.constant('span_start' as const), span_id: id, parent: id, ts }),
  fc.record({
    event: fc.constant('span_end' as const),
    span_id: id,
    ts,
    tokens: fc.integer({ min: -5, max: 500 }),
  }),
  fc.record({ event: fc.constant('span' as const), span_id: id, parent: id, ts, duration_ms: fc.integer() }),
  fc.record({ event: fc.constant('span_event' as const), span_id: id, name: fc.string(), ts }),
  fc.record({ event: fc.constant('phase' as const), name: id, wall_ms: fc.integer(), ts }),
  fc.record({ event: fc.constant('usage' as const), span_id: id, input_tokens: fc.nat(1000), ts }),
  fc.record({ event: fc.constant('score' as const), name: id, value: fc.integer(), ts }),
);

test('any records in any order: no span ends before it starts, every parent is above, structure survives the wire', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const run = foldRun(records, 'r');
      for (const span of run.spans) expect(span.endUs ?? span.startUs).toBeGreaterThanOrEqual(span.startUs);
      const columns = columnsOf(run);
      const tree = treeOf(columns);
      expect([...tree.order].sort((a, b) => a - b)).toEqual([...columns.tokens.keys()]);
      for (const no of tree.order) {
        const up = tree.parent[no]!;
        if (up >= 0) expect(tree.position[up]!).toBeLessThan(tree.position[no]!);
      }
      const back = decodeStructure(encodeStructure(columns)).columns;
      for (const name of [
        'startUs',
        'endUs',
        'parent',
        'tokens',
        'kind',
        'status',
        'flags',
        'name',
      ] as const) {
        expect([...back[name].slice(0, back.count)]).toEqual([...columns[name]]);
      }
    }),
  );
});

test('a run continued from its stored copy folds as one that was never interrupted', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), fc.nat(30), (records, at) => {
      const whole = new RunFold(emptyRun('r'));
      for (const item of records) whole.apply(item);
      const first = new RunFold(emptyRun('r'));
      for (const item of records.slice(0, at)) first.apply(item);
      const second = new RunFold(structuredClone(first.run));
      for (const item of records.slice(at)) second.apply(item);
      expect(second.run.spans.map((span) => span.spanId)).toEqual(whole.run.spans.map((span) => span.spanId));
    }),
  );
});

test('the door refuses with a sentence, and brings times in any unit to seconds', () => {
  expect(parseRecord({ event: 'span_open' })).toMatch(/unknown event "span_open"/);
  expect(parseRecord({ event: 'span_start' })).toMatch(/needs the field "span_id"/);
  expect(parseRecord([])).toMatch(/expected a JSON object/);
  for (const time of [1712534400.5, 1712534400500, 1712534400500000, '2024-04-08T00:00:00.5Z']) {
    expect(parseRecord({ event: 'span_start', span_id: 1, ts: time })).toMatchObject({
      span_id: '1',
      ts: 1712534400.5,
    });
  }
});

test('G8, G9: a parent that reports its children’s tokens counts only the rest', () => {
  const run = (parent: number, children: number[]): number =>
    totalTokens(
      ledgerOf(
        foldRun([
          { event: 'span', span_id: 'p', ts: 1700000000, duration_ms: 9000, tokens: parent },
          ...children.map(
            (tokens, i): TraceRecord => ({
              event: 'span',
              span_id: `c${i}`,
              parent: 'p',
              ts: 1700000001,
              duration_ms: 1000,
              tokens,
            }),
          ),
        ]),
      ).usage,
    );
  expect(run(124, [61, 63])).toBe(124);
  expect(run(29899, [3031, 4421, 10709, 11738])).toBe(29899);
  expect(run(200, [61, 63])).toBe(200);
  expect(run(0, [61, 63])).toBe(124);
});

test('a fallback parent holds only until a record names the parent, in whatever order they come', () => {
  const fallback: TraceRecord = { event: 'span', span_id: 's', ts: 1700000000, fallback_parent: 'root' };
  const named: TraceRecord = { event: 'span_update', span_id: 's', parent: 'tool' };
  expect(foldRun([fallback]).spans[0]!.parentId).toBe('root');
  expect(foldRun([fallback, named]).spans[0]!.parentId).toBe('tool');
  expect(foldRun([named, fallback]).spans[0]!.parentId).toBe('tool');
  expect(foldRun([fallback]).spans[0]!.attributes).toBeUndefined();
});

test('a span that was closed too early runs again', () => {
  const run = foldRun([
    { event: 'span', span_id: 's', ts: 1700000000, duration_ms: 1000 },
    { event: 'span', span_id: 's', status: 'running' },
  ]);
  expect(run.spans[0]).toMatchObject({ status: 'unset' });
  expect(run.spans[0]!.endUs).toBeUndefined();
});

test('events read again from the start are the same events, in order of time', () => {
  const events = Array.from({ length: 300 }, (_, i): TraceRecord => {
    return {
      event: 'span_event',
      span_id: 's',
      name: i % 2 === 0 ? 'even' : 'odd',
      ts: 1700000000 + (i >> 1),
    };
  });
  const run = foldRun([...events.slice(100), ...events]);
  expect(run.spans[0]!.events).toHaveLength(300);
  expect(run.spans[0]!.events!.map((event) => event.tsUs)).toEqual(
    events.map((event) => Math.round(event.ts! * 1e6)),
  );
});
