import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fixturesOf, type Reading, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { chromeTrace } from './format.ts';

type Told = Omit<Reading, 'records'> & { run: Run };

async function readText(text: string, name = 'x.json'): Promise<Told> {
  const { records, refusals } = await readBytes(chromeTrace, Buffer.from(text), { name });
  const runs = [...runsOf(records).values()];
  expect(runs).toHaveLength(1);
  return { run: runs[0]!, refusals };
}

const on = { pid: 1, tid: 7 };
const read = (events: readonly object[], name?: string): Promise<Told> =>
  readText(JSON.stringify(events.map((event) => ({ ...on, ...event }))), name);

function named(run: Run, name: string): Span {
  const found = run.spans.filter((span) => span.name === name);
  expect([name, found.length]).toEqual([name, 1]);
  return found[0]!;
}

/** Name, parent's name, µs from the first span, duration. */
function outline({ spans }: Run): unknown[] {
  const names = new Map(spans.map((span) => [span.spanId, span.name]));
  const start = Math.min(...spans.map((span) => span.startUs));
  return spans.map((span) => [
    span.name,
    names.get(span.parentId ?? '') ?? null,
    span.startUs - start,
    span.endUs === undefined ? null : span.endUs - span.startUs,
  ]);
}

function fixture(name: RegExp): { name: string; text: string } {
  const found = fixturesOf('chrome-trace').find((sample) => name.test(sample.name))!;
  return { name: found.name, text: found.bytes.toString() };
}

describe('what a file is', () => {
  const event = '{"name":"a","ph":"X","ts":1,"dur":2,"pid":1,"tid":1}';

  test('object, list, and list without its end are the same spans', async () => {
    const forms = [
      `{"traceEvents":[${event}]}`,
      `[${event}]`,
      `[${event},\n`,
      `[${event}`,
      `\ufeff[${event}]`,
    ];
    for (const form of forms) {
      const { run, refusals } = await readText(form);
      expect([form, refusals]).toEqual([form, []]);
      expect([form, outline(run)]).toEqual([form, [['a', null, 0, 2]]]);
    }
  });

  test('an object that is cut off is read as far as it goes, and that is said', async () => {
    const { run, refusals } = await readText(`{"traceEvents":[${event},`);
    expect(outline(run)).toEqual([['a', null, 0, 2]]);
    expect(run.status).toBe('running');
    expect(refusals).toHaveLength(1);
  });

  test('half an event at the end is none: its duration may have lost its last digits', async () => {
    const { run, refusals } = await readText(
      `[${event},\n{"name":"b","ph":"X","pid":1,"tid":1,"ts":5,"dur":1`,
    );
    expect(outline(run)).toEqual([['a', null, 0, 2]]);
    expect(refusals).toMatchObject([{ line: 2, offset: event.length + 3 }]);
  });

  test('empty events are skipped, and what is no event is refused with its place', async () => {
    const { run, refusals } = await readText(
      `[{},\n7,\n${event},\n{"name":"b","ts":1},{"ph":"X"},{"ph":"b","ts":1}]`,
    );
    expect(run.spans).toHaveLength(1);
    expect(refusals.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'expected an event, an object with "ph" and "ts"'],
      [4, 'an event has no phase ("ph"), expected a letter such as "X", "B" or "E"'],
      [4, 'an event of the phase "X" has no time ("ts" in µs)'],
      [4, 'an event of the phase "b" has no "id", by which its beginning and its end are found'],
    ]);
  });

  test('numbers may be written as text, and ids of threads as numbers or words', async () => {
    const { run } = await read([
      { name: 'a', ph: 'X', ts: '10', dur: '5', pid: '3', tid: 'main' },
      { name: 'b', ph: 'X', ts: 11, dur: 1, pid: 3, tid: 'main' },
    ]);
    expect(outline(run)).toEqual([
      ['a', null, 0, 5],
      ['b', 'a', 1, 1],
    ]);
  });

  test('two runs written one behind the other are two', async () => {
    const { records } = await readBytes(
      chromeTrace,
      Buffer.from(`[${event}]\n[${event.replace('"a"', '"b"')}]`),
    );
    expect(runsOf(records).size).toBe(2);
  });

  test('compressed bytes are the sources’ business: to the reader they are no trace', () => {
    const text = gzipSync(event).toString('latin1');
    expect(chromeTrace.detect({ text, complete: true })).toBe(0);
  });
});

describe('phases', () => {
  const events = fixture(/all-phases/);

  test('each has its place in the run', async () => {
    const { run, refusals } = await readText(events.text);
    expect(outline(run)).toEqual([
      ['serve', null, 0, 100],
      ['parse', 'serve', 11, 20],
      ['flush', null, 17, 0],
      ['task', null, 50, 30],
      ['reply', null, 90, 5],
      ['request', null, 20, 50],
      ['dns', 'request', 21, 9],
      ['local', null, 22, 2],
      ['job', null, 30, 9],
    ]);
    expect(run.status).toBe('ok');
    expect(named(run, 'parse').events).toMatchObject([{ name: 'cache miss' }, { name: 'old mark' }]);
    expect(named(run, 'dns').events).toMatchObject([{ name: 'sent' }]);
    expect(named(run, 'job').events).toMatchObject([{ name: 'job: half' }]);
    expect(refusals).toMatchObject([{ line: 33, reason: expect.stringContaining('"never begun"') }]);
    expect(run.attributes.unmatched_ends).toBe(1);
  });

  test('counters are summed up, and what is no span is counted', async () => {
    const { run } = await readText(events.text);
    expect(run.attributes).toMatchObject({
      counters: {
        'load cpu': { samples: 2, first: 0.5, last: 0.25, min: 0.25, max: 0.5 },
        'load ram': { samples: 2, first: 3, last: 4, min: 3, max: 4 },
      },
      events_not_shown: { 'M process_uptime_seconds': 1, N: 1, O: 1, P: 1, T: 1 },
    });
  });

  test('flows are links, from the slice around one end to the slice around or behind the other', async () => {
    const { run } = await readText(events.text);
    const [serve, task] = [named(run, 'serve').spanId, named(run, 'task').spanId];
    expect(named(run, 'task').links).toEqual([{ type: 'follows_from', spanId: serve }]);
    expect(named(run, 'reply').links).toEqual([{ type: 'follows_from', spanId: task }]);
  });

  test('a flow that spawns is told by who spawns', async () => {
    const flow = { cat: 'flow', name: 'spawn', id: 4 };
    const { run } = await read([
      { name: 'lead', ph: 'X', ts: 0, dur: 9 },
      { name: 'helper', ph: 'X', ts: 3, dur: 4, tid: 8 },
      { ...flow, ph: 'f', bp: 'e', ts: 3.5, tid: 8 },
      { ...flow, ph: 's', ts: 2 },
    ]);
    expect(named(run, 'lead').links).toEqual([{ type: 'spawned', spanId: named(run, 'helper').spanId }]);
  });

  test('lanes are named by what metadata says, wherever in the file it stands before the first span is told', async () => {
    const { run } = await read([
      { name: 'a', ph: 'X', ts: 0, dur: 1 },
      { name: 'b', ph: 'X', ts: 0, dur: 1, tid: 8 },
      { name: 'thread_name', ph: 'M', args: { name: 'main' } },
      { name: 'thread_sort_index', ph: 'M', args: { sort_index: -1 } },
      { name: 'process_name', ph: 'M', args: { name: 'web' } },
      { name: 'process_labels', ph: 'M', args: { labels: 'tab' } },
    ]);
    expect(run.spans.map((span) => span.lane)).toEqual(['web · main', 'web · thread 8']);
    expect(run.attributes.lanes).toEqual([
      { pid: '1', tid: '7', name: 'main', sort_index: -1 },
      { pid: '1', name: 'web', labels: 'tab' },
    ]);
  });
});

describe('beginnings and ends', () => {
  test('an end closes the newest of its name; what began in it goes on', async () => {
    const { run, refusals } = await read([
      { name: 'a', ph: 'B', ts: 0 },
      { name: 'b', ph: 'B', ts: 1 },
      { name: 'a', ph: 'E', ts: 5 },
      { ph: 'E', ts: 8 },
    ]);
    expect(outline(run)).toEqual([
      ['a', null, 0, 5],
      ['b', 'a', 1, 7],
    ]);
    expect(refusals).toEqual([]);
  });

  test('a beginning without an end stays open, and the run was cut off', async () => {
    const { run } = await read([
      { name: 'a', ph: 'B', ts: 0 },
      { name: 'b', ph: 'X', ts: 1, dur: 1 },
    ]);
    expect(outline(run)).toEqual([
      ['a', null, 0, null],
      ['b', 'a', 1, 1],
    ]);
    expect(run.status).toBe('interrupted');
  });

  test('the only end there is closes what is open, whatever its name', async () => {
    const { run, refusals } = await read([
      { name: 'a', ph: 'B', ts: 0 },
      { name: 'A', ph: 'E', ts: 4 },
    ]);
    expect(outline(run)).toEqual([['a', null, 0, 4]]);
    expect(named(run, 'a').attributes).toEqual({ end_name: 'A' });
    expect([refusals, run.status]).toEqual([[], 'ok']);
  });

  test('each end that closes nothing is refused with its place, up to a thousand', async () => {
    const ends = Array.from({ length: 1500 }, (_, no) => ({ name: `n${no}`, ph: 'E', ts: no }));
    const { run, refusals } = await read([...ends, { name: 'a', ph: 'X', ts: 9, dur: 1 }]);
    expect(refusals).toHaveLength(1000);
    expect(new Set(refusals.map(({ offset }) => offset)).size).toBe(1000);
    expect(run.attributes.unmatched_ends).toBe(1500);
  });

  test('arguments of both ends are the span’s; what the end says otherwise stands beside', async () => {
    const { run } = await read([
      { name: 'a', ph: 'B', ts: 0, args: { x: 1, y: 2 } },
      { name: 'a', ph: 'E', ts: 5, args: { x: 3, z: 4 } },
    ]);
    expect(named(run, 'a').attributes).toEqual({ x: 1, y: 2, z: 4, end_args: { x: 3 } });
  });

  test('an end far behind its beginning is found', async () => {
    const steps = Array.from({ length: 20_000 }, (_, no) => ({ name: 's', ph: 'X', ts: 1 + no, dur: 1 }));
    const { run } = await read([
      { name: 'all', ph: 'B', ts: 0, args: { in_tok: 3 } },
      ...steps,
      { name: 'all', ph: 'E', ts: 30_000, args: { out_tok: 5 } },
    ]);
    expect(named(run, 'all')).toMatchObject({ usage: { inputTokens: 3, outputTokens: 5 }, status: 'ok' });
    expect(named(run, 'all').endUs! - named(run, 'all').startUs).toBe(30_000);
    expect(run.spans.filter((span) => span.parentId === 'e0')).toHaveLength(20_000);
  });
});

describe('meaning', () => {
  test('kinds come from categories, names and arguments; other programs’ words stay attributes', async () => {
    const kinds: [object, string][] = [
      [{ cat: 'llm', name: 'x' }, 'llm'],
      [{ cat: 'app,Tool', name: 'x' }, 'tool'],
      [{ cat: 'subagent', name: 'x' }, 'agent'],
      [{ name: 'llm:synth' }, 'llm'],
      [{ name: 'tool:Bash' }, 'tool'],
      [{ name: 'panel/Critic' }, 'agent'],
      [{ name: 'synthesis' }, 'stage'],
      [{ name: 'x', args: { usage: { input_tokens: 1 } } }, 'llm'],
      [{ name: 'x', args: { tool: 'Read' } }, 'tool'],
      // A word of the first seed's in a program that has categories is a name like any other.
      [{ cat: 'cpu_op', name: 'synthesis' }, 'task'],
      [{ cat: 'devtools.timeline,v8', name: 'FunctionCall' }, 'task'],
      [{ name: 'x', args: { requests: 3 } }, 'task'],
    ];
    const { run } = await read(kinds.map(([event], no) => ({ ph: 'X', ts: no * 10, dur: 5, ...event })));
    expect(run.spans.map((span) => span.kind)).toEqual(kinds.map(([, kind]) => kind));
    expect(run.spans.at(-1)!.attributes).toEqual({ requests: 3 });
    expect(run.spans.at(-2)!.attributes).toEqual({ cat: 'devtools.timeline,v8' });
  });

  test('a call that stands in the file twice is one call', async () => {
    const call = { name: 'llm:a', ph: 'X', ts: 5, dur: 7, args: { in_tok: 10, out_tok: 2 } };
    const { run } = await read([call, { name: 'between', ph: 'X', ts: 100, dur: 1 }, call]);
    const keys = run.spans.filter((span) => span.kind === 'llm').map((span) => span.callKey);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  test('times that no clock has said are shown from 2000 on, and the run says that they are unknown', async () => {
    const { run } = await read([{ name: 'a', ph: 'X', ts: 5, dur: 7.25 }]);
    expect(new Date(run.startUs / 1000).getUTCFullYear()).toBe(2000);
    expect(run.attributes.clock).toMatchObject({ from: 'none' });
    expect(named(run, 'a').attributes).toEqual({ dur_us: 7.25 });
  });

  test('a file without any events is no run, one with samples alone is one without spans', async () => {
    const none = await readBytes(
      chromeTrace,
      Buffer.from('{"traceEvents":[],"otherData":{"task":"nothing"}}'),
    );
    expect(none).toEqual({ records: [], refusals: [] });
    const { run } = await readText(
      '{"traceEvents":[],"samples":[{"ts":1},{"ts":2}],"otherData":{"task":"t"}}',
    );
    expect(run).toMatchObject({ task: 't', spans: [], attributes: { samples: 2 } });
    expect(run.startUs).toBeGreaterThan(0);
  });
});

describe('traces of the first seed', () => {
  const seed = fixture(/^2026/);

  test('the file’s name says the run and when it was, its members the task', async () => {
    const { run, refusals } = await readText(seed.text, seed.name);
    expect(refusals).toEqual([]);
    expect(run).toMatchObject({
      runId: '20260410T143201Z-0c1d2e3f4a5b',
      task: 'Explain how a tachograph is read, with sources',
      startUs: Date.UTC(2026, 3, 10, 14, 32, 1) * 1000,
      status: 'ok',
    });
  });

  test('stages, calls with their tokens and first token, and judges in lanes of their own', async () => {
    const { run } = await readText(seed.text, seed.name);
    const synth = named(run, 'synth');
    expect(named(run, 'llm:synth')).toMatchObject({
      kind: 'llm',
      parentId: synth.spanId,
      usage: { inputTokens: 6120, outputTokens: 1904, requests: 1 },
      firstTokenUs: run.startUs + 6_200_000 + 2_500_000,
    });
    expect(synth).toMatchObject({ kind: 'stage' });
    const judges = run.spans.filter((span) => span.kind === 'agent');
    expect(judges.map(({ lane }) => lane)).toEqual(['panel/Domain-Practitioner', 'panel/Critical-Reviewer']);
  });

  test('a call that was reported after its stage is put under it by name', async () => {
    const { run } = await read([
      { name: 'planning', ph: 'X', ts: 0, dur: 10 },
      { name: 'llm:planning', ph: 'X', ts: 12, dur: 4, args: { in_tok: 1, out_tok: 1 } },
    ]);
    expect(named(run, 'llm:planning').parentId).toBe(named(run, 'planning').spanId);
  });
});

describe('traces of other programs', () => {
  test('PyTorch: times from a stated base, words as processes, kernels behind their launches', async () => {
    const events = [
      { ph: 'X', cat: 'user_annotation', name: 'step', pid: 77, tid: 77, ts: 1000.5, dur: 90.25 },
      {
        ph: 'X',
        cat: 'cpu_op',
        name: 'aten::mm',
        pid: 77,
        tid: 77,
        ts: 1001.125,
        dur: 40.5,
        args: { 'External id': 3 },
      },
      { ph: 'X', cat: 'cuda_runtime', name: 'cudaLaunchKernel', pid: 77, tid: 77, ts: 1010, dur: 5 },
      { ph: 's', cat: 'ac2g', name: 'ac2g', id: 12, pid: 77, tid: 77, ts: 1010 },
      { ph: 'X', cat: 'kernel', name: 'gemm', pid: 0, tid: 7, ts: 1020.75, dur: 30, args: { stream: 7 } },
      { ph: 'f', bp: 'e', cat: 'ac2g', name: 'ac2g', id: 12, pid: 0, tid: 7, ts: 1020.75 },
      {
        ph: 'X',
        cat: 'Trace',
        name: 'PyTorch Profiler (0)',
        pid: 'Spans',
        tid: 'PyTorch Profiler',
        ts: 1000,
        dur: 95,
      },
      { ph: 'i', s: 'g', name: 'Record Window End', pid: '', tid: '', ts: 1095 },
    ];
    const { run, refusals } = await readText(
      JSON.stringify({
        schemaVersion: 1,
        baseTimeNanoseconds: 1_772_323_200_000_000_000,
        traceEvents: events,
      }),
      'host.pt.trace.json',
    );
    expect(refusals).toEqual([]);
    expect(run.startUs).toBe(1_772_323_200_000_000 + 1000);
    expect(named(run, 'cudaLaunchKernel').parentId).toBe(named(run, 'aten::mm').spanId);
    expect(named(run, 'aten::mm')).toMatchObject({
      kind: 'task',
      parentId: named(run, 'step').spanId,
      attributes: { cat: 'cpu_op', 'External id': 3 },
    });
    expect(named(run, 'gemm').links).toEqual([
      { type: 'follows_from', spanId: named(run, 'cudaLaunchKernel').spanId },
    ]);
  });

  test('Node: asynchronous resources by their ids, with the thread’s own clock as an attribute', async () => {
    const event = {
      pid: 9,
      tid: 9,
      dur: 0,
      tdur: 0,
      cat: 'node,node.async_hooks',
      name: 'Timeout',
      id: '0x5',
    };
    const { run, refusals } = await readText(
      JSON.stringify({
        traceEvents: [
          { ...event, ph: 'b', ts: 5_000_000, tts: 11, args: { executionAsyncId: 1 } },
          { ...event, ph: 'e', ts: 5_000_400, tts: 12, args: {} },
          { ...event, ph: 'b', id: '0x6', ts: 5_000_100, tts: 13, args: {} },
        ],
      }),
      'node_trace.1.log',
    );
    expect(refusals).toEqual([]);
    expect(outline(run)).toEqual([
      ['Timeout', null, 0, 400],
      ['Timeout', null, 100, null],
    ]);
    expect(run.spans[0]).toMatchObject({ attributes: { executionAsyncId: 1, tts: 11, id: '0x5' } });
  });

  test.each([
    ['clang', { beginningOfTime: 1_772_323_200_000_000 }],
    ['Bazel', { otherData: { date: 'Sun Mar 01', profile_start_ts: 1_772_323_200_000 } }],
    ['VizTracer', { viztracer_metadata: { baseTimeNanoseconds: 1_772_323_200_000_000_000 } }],
  ])('%s: times count from what it says, before or behind the events', async (_, said) => {
    const traceEvents = [{ ...on, name: 'Source', ph: 'X', ts: 2114, dur: 1519 }];
    for (const whole of [
      { ...said, traceEvents },
      { traceEvents, ...said },
    ]) {
      const { run } = await readText(JSON.stringify(whole));
      expect(run.startUs).toBe(1_772_323_200_000_000 + 2114);
      expect(run.attributes.clock).toMatchObject({ from: 'origin' });
    }
  });

  test('DevTools: the recording began when its metadata says, whatever its clock counts from', async () => {
    const { run } = await readText(
      JSON.stringify({
        metadata: { source: 'DevTools', startTime: '2025-10-20T21:55:40.761Z' },
        traceEvents: [
          { ...on, cat: '__metadata', name: 'thread_name', ph: 'M', ts: 0, args: { name: 'CrRendererMain' } },
          { ...on, cat: 'toplevel', name: 'RunTask', ph: 'X', ts: 336_043_688_900, dur: 50 },
          { ...on, cat: 'toplevel', name: 'RunTask', ph: 'X', ts: 336_043_688_856, dur: 20 },
        ],
      }),
    );
    expect(run.startUs).toBe(Date.UTC(2025, 9, 20, 21, 55, 40, 761) * 1000);
    expect(run.spans.map((span) => span.lane)).toEqual(['CrRendererMain', 'CrRendererMain']);
  });
});
