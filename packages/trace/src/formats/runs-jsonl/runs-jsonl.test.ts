import { expect, test } from 'vitest';
import { type Reading, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { summaryOf } from '../../analysis/summary.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { runsJsonl } from './format.ts';

/** A line with every field of the seed's schema; figures are those of its `inspect_run.py`, where it has some. */
const SEED = {
  run_id: '20260410_143201_context-engineering',
  session_id: 'autoresearch-3',
  timestamp: '2026-04-10T14:32:01Z',
  task: 'Search for the top 5 context engineering techniques',
  task_type: 'enumerated',
  producer_model: 'pi-qwen-32b',
  evaluator_model: 'Qwen3-Coder:30b',
  active_skills: ['cite'],
  tokens_by_stage: {
    synthesis: { input: 6200, output: 2250, total: 8450, calls: 1 },
    research: { input: 3000, output: 820, total: 3820, calls: 3 },
    wiggum: { input: 3580, output: 500, total: 4080, calls: 2 },
    other: { input: 2000, output: 550, total: 2550, calls: 2 },
  },
  wiggum_scores: {
    r1: { relevance: 9, completeness: 8, depth: 7, specificity: 6, structure: 9 },
    r2: { relevance: 9, completeness: 9, depth: 8, specificity: 7, structure: 9 },
  },
  wiggum_rounds: 2,
  final_score: 8.45,
  wiggum_r1_score: 7.65,
  final: 'PASS',
  output_path: '~/Desktop/context-engineering.md',
  output_bytes: 4821,
  output_lines: 142,
  criteria_results: { five_items: true, has_sources: false },
  criteria_rate: 0.5,
  novelty_scores: [3, 1],
  search_rounds: 2,
  leverage: 14.3,
  runtime_s: 312,
};

/** 2026-04-10T14:32:01Z. */
const START = 1_775_831_521_000_000;

function reading(...lines: unknown[]): Promise<Reading> {
  return readBytes(runsJsonl, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
}

async function runFrom(line: unknown): Promise<Run> {
  const { records, refusals } = await reading(line);
  expect(refusals).toEqual([]);
  return [...runsOf(records).values()][0]!;
}

const tokens = (input: number, output: number, requests: number) => ({
  inputTokens: input,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: output,
  reasoningTokens: 0,
  otherTokens: 0,
  requests,
});

test('a line of the seed is read as a run, field by field', async () => {
  const { spans, ...run } = await runFrom(SEED);
  const dimension = (round: string, name: string, value: number) => ({
    name,
    value,
    max: 10,
    round,
    dimension: name,
  });
  expect(run).toEqual({
    runId: '20260410_143201_context-engineering',
    name: 'Search for the top 5 context engineering techniques',
    task: 'Search for the top 5 context engineering techniques',
    taskType: 'enumerated',
    sessionId: 'autoresearch-3',
    labels: { producer_model: 'pi-qwen-32b', evaluator_model: 'Qwen3-Coder:30b' },
    startUs: START,
    endUs: START + 312e6,
    lastUs: START + 312e6,
    status: 'ok',
    scores: [
      { name: 'score', value: 7.65, max: 10, round: 'r1' },
      dimension('r1', 'relevance', 9),
      dimension('r1', 'completeness', 8),
      dimension('r1', 'depth', 7),
      dimension('r1', 'specificity', 6),
      dimension('r1', 'structure', 9),
      { name: 'score', value: 8.45, max: 10, round: 'r2' },
      dimension('r2', 'relevance', 9),
      dimension('r2', 'completeness', 9),
      dimension('r2', 'depth', 8),
      dimension('r2', 'specificity', 7),
      dimension('r2', 'structure', 9),
      { name: 'criteria', value: 1, dimension: 'five_items' },
      { name: 'criteria', value: 0, dimension: 'has_sources' },
    ],
    output: { path: '~/Desktop/context-engineering.md', bytes: 4821, lines: 142 },
    notes: [],
    attributes: {
      active_skills: ['cite'],
      final: 'PASS',
      leverage: 14.3,
      leverage_kind: 'tac',
      novelty_scores: [3, 1],
      search_rounds: 2,
    },
  });
  expect(spans).toHaveLength(4);
  expect(spans[0]).toEqual({
    spanId: 'runs-jsonl:synthesis',
    name: 'synthesis: sum of all calls',
    kind: 'task',
    role: 'stage-total',
    startUs: START + 312e6,
    endUs: START + 312e6,
    status: 'ok',
    modelTotal: true,
    usage: tokens(6200, 2250, 1),
    attributes: { stage: 'synthesis', time_estimated: true },
  });
  expect(summaryOf({ ...run, spans }, 0)).toMatchObject({
    tokens: 18_900,
    score: 8.45,
    rounds: 2,
    durationUs: 312e6,
    leverage: { value: 14.3, kind: 'tac' },
  });
});

test('which leverage a line states follows from what its own figures come to', async () => {
  const kindOf = async (line: object) => (await runFrom({ ...SEED, ...line })).attributes.leverage_kind;
  // 8.5 × 150 lines in 10 minutes.
  const figures = { wiggum_scores: [8.5], final_score: 8.5, output_lines: 150, runtime_s: 600 };
  expect(await kindOf({ ...figures, leverage: 7650 })).toBe('proxy');
  expect(await kindOf({ ...figures, leverage: 14.3 })).toBe('tac');
  expect(await kindOf({ ...figures, leverage: null })).toBeUndefined();
  expect(await kindOf({ ...figures, leverage: 7650, leverage_kind: 'tac' })).toBe('tac');
});

test('what the rounds say stands above what is said beside them', async () => {
  const { scores } = await runFrom({
    ...SEED,
    wiggum_scores: [7, 8],
    wiggum_r1_score: 5,
    final_score: 9,
    criteria_results: {},
  });
  expect(scores).toEqual([
    { name: 'score', value: 7, max: 10, round: 'r1' },
    { name: 'score', value: 8, max: 10, round: 'r2' },
    { name: 'final_score', value: 9, max: 10 },
  ]);
});

test('a line of the seed, read and written, is the same line', async () => {
  const written = [...runsJsonl.write!(await runFrom(SEED))].join('');
  expect(written.endsWith('\n')).toBe(true);
  expect(JSON.parse(written)).toEqual({
    ...SEED,
    leverage_kind: 'tac',
    tac_hours: null,
    total_tokens: 18_900,
  });
});

test('a line of the program behind the seed: scores as a list, null for what is not known, no run id', async () => {
  const { spans, ...run } = await runFrom({
    timestamp: '2026-04-02T09:14:07.251903+00:00',
    task: 'Name three lakes',
    producer_model: 'writer',
    evaluator_model: 'judge',
    run_duration_s: 271.4,
    input_tokens: 9000,
    output_tokens: 2000,
    tokens_by_stage: {
      synth: { input: 6000, output: 1400, thinking_chars: 880, calls: 1, total_ms: 128_263 },
      wiggum_eval: { input: 2500, output: 500, thinking_chars: 0, calls: 2, total_ms: 31_900.2 },
    },
    tool_calls: [{ name: 'web_search', query: 'lakes', result_chars: 2326 }],
    plan: null,
    files_read: [],
    wiggum_rounds: 2,
    wiggum_scores: [7.9, 8.8],
    wiggum_dims: [{ depth: 7 }, { depth: 9 }],
    wiggum_eval_log: [{ round: 1, score: 7.9, dims: { depth: 7 }, issues: [], feedback: 'More.' }],
    task_type: 'enumerated',
    output_path: null,
    final: 'FAIL',
    project_id: 'lakes',
  });
  const start = Date.UTC(2026, 3, 2, 9, 14, 7) * 1000 + 251_903;
  expect(run).toEqual({
    runId: expect.stringMatching(/^run-[0-9a-f]{14}$/),
    name: 'Name three lakes',
    task: 'Name three lakes',
    taskType: 'enumerated',
    project: 'lakes',
    labels: { producer_model: 'writer', evaluator_model: 'judge' },
    startUs: start,
    endUs: start + 271_400_000,
    lastUs: start + 271_400_000,
    status: 'ok',
    scores: [
      { name: 'score', value: 7.9, max: 10, round: 'r1', comment: 'More.' },
      { name: 'depth', value: 7, max: 10, round: 'r1', dimension: 'depth' },
      { name: 'score', value: 8.8, max: 10, round: 'r2' },
      { name: 'depth', value: 9, max: 10, round: 'r2', dimension: 'depth' },
    ],
    notes: [],
    attributes: {
      tool_calls: [{ name: 'web_search', query: 'lakes', result_chars: 2326 }],
      wiggum_eval_log: [{ round: 1, score: 7.9, dims: { depth: 7 }, issues: [], feedback: 'More.' }],
      final: 'FAIL',
    },
  });
  const rest = { role: 'stage-total', status: 'ok', modelTotal: true };
  expect(spans).toEqual([
    {
      ...rest,
      spanId: 'runs-jsonl:synth',
      name: 'synth',
      kind: 'stage',
      startUs: start,
      endUs: start + 128_263_000,
      usage: tokens(6000, 1400, 1),
      attributes: { stage: 'synth', thinking_chars: 880, time_estimated: true },
    },
    {
      ...rest,
      spanId: 'runs-jsonl:wiggum_eval',
      name: 'wiggum_eval',
      kind: 'stage',
      startUs: start + 128_263_000,
      endUs: start + 160_163_200,
      usage: tokens(2500, 500, 2),
      attributes: { stage: 'wiggum_eval', time_estimated: true },
    },
    {
      ...rest,
      spanId: 'runs-jsonl:other',
      name: 'other: sum of all calls',
      kind: 'task',
      startUs: start + 271_400_000,
      endUs: start + 271_400_000,
      usage: { ...tokens(0, 0, 0), otherTokens: 600 },
      attributes: { stage: 'other', time_estimated: true },
    },
  ]);
});

test('a run that is read from its line and from its stream counts once, in any order', async () => {
  const at = START / 1e6;
  const stream: TraceRecord[] = [
    { event: 'run_start', run_id: SEED.run_id, ts: at, task: SEED.task },
    { event: 'span', span_id: 'stage', name: 'synthesis', kind: 'stage', ts: at, duration_ms: 9000 },
    ...[8450, 3820, 4080, 2550].map(
      (total, no): TraceRecord => ({
        event: 'span',
        span_id: `call ${no}`,
        parent: 'stage',
        kind: 'llm',
        // The stream knows which models; the line does not say of which its sums are.
        model: no % 2 === 0 ? 'pi-qwen-32b' : 'somebody-else',
        ts: at + no,
        duration_ms: 500,
        usage: { input_tokens: total - 100, output_tokens: 100 },
      }),
    ),
    { event: 'run_end', run_id: SEED.run_id, ts: at + 312, status: 'ok' },
  ];
  const { records: line } = await reading(SEED);
  const count = (records: readonly TraceRecord[]) => {
    const run = foldRun(records, SEED.run_id);
    const { tokens, llmCalls, score, durationUs } = summaryOf(run, 0);
    return { tokens, llmCalls, score, durationUs, requests: ledgerOf(run).usage.requests };
  };
  const both = { tokens: 18_900, llmCalls: 4, score: 8.45, durationUs: 312e6, requests: 4 };
  expect(count([...stream, ...line])).toEqual(both);
  expect(count([...line, ...stream])).toEqual(both);
  expect(count([...line, ...stream, ...line])).toEqual(both);
  // Of a call that is in no stream the line tells: the rest counts, of the kind that is missing.
  const without = stream.filter(({ span_id }) => span_id !== 'call 3');
  expect(count([...line, ...without])).toMatchObject({ tokens: 18_900 });
});

test('what is no run is refused with its place, and the lines around it are read', async () => {
  const { records, refusals } = await readBytes(
    runsJsonl,
    Buffer.from(
      `${JSON.stringify(SEED)}\n{"a":1}\n[1,2]\n{"run_id":"x","final":"PASS"}\n{"run_id":"torn","ta`,
    ),
  );
  expect([...runsOf(records).keys()]).toEqual([SEED.run_id, 'x']);
  expect(refusals.map(({ line, reason }) => [line, reason.slice(0, 30)])).toEqual([
    [2, 'expected a run, an object with'],
    [3, 'expected a run, an object with'],
    [3, 'expected a run, an object with'],
    [5, expect.stringMatching(/ends inside/)],
  ]);
});

test.each([
  ['PASS', 'ok'],
  ['FAIL', 'ok'],
  ['ERROR', 'error'],
  [null, 'ok'],
])('a run that says %s ended %s', async (final, status) => {
  const run = await runFrom({ ...SEED, final, criteria_results: {} });
  expect(run.status).toBe(status);
  expect(JSON.parse([...runsJsonl.write!(run)].join('')).final).toBe(final ?? 'PASS');
});
