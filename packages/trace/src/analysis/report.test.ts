import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import { QUALITY_CODES } from '../model/quality.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import { totalTokens } from '../model/usage.ts';
import { reportOf } from './report.ts';
import { summaryOf } from './summary.ts';

const T = 1_700_000_000;

/** The schema as published, but with no room for fields it does not name: a new field must be written into it. */
function strictSchema(name: string): Record<string, unknown> {
  const file = new URL(`../../../app/schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (_key, value) =>
    value?.type === 'object' && value.properties ? { additionalProperties: false, ...value } : value,
  );
}
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(strictSchema('run-summary'));
const validateReport = ajv.compile(strictSchema('run-report'));
const validateRun = ajv.getSchema('run-summary.schema.json')!;

function expectValid(run: Run): void {
  const nowUs = run.lastUs + 5e6;
  for (const [validate, value] of [
    [validateReport, reportOf(run, nowUs)],
    [validateRun, summaryOf(run, nowUs)],
  ] as const) {
    // What JSON leaves out (undefined) and changes (NaN) is seen only after a round trip.
    const valid = validate(JSON.parse(JSON.stringify(value)));
    expect(validate.errors ?? [], JSON.stringify(validate.errors)).toEqual([]);
    expect(valid).toBe(true);
  }
}

/** The run on the screen of the first seed. */
const wiggum: TraceRecord[] = [
  {
    event: 'run_start',
    run_id: '20260410_143201_context-engineering',
    ts: T,
    task: 'Search for the top 5 context engineering techniques',
    task_type: 'enumerated',
    labels: { producer_model: 'pi-qwen-32b', evaluator_model: 'Qwen3-Coder:30b' },
    attributes: { tac_hours: 1, plan: [{ stage: 'Synthesis', agents: 1 }] },
  },
  { event: 'span_start', span_id: 's1', name: 'Research', kind: 'stage', ts: T },
  { event: 'span_start', span_id: 't1', parent: 's1', name: 'web', kind: 'tool', tool: 'search', ts: T + 1 },
  { event: 'span_end', span_id: 't1', ts: T + 4, error: 'HTTP 500' },
  {
    event: 'usage',
    stage: 'Research',
    model: 'pi-qwen-32b',
    input_tokens: 3000,
    output_tokens: 820,
    request_ms: 900,
    ts: T + 40,
  },
  { event: 'span_end', span_id: 's1', ts: T + 42 },
  { event: 'span_start', span_id: 's2', name: 'Synthesis', kind: 'stage', ts: T + 42 },
  { event: 'span_start', span_id: 'a1', parent: 's2', name: 'writer', kind: 'agent', ts: T + 42 },
  { event: 'span_end', span_id: 'a1', ts: T + 137, tokens: 8450, tool_uses: 3 },
  { event: 'span_end', span_id: 's2', ts: T + 137 },
  {
    event: 'usage',
    stage: 'Wiggum',
    model: 'Qwen3-Coder:30b',
    input_tokens: 4000,
    output_tokens: 80,
    ts: T + 150,
  },
  { event: 'usage', model: 'pi-qwen-32b', input_tokens: 2550, ts: T + 155 },
  { event: 'score', name: 'wiggum', value: 7.65, round: 'r1', ts: T + 150 },
  { event: 'score', name: 'wiggum', value: 7, round: 'r1', dimension: 'depth', ts: T + 150 },
  { event: 'score', name: 'wiggum', value: 8.45, round: 'r2', label: 'PASS', ts: T + 160 },
  { event: 'score', name: 'wiggum', value: 8, round: 'r2', dimension: 'depth', ts: T + 160 },
  { event: 'score', name: 'criterion:five_items', value: 1, ts: T + 160 },
  { event: 'run_end', ts: T + 168, status: 'ok', output: { path: 'context.md', bytes: 4821, lines: 142 } },
];

test('the screen of the first seed can be drawn from the report', () => {
  const run = foldRun(wiggum);
  const report = reportOf(run, run.lastUs);
  expect(report.result).toEqual({ value: 8.45, label: 'PASS' });
  expect(report.rounds.map(({ round, value, dimensions }) => [round, value, dimensions[0]!.value])).toEqual([
    ['r1', 7.65, 7],
    ['r2', 8.45, 8],
  ]);
  expect(
    report.tokensByStage.map(({ stage, tokens, share }) => [stage, tokens, Math.round(share * 100)]),
  ).toEqual([
    ['Synthesis', 8450, 45],
    ['Wiggum', 4080, 22],
    ['Research', 3820, 20],
    [null, 2550, 13],
  ]);
  expect(totalTokens(report.usage)).toBe(18_900);
  expect(report.models.map(({ model, calls, usage }) => [model, calls, totalTokens(usage)])).toEqual([
    ['unknown model', 1, 8450],
    ['pi-qwen-32b', 2, 6370],
    ['Qwen3-Coder:30b', 1, 4080],
  ]);
  expect(report.costUsd).toBeNull();
  expect(report.tools).toMatchObject([{ name: 'search', calls: 1, errors: 1, totalUs: 3e6, p95Us: 3e6 }]);
  expect(report.agents).toMatchObject([{ name: 'writer', tokens: 8450, toolCalls: 3, stage: 'Synthesis' }]);
  expect(report.criteria).toMatchObject({ passed: 1, total: 1, rate: 1 });
  expect(report.output).toEqual({ path: 'context.md', bytes: 4821, lines: 142 });
  // 3600 s × 0.845 in 168 s; nothing is known to cost anything.
  expect(report.leverage).toEqual({ value: 18.11, kind: 'tac' });
  expect(report.run).toMatchObject({
    rounds: 2,
    score: 8.45,
    tokens: 18_900,
    toolCalls: 4,
    llmCalls: 3,
    errors: 1,
    durationUs: 168e6,
    agent: 'writer',
    models: ['pi-qwen-32b', 'Qwen3-Coder:30b'],
  });
  expectValid(run);
});

test('a running run says its stage and no leverage; a finished one is measured to its end', () => {
  const start = wiggum.slice(0, -1);
  const running = foldRun([
    ...start,
    { event: 'span_start', span_id: 's3', name: 'Review', kind: 'stage', ts: T + 161 },
  ]);
  const summary = summaryOf(running, running.lastUs);
  expect(summary).toMatchObject({
    status: 'running',
    stage: 'Review',
    leverage: null,
    openSpans: 1,
    durationUs: 161e6,
  });
  const over = foldRun([
    ...wiggum,
    { event: 'span_start', span_id: 's3', name: 'Review', kind: 'stage', ts: T + 161 },
  ]);
  expect(summaryOf(over, over.lastUs + 1e9)).not.toHaveProperty('stage');
  expect(summaryOf(over, over.lastUs + 1e9).durationUs).toBe(168e6);
});

test('a run without spans has the figures of none', () => {
  const run = foldRun([{ event: 'run_start', run_id: 'empty', ts: T }]);
  expect(summaryOf(run, T * 1e6)).toMatchObject({
    spans: 0,
    tokens: 0,
    costUsd: 0,
    rounds: 0,
    leverage: null,
    durationUs: 0,
    models: [],
  });
  expect(reportOf(run, T * 1e6)).toMatchObject({
    agents: [],
    stages: [],
    tools: [],
    models: [],
    result: null,
    quality: [],
    parallelism: 1,
  });
  expectValid(run);
});

test('doubts about the data are told with a count, an example and a sentence', () => {
  const call = (id: string, more: Record<string, unknown> = {}): TraceRecord =>
    ({
      event: 'span',
      span_id: id,
      kind: 'llm',
      ts: T,
      duration_ms: 1000,
      usage: { input_tokens: 10 },
      model: 'm',
      ...more,
    }) as TraceRecord;
  const run = foldRun([
    call('original', { call_key: 'msg' }),
    call('copy', { call_key: 'msg', parent: 'nowhere' }),
    call('placeholder', { placeholder_output: true }),
    { event: 'span', span_id: 'x', parent: 'y', ts: T, duration_ms: 1 },
    { event: 'span', span_id: 'y', parent: 'x', ts: T, duration_ms: 1 },
    { event: 'span', span_id: 'late', parent: 'original', ts: T + 50, duration_ms: 1 },
    { event: 'span', span_id: 'early', parent: 'original', ts: T - 5, duration_ms: 1 },
    call('rash', { first_token_ts: T - 1 }),
    call('slow', { first_token_ts: T + 2 }),
    call('sound', { first_token_ts: T + 0.5 }),
    { event: 'span_start', span_id: 'open', ts: T + 60 },
    call('dear', { cost_usd: 2 }),
    call('fair', { cost_usd: 1.01 }),
    { event: 'run_end', ts: T + 90 },
  ]);
  for (const span of run.spans) if (span.reportedCostUsd !== undefined) span.costUsd = 1;
  const { quality } = reportOf(run, 0);
  // The list and the page have the same doubts as the report.
  expect(summaryOf(run, 0).notes).toEqual(quality.map(({ meaning: _, ...note }) => note));
  expect(quality.map(({ code, count, example }) => [code, count, example])).toEqual([
    ['parent-cycle', 1, 'x'],
    ['missing-parent', 1, 'copy'],
    ['placeholder-output', 1, 'placeholder'],
    ['outside-parent', 1, 'late'],
    ['clock-skew', 1, 'early'],
    ['impossible-first-token', 2, 'rash'],
    ['never-ended', 1, 'open'],
    ['duplicate-call', 1, 'copy'],
    ['unpriced-call', 5, 'm'],
    ['cost-deviates', 1, 'dear'],
  ]);
  expect(quality[0]!.meaning).toBe(QUALITY_CODES['parent-cycle']);
  expectValid(run);
});

test('a doubt that was noted on the way in is not told twice', () => {
  const run = foldRun([{ event: 'span', span_id: 'a', parent: 'nowhere', ts: T, duration_ms: 1 }]);
  run.notes.push({ code: 'missing-parent', count: 3, example: 'line 7' });
  expect(reportOf(run, 0).quality).toEqual([
    { code: 'missing-parent', count: 3, example: 'line 7', meaning: QUALITY_CODES['missing-parent'] },
  ]);
});

test('a stated sum is compared with what its calls cost', () => {
  const priced = (reported: number): string[] => {
    const run = foldRun([
      {
        event: 'span',
        span_id: 'session',
        kind: 'agent',
        ts: T,
        duration_ms: 9000,
        cost_usd: reported,
        tokens: 20,
      },
      { event: 'span', span_id: 'a', parent: 'session', kind: 'llm', ts: T, duration_ms: 1, tokens: 10 },
      { event: 'span', span_id: 'b', parent: 'session', kind: 'llm', ts: T, duration_ms: 1, tokens: 10 },
    ]);
    for (const no of [1, 2]) run.spans[no]!.costUsd = 0.5;
    return reportOf(run, 0).quality.map(({ code }) => code);
  };
  expect(priced(1.02)).toEqual([]);
  expect(priced(1.03)).toEqual(['cost-deviates']);
});

test('a cost without tokens counts: for the run, for its agent and for its model, where it has one', () => {
  const run = foldRun([
    { event: 'span', span_id: 'a', kind: 'agent', ts: T, duration_ms: 9 },
    { event: 'span', span_id: 'search', parent: 'a', kind: 'tool', ts: T, duration_ms: 1 },
    {
      event: 'span',
      span_id: 'empty',
      parent: 'a',
      kind: 'llm',
      model: 'm',
      ts: T,
      duration_ms: 1,
      usage: { input_tokens: 0 },
    },
  ]);
  run.spans[1]!.costUsd = 0.01;
  run.spans[2]!.costUsd = 0.02;
  const report = reportOf(run, 0);
  expect(report.costUsd).toBeCloseTo(0.03);
  expect(report.agents[0]!.costUsd).toBeCloseTo(0.03);
  expect(report.models).toMatchObject([{ model: 'm', costUsd: 0.02 }]);
});

test('G16: placeholder output is told as a lower bound', () => {
  const run = foldRun([
    {
      event: 'span',
      span_id: 'a',
      kind: 'llm',
      ts: T,
      duration_ms: 1,
      usage: { output_tokens: 1 },
      placeholder_output: true,
    },
  ]);
  expect(reportOf(run, 0).quality).toMatchObject([
    { code: 'placeholder-output', count: 1, example: 'a' },
    { code: 'unpriced-call' },
  ]);
});

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const ts = fc.integer({ min: T, max: T + 100 });
const anyRecord: fc.Arbitrary<TraceRecord> = fc.oneof(
  fc.record({
    event: fc.constant('span_start' as const),
    span_id: id,
    parent: id,
    ts,
    kind: fc.constantFrom('agent', 'llm', 'tool', 'stage', 'odd'),
  }),
  fc.record({
    event: fc.constant('span_end' as const),
    span_id: id,
    ts,
    tokens: fc.nat(500),
    tool_uses: fc.nat(9),
    status: fc.constantFrom('ok', 'error', 'cancelled'),
  }),
  fc.record({
    event: fc.constant('usage' as const),
    span_id: id,
    model: id,
    input_tokens: fc.nat(1000),
    cost_usd: fc.nat(3),
    ts,
  }),
  fc.record({
    event: fc.constant('score' as const),
    name: id,
    value: fc.integer(),
    round: id,
    dimension: fc.option(id, { nil: '' }),
    ts,
  }),
  fc.record({
    event: fc.constant('run_end' as const),
    ts,
    status: fc.constantFrom('ok', 'error', 'interrupted'),
  }),
);

test('any run: summary and report keep to the published schemas, and figures agree with each other', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 40 }), (records) => {
      const run = foldRun(records, 'r');
      expectValid(run);
      const report = reportOf(run, run.lastUs);
      const total = totalTokens(report.usage);
      const sum = (parts: readonly { tokens: number }[]): number =>
        parts.reduce((all, { tokens }) => all + tokens, 0);
      expect(report.models.reduce((all, { usage }) => all + totalTokens(usage), 0)).toBe(total);
      expect(sum(report.tokensByStage)).toBe(total);
      expect(sum(report.stages)).toBeLessThanOrEqual(total);
      expect(sum(report.agents)).toBeLessThanOrEqual(total);
      expect(report.run.tokens).toBe(total);
    }),
  );
});
