import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { TraceEvent } from './events.ts';
import { chromeTrace } from './format.ts';
import { writeChromeTrace } from './write.ts';

type Trace = { metadata: Record<string, unknown>; traceEvents: TraceEvent[] };

function traceOf(run: Run): Trace {
  return JSON.parse([...writeChromeTrace(run)].join('')) as Trace;
}

function slicesOf(trace: Trace): TraceEvent[] {
  return trace.traceEvents.filter((event) => event.ph === 'X');
}

/** What makes a trace legal for every viewer; the sentence that says what is not. */
function illegal(trace: Trace, run: Run): string | undefined {
  const byThread = new Map<number, { from: number; to: number; id: string }[]>();
  for (const { pid, tid = 1, ts = 0, dur = 0, args = {}, ph, name } of trace.traceEvents) {
    for (const number of [pid, tid])
      if (!(Number.isInteger(number) && number > 0 && number < 2 ** 31))
        return `${name}: pid or tid ${number}`;
    if (!(ts >= 0 && Number.isFinite(ts) && dur >= 0)) return `${name}: ts ${ts}, dur ${dur}`;
    if (ph === 'C' && Object.values(args).some((value) => typeof value !== 'number'))
      return `${name}: a counter of ${JSON.stringify(args)}`;
    if (ph !== 'X') continue;
    const slices = byThread.get(tid) ?? [];
    byThread.set(tid, slices);
    slices.push({ from: ts, to: ts + dur, id: String(args.span_id) });
  }
  const parents = new Map(run.spans.map((span) => [span.spanId, span.parentId]));
  const isAbove = (above: string, id: string): boolean => {
    const seen = new Set<string>();
    for (let up = parents.get(id); up !== undefined && !seen.has(up); up = parents.get(up)) {
      if (up === above) return true;
      seen.add(up);
    }
    return false;
  };
  for (const [tid, slices] of byThread) {
    // As the viewers sort: by start, longer first, else as written.
    slices.sort((a, b) => a.from - b.from || b.to - a.to);
    const stack: typeof slices = [];
    for (const slice of slices) {
      while (stack.length > 0 && stack.at(-1)!.to <= slice.from) stack.pop();
      const around = stack.at(-1);
      if (around && slice.to > around.to) return `${slice.id}: overlaps ${around.id} partly on thread ${tid}`;
      if (around && !isAbove(around.id, slice.id)) return `${slice.id}: is shown inside ${around.id}`;
      stack.push(slice);
    }
  }
  const flows = new Map<number, TraceEvent[]>();
  for (const event of trace.traceEvents) {
    const { ph, id = 0, tid = 0, ts = 0, name } = event;
    if (ph !== 's' && ph !== 'f') continue;
    flows.set(id, [...(flows.get(id) ?? []), event]);
    if (!byThread.get(tid)?.some((slice) => slice.from < ts && ts < slice.to))
      return `${name} ${id}: ${ph} at ${ts} lies in no slice`;
  }
  for (const [id, ends] of flows) {
    if (ends.map((event) => event.ph).join('') !== 'sf') return `flow ${id} has ${ends.length} ends`;
    if (ends[0]!.ts! > ends[1]!.ts!) return `flow ${id} ends before it starts`;
  }
  return undefined;
}

const time = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 20_000_000 }));
const BASE = 1_700_000_000_000_000;
const anySpan = fc.record(
  {
    parent: fc.integer({ min: -3, max: 25 }),
    start: time,
    durationUs: fc.oneof(fc.constant(0), time),
    kind: fc.constantFrom('agent', 'llm', 'tool', 'stage', 'task'),
    lane: fc.constantFrom('a', 'b'),
    error: fc.constant('boom\nat line 1'),
    tokens: fc.nat(5000),
    links: fc.integer({ min: 0, max: 25 }),
    event: time,
  },
  { requiredKeys: ['parent', 'start', 'kind'] },
);
const anyRun = fc.array(anySpan, { maxLength: 26 }).map((spans) =>
  foldRun(
    spans.map(
      (span, no): TraceRecord => ({
        event: 'span',
        run_id: 'r',
        span_id: `s${no}`,
        ...(span.parent >= -1 && { parent: `s${span.parent}` }),
        kind: span.kind,
        ts: (BASE + span.start) / 1e6,
        ...(span.durationUs !== undefined && { duration_ms: span.durationUs / 1000 }),
        ...(span.lane !== undefined && { lane: span.lane }),
        ...(span.error !== undefined && { error: span.error }),
        ...(span.tokens !== undefined && { tokens: { input_tokens: span.tokens, output_tokens: 7 } }),
        ...(span.links !== undefined && { links: [{ type: 'spawned', span_id: `s${span.links}` }] }),
        ...(span.event !== undefined && { events: [{ name: 'e', ts: (BASE + span.event) / 1e6 }] }),
      }),
    ),
    'r',
  ),
);

test('any run becomes a legal trace: no partial overlap, flows inside slices, finite counters', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const trace = traceOf(run);
      expect(illegal(trace, run)).toBeUndefined();
      // Every span is there once: as a slice, or as an instant where it takes no time.
      const ids = trace.traceEvents.flatMap((event) => event.args?.span_id ?? []);
      expect(ids.sort()).toEqual(run.spans.map((span) => span.spanId).sort());
    }),
    { numRuns: 1000 },
  );
});

const agent = (
  id: string,
  parent: string | undefined,
  ts: number,
  seconds: number | undefined,
): TraceRecord => ({
  event: 'span',
  span_id: id,
  ...(parent !== undefined && { parent }),
  kind: 'agent',
  ts,
  ...(seconds !== undefined && { duration_ms: seconds * 1000 }),
});

function madeRun(): Run {
  const run = foldRun([
    {
      event: 'run_start',
      run_id: '20260410_143201_x',
      name: 'x',
      ts: 1_700_000_000,
      labels: { agent: 'planner' },
    },
    agent('root', undefined, 1_700_000_000, 60),
    agent('one', 'root', 1_700_000_010, 20),
    agent('two', 'root', 1_700_000_010, 30),
    {
      event: 'span',
      span_id: 'c1',
      parent: 'one',
      kind: 'llm',
      model: 'm',
      ts: 1_700_000_010,
      duration_ms: 10_000,
      usage: { input_tokens: 500, output_tokens: 100 },
    },
    {
      event: 'span',
      span_id: 't1',
      parent: 'one',
      kind: 'tool',
      tool: 'Bash',
      ts: 1_700_000_021,
      duration_ms: 5000,
    },
    {
      event: 'span',
      span_id: 't2',
      parent: 'one',
      kind: 'tool',
      tool: 'Bash',
      ts: 1_700_000_022,
      duration_ms: 5000,
      error: { type: 'Timeout', message: 'slow' },
    },
    {
      event: 'span',
      span_id: 'zero',
      parent: 'two',
      kind: 'decision',
      ts: 1_700_000_015,
      duration_ms: 0,
      outputs: 'y'.repeat(9000),
      attributes: { deep: { a: [1] }, n: 3 },
    },
    agent('torn', 'root', 1_700_000_050, undefined),
    { event: 'run_end', ts: 1_700_000_060, status: 'error' },
  ]);
  run.spans[3]!.costUsd = 0.25;
  return run;
}

test('lanes, names, order, units and metadata are what a viewer needs', () => {
  const trace = traceOf(madeRun());
  const names = trace.traceEvents.filter((event) => event.name === 'thread_name');
  expect(names.map((event) => event.args!.name)).toEqual(['root', 'one', 'one · parallel 2', 'two', 'torn']);
  expect(new Set(names.map((event) => event.tid)).size).toBe(5);
  const order = trace.traceEvents.filter((event) => event.name === 'thread_sort_index');
  expect(order.map((event) => [event.tid, event.args!.sort_index])).toEqual(
    names.map(({ tid }, at) => [tid, at]),
  );
  expect(trace.traceEvents[0]!.args!.name).toBe('run x · planner');
  const one = slicesOf(trace).find((event) => event.name === 'one')!;
  expect(one).toMatchObject({ ts: 10e6, dur: 20e6, cat: 'agent' });
  expect(trace.metadata).toMatchObject({
    start_us: BASE,
    run_id: '20260410_143201_x',
    start: '2023-11-14T22:13:20.000Z',
  });
});

test('agents are reached by arrows, open spans are closed and marked, long arguments are cut', () => {
  const trace = traceOf(madeRun());
  const flows = trace.traceEvents.filter((event) => event.cat === 'flow');
  expect(flows.map((event) => event.ph)).toEqual(['s', 'f', 's', 'f', 's', 'f']);
  expect(flows[1]).toMatchObject({ name: 'spawn', bp: 'e' });
  const torn = slicesOf(trace).find((event) => event.name === 'torn')!;
  expect(torn).toMatchObject({ ts: 50e6, dur: 10e6, args: { incomplete: true } });
  const zero = slicesOf(trace).find((event) => event.name === 'zero')!;
  expect(zero).toMatchObject({ dur: 1, args: { attributes: { deep: '{"a":[1]}', n: 3 } } });
  expect((zero.args!.outputs as string).length).toBeLessThan(4200);
  expect(trace.traceEvents).toContainEqual(
    expect.objectContaining({ name: 'error: Timeout', ph: 'i', s: 't', ts: 27e6 }),
  );
});

test('counters: tokens a minute are spread over a call and close with zero, agents at work are counted at each change', () => {
  const counters = traceOf(madeRun()).traceEvents.filter((event) => event.ph === 'C');
  const series = (name: string) =>
    counters.filter((event) => event.name === name).map((event) => [event.ts! / 1e6, event.args]);
  expect(series('tokens/min')).toEqual([
    [0, { input: 0, output: 0 }],
    [10, { input: 3000, output: 600 }],
    [20, { input: 0, output: 0 }],
    [60, { input: 0, output: 0 }],
  ]);
  expect(series('cost USD')).toEqual([
    [0, { cumulative: 0 }],
    [20, { cumulative: 0.25 }],
  ]);
  expect(series('active agents')).toEqual([
    [0, { agents: 0 }],
    [10, { agents: 2 }],
    [30, { agents: 1 }],
    [40, { agents: 0 }],
    [50, { agents: 1 }],
    [60, { agents: 0 }],
  ]);
});

test('a run without spans is a trace all the same', () => {
  expect(traceOf(foldRun([{ event: 'run_start', run_id: 'r', ts: 1_700_000_000 }])).traceEvents).toHaveLength(
    1,
  );
});

test('the trace in the fixtures is what is written for its run', () => {
  const fixture = (path: string): string =>
    readFileSync(join(import.meta.dirname, '../../../../../fixtures', path), 'utf8');
  const records = fixture('telemetry/telemetry.jsonl')
    .trim()
    .split('\n')
    .map((line): TraceRecord => JSON.parse(line));
  expect([...writeChromeTrace(foldRun(records))].join('')).toBe(
    fixture('chrome-trace/service-map.trace.json'),
  );
});

test('a trace is recognised in both forms, whatever it is called', () => {
  const text = [...writeChromeTrace(madeRun())].join('').slice(0, 2000);
  expect(chromeTrace.detect({ text, complete: false })).toBeGreaterThan(0.8);
  expect(chromeTrace.detect({ text: '[{"name":"a","ph":"B","ts":1},', complete: true })).toBeGreaterThan(0.8);
  expect(chromeTrace.detect({ text: '[{"name":"a"}]', complete: true })).toBe(0);
});
