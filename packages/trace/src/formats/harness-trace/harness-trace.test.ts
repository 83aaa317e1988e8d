import { expect, test } from 'vitest';
import { type Reading, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import { harnessTrace } from './format.ts';

/** The worked example of the third seed, to the letter. */
const SEED = {
  trace_id: 'dojo_session_12345',
  spans: [
    {
      span_id: 'perspective_capture',
      name: 'Perspective Capture',
      start_time: '2026-01-29T10:00:00Z',
      end_time: '2026-01-29T10:00:05Z',
      inputs: { user_query: 'How should we architect...' },
      outputs: { perspectives: ['P1', 'P2', 'P3'] },
      metadata: { perspective_count: 3 },
    },
    {
      span_id: 'mode_selection',
      name: 'Mode Selection',
      start_time: '2026-01-29T10:00:05Z',
      end_time: '2026-01-29T10:00:07Z',
      inputs: { perspectives: ['P1', 'P2', 'P3'] },
      outputs: { mode: 'Scout' },
      metadata: { reasoning: 'Complex query requires route exploration' },
    },
    {
      span_id: 'scout_execution',
      name: 'Scout Mode Execution',
      start_time: '2026-01-29T10:00:07Z',
      end_time: '2026-01-29T10:00:30Z',
      children: [
        {
          span_id: 'route_1_analysis',
          name: 'Route 1: Centralized Architecture',
          inputs: {},
          outputs: { tradeoffs: '...' },
        },
        {
          span_id: 'route_2_analysis',
          name: 'Route 2: Distributed Architecture',
          inputs: {},
          outputs: { tradeoffs: '...' },
        },
      ],
    },
    {
      span_id: 'artifact_generation',
      name: 'Artifact Generation',
      start_time: '2026-01-29T10:00:30Z',
      end_time: '2026-01-29T10:00:35Z',
      outputs: { artifact: 'architecture_comparison.md' },
    },
  ],
  usage_metadata: { total_tokens: 4523, estimated_cost: 0.0234 },
};

/** 2026-01-29T10:00:00Z. */
const TEN = 1_769_680_800_000_000;

function reading(text: string, name?: string): Promise<Reading> {
  return readBytes(harnessTrace, Buffer.from(text), name === undefined ? {} : { name });
}

async function runFrom(document: unknown): Promise<Run> {
  const { records, refusals } = await reading(JSON.stringify(document));
  expect(refusals).toEqual([]);
  return [...runsOf(records).values()][0]!;
}

function written(run: Run): string {
  return [...harnessTrace.write!(run)].join('');
}

test('the example of the seed is read as a run, field by field', async () => {
  const { spans, ...run } = await runFrom(SEED);
  expect(run).toEqual({
    runId: 'dojo_session_12345',
    name: 'How should we architect...',
    task: 'How should we architect...',
    labels: {},
    startUs: TEN,
    endUs: TEN + 35e6,
    lastUs: TEN + 35e6,
    status: 'ok',
    scores: [],
    notes: [],
    attributes: {},
  });
  expect(spans).toEqual([
    {
      spanId: 'trace',
      name: 'dojo_session_12345',
      kind: 'agent',
      role: 'trace',
      startUs: TEN,
      startEstimated: true,
      endUs: TEN + 35e6,
      status: 'ok',
      usage: {
        inputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        cacheWrite1hTokens: 0,
        outputTokens: 0,
        reasoningTokens: 0,
        otherTokens: 4523,
        requests: 0,
      },
      reportedCostUsd: 0.0234,
    },
    {
      spanId: 'perspective_capture',
      parentId: 'trace',
      name: 'Perspective Capture',
      kind: 'task',
      startUs: TEN,
      endUs: TEN + 5e6,
      status: 'ok',
      inputs: { user_query: 'How should we architect...' },
      outputs: { perspectives: ['P1', 'P2', 'P3'] },
      attributes: { perspective_count: 3 },
    },
    {
      spanId: 'mode_selection',
      parentId: 'trace',
      name: 'Mode Selection',
      kind: 'decision',
      startUs: TEN + 5e6,
      endUs: TEN + 7e6,
      status: 'ok',
      inputs: { perspectives: ['P1', 'P2', 'P3'] },
      outputs: { mode: 'Scout' },
      attributes: { reasoning: 'Complex query requires route exploration' },
    },
    {
      spanId: 'scout_execution',
      parentId: 'trace',
      name: 'Scout Mode Execution',
      kind: 'task',
      startUs: TEN + 7e6,
      endUs: TEN + 30e6,
      status: 'ok',
    },
    ...['Route 1: Centralized Architecture', 'Route 2: Distributed Architecture'].map((name, at) => ({
      spanId: `route_${at + 1}_analysis`,
      parentId: 'scout_execution',
      name,
      kind: 'task',
      startUs: TEN + 7e6,
      startEstimated: true,
      endUs: TEN + 7e6,
      status: 'ok',
      inputs: {},
      outputs: { tradeoffs: '...' },
      attributes: { time_estimated: true },
    })),
    {
      spanId: 'artifact_generation',
      parentId: 'trace',
      name: 'Artifact Generation',
      kind: 'task',
      startUs: TEN + 30e6,
      endUs: TEN + 35e6,
      status: 'ok',
      outputs: { artifact: 'architecture_comparison.md' },
    },
  ]);
});

test('the example of the seed, read and written, has its spans and totals as they were', async () => {
  const run = await runFrom(SEED);
  const again = JSON.parse(written(run)) as typeof SEED;
  expect(Object.keys(again)).toEqual(['trace_id', 'metadata', 'spans', 'usage_metadata']);
  const { trace_id, spans, usage_metadata } = again;
  expect({ trace_id, usage_metadata }).toEqual({
    trace_id: SEED.trace_id,
    usage_metadata: SEED.usage_metadata,
  });
  const [capture, mode, scout, artifact] = SEED.spans;
  const untimed = {
    start_time: '2026-01-29T10:00:07Z',
    end_time: '2026-01-29T10:00:07Z',
    metadata: { time_estimated: true, tacho: { start_estimated: true } },
  };
  expect(spans).toEqual([
    capture,
    { ...mode, metadata: { ...mode!.metadata, tacho: { kind: 'decision' } } },
    { ...scout, children: scout!.children!.map((route) => ({ ...route, ...untimed })) },
    artifact,
  ]);
  expect(foldRun((await reading(written(run))).records)).toEqual(run);
});

test('the totals of a trace count for what its spans do not explain', async () => {
  const spans = [
    {
      span_id: 'a',
      name: 'a',
      start_time: '2026-01-29T10:00:00Z',
      end_time: '2026-01-29T10:00:05Z',
      metadata: { model: 'm' },
      usage_metadata: {
        input_tokens: 900,
        output_tokens: 100,
        input_token_details: { cache_read: 300 },
        output_token_details: { reasoning: 40 },
        total_cost: 0.5,
      },
    },
  ];
  const tokensOf = async (total: number | undefined) => {
    const run = await runFrom({
      trace_id: 't',
      spans,
      ...(total !== undefined && { usage_metadata: { total_tokens: total } }),
    });
    const { usage } = ledgerOf(run);
    return [totalTokens(usage), usage.otherTokens];
  };
  expect(await tokensOf(undefined)).toEqual([1000, 0]);
  expect(await tokensOf(1000)).toEqual([1000, 0]);
  expect(await tokensOf(1500)).toEqual([1500, 500]);
  const run = await runFrom({ trace_id: 't', spans });
  expect(run.spans[1]).toMatchObject({
    kind: 'llm',
    model: 'm',
    reportedCostUsd: 0.5,
    usage: { inputTokens: 600, cacheReadTokens: 300, outputTokens: 60, reasoningTokens: 40, requests: 0 },
  });
});

test('keys in any order: what comes before the ids waits for them', async () => {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => [key, sorted(inner)]),
          )
        : value;
  const run = await runFrom(SEED);
  const other = await runFrom(sorted(SEED));
  expect({ ...other, spans: undefined }).toEqual({ ...run, spans: undefined });
  // Times that nobody states are estimated from what is known by then.
  const byId = (spans: Run['spans']) =>
    Object.fromEntries(
      spans.map(({ startUs, endUs, ...span }) => [
        span.spanId,
        span.startEstimated ? span : { ...span, startUs, endUs },
      ]),
    );
  expect(byId(other.spans)).toMatchObject(byId(run.spans.slice(1)));
});

test('ids that come late are waited for up to 16 MiB; then they are made up', async () => {
  const span = (no: number) =>
    `{"children":[{"name":"c${no}","span_id":"c${no}"}],"span_id":"s${no}","text":"${'x'.repeat(1_000_000)}"}`;
  const trace = (count: number) =>
    `{"spans":[${Array.from({ length: count }, (_, no) => span(no)).join(',')}],"trace_id":"late"}`;
  const few = runsOf((await reading(trace(3))).records);
  expect([...few.keys()]).toEqual(['late']);
  const many = runsOf((await reading(trace(20))).records);
  expect([...many.keys()]).toEqual([expect.stringMatching(/^trace-[0-9a-f]{14}$/)]);
  const [run] = [...many.values()];
  expect(run!.attributes).toEqual({ trace_id: 'late' });
  expect(run!.spans.map(({ spanId, parentId }) => [spanId, parentId]).slice(0, 3)).toEqual([
    ['trace', undefined],
    ['s0', 'trace'],
    ['c0', 's0'],
  ]);
  expect(run!.spans).toHaveLength(41);
});

test('a document that is itself a span is a trace of what lies in it', async () => {
  const run = await runFrom({
    id: 'root-1',
    name: 'answer',
    type: 'agent',
    begin: '2026-01-29T10:00:00Z',
    end: '2026-01-29T10:00:09Z',
    inputs: { query: 'Why?' },
    children: [
      { id: 'a', name: 'look', type: 'retrieval', begin: '2026-01-29T10:00:01Z', duration_ms: 2500 },
    ],
  });
  expect([run.runId, run.name, run.task, run.startUs, run.endUs]).toEqual([
    'root-1',
    'answer',
    'Why?',
    TEN,
    TEN + 9e6,
  ]);
  expect(run.spans[1]).toEqual({
    spanId: 'a',
    parentId: 'trace',
    name: 'look',
    kind: 'retrieval',
    startUs: TEN + 1e6,
    endUs: TEN + 3.5e6,
    status: 'ok',
  });
});

test('events, errors, open spans and repeated ids', async () => {
  const run = await runFrom({
    trace_id: 't',
    spans: [
      {
        span_id: 'a',
        name: 'a',
        start_time: 1_769_680_800,
        error: 'it broke',
        events: [
          {
            name: 'seen',
            timestamp: '2026-01-29T10:00:01.000250Z',
            inputs: { q: 1 },
            metadata: { by: 'me' },
          },
        ],
      },
      { span_id: 'a', name: 'again', start_time: TEN / 1000, end_time: TEN / 1000 + 5 },
      {
        name: 'nameless',
        start_time: '2026-01-29T10:00:00Z',
        status: 'failed',
        end_time: '2026-01-29T10:00:01Z',
      },
    ],
  });
  expect(run.status).toBe('running');
  expect(run.notes).toEqual([{ code: 'repeated-id', count: 1, example: 'a' }]);
  expect(run.spans.slice(1)).toEqual([
    {
      spanId: 'a',
      parentId: 'trace',
      name: 'a',
      kind: 'task',
      startUs: TEN,
      status: 'error',
      error: { message: 'it broke' },
      events: [{ name: 'seen', tsUs: TEN + 1_000_250, attributes: { by: 'me', inputs: { q: 1 } } }],
    },
    {
      spanId: 'a (2)',
      parentId: 'trace',
      name: 'again',
      kind: 'task',
      startUs: TEN,
      endUs: TEN + 5000,
      status: 'ok',
    },
    {
      spanId: 'span-3',
      parentId: 'trace',
      name: 'nameless',
      kind: 'task',
      startUs: TEN,
      endUs: TEN + 1e6,
      status: 'error',
    },
  ]);
});

test('spans nest 10 000 deep, there and back', async () => {
  const records: TraceRecord[] = [{ event: 'run_start', ts: TEN / 1e6, run_id: 'deep' }];
  for (let level = 0; level < 10_000; level++)
    records.push({
      event: 'span',
      span_id: `s${level}`,
      ts: TEN / 1e6,
      duration_ms: 5,
      ...(level > 0 && { parent: `s${level - 1}` }),
    });
  const run = foldRun(records);
  const { records: again, refusals } = await reading(written(run));
  expect(refusals).toEqual([]);
  expect(foldRun(again)).toEqual(run);
  // The same without a word of ours.
  const open = '{"span_id":"x","name":"x","children":[';
  const { records: foreign, refusals: none } = await reading(
    `{"trace_id":"t","spans":[${open.repeat(10_000)}${']}'.repeat(10_000)}]}`,
  );
  expect(none).toEqual([]);
  expect(foldRun(foreign).spans).toHaveLength(10_001);
});

test('damage costs the span it stands in, and no others', async () => {
  const text = written(await runFrom(SEED));
  for (const [good, bad] of [
    ['"name":"Mode Selection"', '"name":Mode Selection"'],
    ['"outputs":{"mode":"Scout"}', '"outputs":{"mode":"Scout"'],
    ['"start_time":"2026-01-29T10:00:05Z",', '"start_time":"2026-01-29T10:00:05Z,'],
  ] as const) {
    const { records, refusals } = await reading(text.replace(good, bad));
    expect(refusals.length).toBeGreaterThan(0);
    const run = [...runsOf(records).values()][0]!;
    expect(run.spans.map(({ spanId, parentId }) => [spanId, parentId])).toEqual(
      foldRun((await reading(text)).records).spans.map(({ spanId, parentId }) => [spanId, parentId]),
    );
  }
});
