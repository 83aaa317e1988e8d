import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { factsOf } from '../../formats/run-facts.ts';
import { runSummaryFile } from '../../formats/run-summary/run-summary.ts';
import { snakeCase } from '../../formats/run-summary/snake-case.ts';
import { runRecord } from '../../formats/runs-jsonl/run-record.ts';
import { RunTrace } from '../../index.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tacho-artifacts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const json = (path: string): never => JSON.parse(readFileSync(path, 'utf8')) as never;

describe('run_summary.json', () => {
  /** The run profile of the seed, with its figures. */
  const seed = (): TraceRecord[] => {
    const records: TraceRecord[] = [
      {
        event: 'run_start',
        ts: 1712534400,
        run_id: 'eigenda-20260408-abc123',
        labels: { source_repo: 'https://github.com/Layr-Labs/eigenda', source_commit: '61019b4' },
        attributes: { analyses_written: 45 },
      },
    ];
    let ts = 1712534400;
    for (const [name, wallMs, agents] of [
      ['discovery', 1200, 0],
      ['library-depth-0', 68400, 9],
      ['Library depth N', 112000, 15],
      ['applicationAnalysis', 98000, 10],
      ['synthesis', 32900, 1],
    ] as const) {
      records.push({ event: 'span_start', span_id: name, name, kind: 'stage', ts });
      for (let n = 0; n < agents; n++) {
        const tokens = n === 0 && name === 'synthesis' ? 42_000 : 50_000;
        const span = { span_id: `${name} ${n}`, parent: name, kind: 'agent', ts };
        records.push({ event: 'span', ...span, duration_ms: wallMs / 2, tokens, tool_uses: 25 });
      }
      ts += wallMs / 1000;
      records.push({ event: 'span_end', span_id: name, status: 'ok', ts });
    }
    return [...records, { event: 'run_end', status: 'ok', ts }];
  };

  test('has exactly the shape of the seed', () => {
    expect(runSummaryFile(factsOf(foldRun(seed())))).toEqual({
      run_id: 'eigenda-20260408-abc123',
      source_repo: 'https://github.com/Layr-Labs/eigenda',
      source_commit: '61019b4',
      total_wall_ms: 312500,
      phases: {
        discovery: { wall_ms: 1200 },
        library_depth_0: { wall_ms: 68400, agents: 9 },
        library_depth_n: { wall_ms: 112000, agents: 15 },
        application_analysis: { wall_ms: 98000, agents: 10 },
        synthesis: { wall_ms: 32900, agents: 1 },
      },
      totals: {
        agents_spawned: 35,
        total_tokens: 34 * 50_000 + 42_000,
        total_tool_uses: 875,
        analyses_written: 45,
      },
    });
  });

  test.each([
    ['library-depth-0', 'library_depth_0'],
    ['libraryDepth0', 'library_depth0'],
    ['Wiggum R1 / Panel', 'wiggum_r1_panel'],
    ['Größe', 'größe'],
    ['…', 'stage'],
  ])('%s is the phase %s', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});

describe('runs.jsonl', () => {
  test('has every field of the schema', async () => {
    const output = join(dir, 'context-engineering.md');
    writeFileSync(output, 'line\n'.repeat(150));
    const trace = new RunTrace({
      runId: '20260410_143201_context-engineering',
      dir,
      url: false,
      task: 'Search for the top 5 context engineering techniques',
      taskType: 'enumerated',
      sessionId: 'exp-1',
      producerModel: 'pi-qwen-32b',
      evaluatorModel: 'Qwen3-Coder:30b',
      skills: ['cite', 'search'],
    });
    trace.span('synthesis', () =>
      trace.logUsage(
        { model: 'pi-qwen-32b', prompt_eval_count: 8000, eval_count: 450 },
        { stage: 'synthesis' },
      ),
    );
    trace.logUsage({ input: 3000, output: 820 }, { stage: 'research' });
    trace.logUsage({ input: 80, cacheRead: 15, output: 5 });
    trace.score('score', 7.65, { round: 'r1', dimensions: { relevance: 9, depth: 7 } });
    trace.score('score', 8.45, { round: 'r2', dimensions: { relevance: 9, depth: 8 } });
    trace.set({ criteria: { sources: true, length: false }, noveltyScores: [7, 5, 2] });
    trace.setOutput(output);
    await trace.end();
    const [line, rest] = readFileSync(join(dir, 'runs.jsonl'), 'utf8').split('\n');
    expect(rest).toBe('');
    const record = JSON.parse(line!) as Record<string, unknown>;
    expect(record).toMatchObject({
      run_id: '20260410_143201_context-engineering',
      session_id: 'exp-1',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      task: 'Search for the top 5 context engineering techniques',
      task_type: 'enumerated',
      producer_model: 'pi-qwen-32b',
      evaluator_model: 'Qwen3-Coder:30b',
      active_skills: ['cite', 'search'],
      tokens_by_stage: {
        synthesis: { input: 8000, output: 450, total: 8450, calls: 1 },
        research: { input: 3000, output: 820, total: 3820, calls: 1 },
        other: { input: 95, output: 5, total: 100, calls: 1 },
      },
      wiggum_scores: { r1: { relevance: 9, depth: 7 }, r2: { relevance: 9, depth: 8 } },
      wiggum_rounds: 2,
      final_score: 8.45,
      wiggum_r1_score: 7.65,
      final: 'FAIL',
      output_path: output,
      output_bytes: 750,
      output_lines: 150,
      criteria_results: { sources: true, length: false },
      criteria_rate: 0.5,
      novelty_scores: [7, 5, 2],
      search_rounds: 3,
      leverage_kind: 'proxy',
      total_tokens: 12_370,
    });
    expect(record.leverage).toBeGreaterThan(0);
    expect(record.runtime_s).toBeGreaterThanOrEqual(0);
  });

  test('leverage: the worked examples', () => {
    const run = (attributes: Record<string, number>, lines?: number): TraceRecord[] => [
      { event: 'run_start', ts: 1712534400, run_id: 'r', attributes, ...(lines && { output: { lines } }) },
      { event: 'score', name: 'score', value: 8.5, round: 'r1', ts: 1712534401 },
      { event: 'run_end', status: 'ok', ts: 1712535000 },
    ];
    expect(runRecord(factsOf(foldRun(run({}, 150))))).toMatchObject({
      leverage: 7650,
      leverage_kind: 'proxy',
    });
    // 2 h × 0.85 over 600 s and 0.75 $ at 75 $ an hour, which is 36 s.
    expect(runRecord(factsOf(foldRun(run({ tac_hours: 2, inference_cost_usd: 0.75 }, 150))))).toMatchObject({
      leverage: 9.62,
      leverage_kind: 'tac',
    });
  });

  test.each([
    [{}, 'ok', 'PASS'],
    [{}, 'error', 'ERROR'],
    [{}, 'interrupted', 'ERROR'],
    [{ final: 'fail' }, 'ok', 'FAIL'],
  ])('%o and %s is %s', (attributes, status, final) => {
    const run = foldRun([
      { event: 'run_start', ts: 1712534400, run_id: 'r', attributes },
      { event: 'run_end', status, ts: 1712534500 },
    ]);
    expect(runRecord(factsOf(run)).final).toBe(final);
  });
});

test('a run leaves its files, whole, and nothing else', async () => {
  const trace = new RunTrace({ task: 'files', dir, url: false });
  trace.span('stage', (stage) => stage.span('agent', { kind: 'agent' }, () => {}));
  await trace.end();
  expect(readdirSync(dir).sort()).toEqual(['latest', trace.runId, 'runs.jsonl'].sort());
  expect(readdirSync(trace.path!).sort()).toEqual(['run_summary.json', 'telemetry.jsonl', 'trace.json']);
  const { traceEvents } = json(join(dir, 'latest', 'trace.json')) as { traceEvents: { name: string }[] };
  expect(traceEvents.some(({ name }) => name === 'agent')).toBe(true);
  expect(json(join(trace.path!, 'run_summary.json'))).toMatchObject({ run_id: trace.runId });
});

test('without artifacts there is the stream alone', async () => {
  const trace = new RunTrace({ task: 'bare', dir, url: false, artifacts: false });
  await trace.end();
  expect(readdirSync(trace.path!)).toEqual(['telemetry.jsonl']);
});

test('the environment of leverage is kept with the run', async () => {
  process.env.HARNESS_HOURLY_RATE = '100';
  process.env.HARNESS_ENERGY_COST_PER_RUN = 'a lot';
  const trace = new RunTrace({ task: 'env', dir, url: false, artifacts: false });
  await trace.end();
  delete process.env.HARNESS_HOURLY_RATE;
  delete process.env.HARNESS_ENERGY_COST_PER_RUN;
  const [start] = readFileSync(join(trace.path!, 'telemetry.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(start!)).toMatchObject({ attributes: { hourly_rate_usd: 100 } });
  expect(start).not.toContain('energy_cost_usd');
});
