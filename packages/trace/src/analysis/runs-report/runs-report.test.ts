import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyRun, headerOf } from '../../model/fold.ts';
import type { RunHeader } from '../../model/run.ts';
import type { RunSummary } from '../../model/summary.ts';
import { comparedRuns } from '../compare/compared-run.ts';
import { summaryStats } from '../compare/summary-stats.ts';
import { runsReport } from './runs-report.ts';

const START_US = Date.UTC(2026, 3, 6) * 1e3;

function runFor(runId: string, more: Partial<RunHeader> & Partial<RunSummary> = {}): RunSummary {
  return {
    ...headerOf(emptyRun(runId)),
    startUs: START_US,
    status: 'ok',
    spans: 0,
    openSpans: 0,
    errors: 0,
    toolCalls: 0,
    llmCalls: 0,
    agents: { total: 0, running: 0, done: 0, failed: 0 },
    models: [],
    tokens: 0,
    rounds: 0,
    leverage: null,
    durationUs: 0,
    ...more,
  };
}

/** A benchmark's trial: agent, benchmark, task, seconds, reward, patch bytes, files. A reward of 0 is a run that timed out. */
type Trial = [string, string, string, number, number, number, number];
const TRIALS: readonly Trial[] = [
  ['claude-baseline', '10figure', 'task-001', 10, 1, 1024, 2],
  ['claude-baseline', '10figure', 'task-002', 11, 1, 3072, 3],
  ['claude-baseline', '10figure', 'task-003', 12, 1, 1024, 2],
  ['claude-baseline', 'terminal-bench', 'task-004', 13, 0, 3072, 3],
  ['claude-baseline', 'terminal-bench', 'task-005', 14, 0.75, 2048, 2],
  ['claude-mcp', '10figure', 'task-001', 14, 1, 1024, 3],
  ['claude-mcp', '10figure', 'task-002', 15, 1, 3072, 2],
  ['claude-mcp', '10figure', 'task-003', 16, 1, 1024, 3],
  ['claude-mcp', 'terminal-bench', 'task-004', 17, 0.75, 3072, 2],
  ['claude-mcp', 'terminal-bench', 'task-005', 23, 0, 2048, 3],
];

function trialRun([agent, benchmark, task_id, s, reward, patchBytes, filesChanged]: Trial, at: number) {
  return runFor(`trial-${at}`, {
    agent,
    labels: { agent, benchmark, task_id },
    models: ['haiku'],
    endUs: START_US + s * 1e6,
    durationUs: s * 1e6,
    tokens: 1000,
    // The last run's model has no price.
    ...(at === 9 ? { costUsd: null, unpricedCalls: 2 } : { costUsd: 0.1, unpricedCalls: 0 }),
    scores: [{ name: 'reward', value: reward }],
    output: { patchBytes, filesChanged },
    ...(reward === 0 && { status: 'error', error: { type: 'TimeoutError', message: 'too slow' } }),
  });
}

describe("the second seed's report, by hand", () => {
  const report = runsReport(TRIALS.map(trialRun));

  // Durations: 10 + 11 + 12 + 13 + 14 + 14 + 15 + 16 + 17 + 23 = 145, over 10 = 14.5; the middle two are 14 and 14; 95 % lie
  // at place 0.95 * 9 = 8.55 of 0 to 9: 17 + 0.55 * (23 - 17) = 20.3. Patches: 2 * (1024 + 3072 + 1024 + 3072 + 2048) / 10 =
  // 2048. Files: 25 / 10. Rewards: 6 * 1 + 2 * 0.75 + 2 * 0 = 7.5, over 10 = 0.75. These are the figures in the seed.
  // Interval: tasks 1 to 3 have 2 of 2, tasks 4 and 5 have 1 of 2; the mean is 0.8. Residuals of a task together: 0.4, 0.4,
  // 0.4, -0.6, -0.6; their squares 3 * 0.16 + 2 * 0.36 = 1.2; error sqrt(1.2) / 10 = 0.109545, times sqrt(5 / 4) = 0.122474;
  // t(0.975, 4) = 2.776445; 0.8 - 0.340044 = 0.459956, and at most 1.
  // Cost: 9 * 0.1 = 0.9 is known; over 8 successes 0.1125.
  test('overall', () => {
    expect(report.overall).toEqual({
      total: 10,
      successful: 8,
      success_rate: 80,
      avg_duration_sec: 14.5,
      median_duration_sec: 14,
      avg_patch_size_bytes: 2048,
      avg_files_changed: 2.5,
      avg_reward: 0.75,
      max_reward: 1,
      errors: { TimeoutError: 2 },
      outcomes: { success: 8, failure: 2, unjudged: 0, infrastructure: 0, running: 0 },
      judged_success_rate: 80,
      judged_success_interval: { lower: 45.9956, upper: 100, method: 'clustered by task' },
      p95_duration_sec: 20.3,
      timed_out: 2,
      total_tokens: 10_000,
      runs_without_tokens: 0,
      total_cost_usd: 0.9,
      runs_without_cost: 1,
      unpriced_calls: 2,
      cost_per_success_usd: 0.1125,
      judged_without_cost: 1,
    });
    expect(report.total_metrics).toBe(10);
  });

  // Baseline: 10 + 11 + 12 + 13 + 14 = 60; rewards 3.75 / 5; files 12 / 5. MCP: 14 + 15 + 16 + 17 + 23 = 85; files 13 / 5.
  test('by agent', () => {
    const seed = { total: 5, successful: 4, success_rate: 80, avg_patch_size_bytes: 2048 };
    const common = { ...seed, avg_reward: 0.75, max_reward: 1, errors: { TimeoutError: 1 } };
    expect(report.per_agent).toMatchObject({
      'claude-baseline': { ...common, avg_duration_sec: 12, median_duration_sec: 12, avg_files_changed: 2.4 },
      'claude-mcp': { ...common, avg_duration_sec: 17, median_duration_sec: 16, avg_files_changed: 2.6 },
    });
  });

  // 10figure: 78 / 6 = 13, between 12 and 14; patches 10240 / 6. terminal-bench: 67 / 4, between 14 and 17; rewards 1.5 / 4.
  test('by benchmark', () => {
    expect(report.per_benchmark).toMatchObject({
      '10figure': {
        total: 6,
        successful: 6,
        success_rate: 100,
        avg_duration_sec: 13,
        median_duration_sec: 13,
        avg_patch_size_bytes: 1706.6667,
        avg_files_changed: 2.5,
        avg_reward: 1,
        max_reward: 1,
        errors: {},
      },
      'terminal-bench': {
        total: 4,
        successful: 2,
        success_rate: 50,
        avg_duration_sec: 16.75,
        median_duration_sec: 15.5,
        avg_patch_size_bytes: 2560,
        avg_files_changed: 2.5,
        avg_reward: 0.375,
        max_reward: 0.75,
        errors: { TimeoutError: 2 },
      },
    });
    expect(report.without).toEqual({ agent: 0, benchmark: 0, task: 0, time: 0 });
  });

  test('consistency of tasks', () => {
    const always = { runs: 2, success_rate: 100, consistent: true };
    const sometimes = { runs: 2, success_rate: 50, consistent: false };
    expect(report.task_consistency).toEqual({
      'task-001': always,
      'task-002': always,
      'task-003': always,
      'task-004': sometimes,
      'task-005': sometimes,
    });
  });

  test('what is not known is said', () => {
    expect(report.notes).toEqual([
      'The cost of 1 run is not known in full (2 calls have no price): sums of cost are lower bounds.',
      '2 runs were stopped by a limit of time: durations are too short.',
    ]);
  });
});

/** A run of the first seed: judged by rounds in the dimension `depth`. */
function judgedRun(
  runId: string,
  day: number,
  type: string,
  depths: number[],
  more: Partial<RunSummary> = {},
) {
  const startUs = START_US + day * 86_400e6;
  return runFor(runId, {
    startUs,
    endUs: startUs + 600e6,
    durationUs: 600e6,
    taskType: type,
    labels: { producer_model: 'pi-qwen-32b' },
    rounds: depths.length,
    scores: depths.flatMap((value, at) => [
      { name: 'wiggum', round: `r${at + 1}`, value, max: 10, label: value >= 8 ? 'PASS' : 'FAIL' },
      { name: 'wiggum', round: `r${at + 1}`, value: value - 0.5, max: 10, dimension: 'depth' },
    ]),
    ...more,
  });
}

describe("the first seed's analytics, by hand", () => {
  const tac = (value: number) => ({ leverage: { value, kind: 'tac' as const } });
  const runs = [
    judgedRun('a', 0, 'research', [7, 8.5], { sessionId: 'april', ...tac(10) }),
    judgedRun('b', 0, 'research', [6, 7], { sessionId: 'april', ...tac(20) }),
    judgedRun('c', 1, 'enumerated', [9], { sessionId: 'may', leverage: { value: 7650, kind: 'proxy' } }),
    judgedRun('d', 1, 'research', [8], { sessionId: 'may', ...tac(30) }),
  ];
  const report = runsReport(runs, { rows: true });

  // Depth is half a point below the round. Day 0: first (6.5 + 5.5) / 2, last (8 + 6.5) / 2. Day 1: (8.5 + 7.5) / 2.
  test('a dimension over time', () => {
    expect(report.trends.step).toBe('hour');
    expect(report.trends.dimensions).toEqual([
      {
        dimension: 'depth',
        max: 10,
        runs: 4,
        points: [
          { from: '2026-04-06T00:00:00.000Z', runs: 2, first: 6, last: 7.25 },
          { from: '2026-04-07T00:00:00.000Z', runs: 2, first: 8, last: 8 },
        ],
      },
    ]);
  });

  // A day is 24 steps of an hour: those without a run are left out. Day 0: PASS 8.5 and FAIL 7; day 1: PASS 9 and PASS 8.
  test('runs over time', () => {
    const common = {
      runs: 2,
      judged: 2,
      errors: 0,
      median_duration_sec: 600,
      total_tokens: null,
      runs_without_tokens: 2,
      total_cost_usd: null,
      runs_without_cost: 2,
    };
    expect(report.trends.steps).toEqual([
      {
        ...common,
        from: '2026-04-06T00:00:00.000Z',
        successful: 1,
        judged_success_rate: 50,
        avg_reward: 7.75,
        leverage: { tac: { runs: 2, mean: 15, median: 15 }, proxy: null },
      },
      {
        ...common,
        from: '2026-04-07T00:00:00.000Z',
        successful: 2,
        judged_success_rate: 100,
        avg_reward: 8.5,
        leverage: { tac: { runs: 1, mean: 30, median: 30 }, proxy: { runs: 1, mean: 7650, median: 7650 } },
      },
    ]);
  });

  // Final scores: april (8.5 + 7) / 2, may (9 + 8) / 2.
  test('leverage by session, its kinds apart', () => {
    expect(report.trends.sessions).toEqual([
      {
        session: 'april',
        from: '2026-04-06T00:00:00.000Z',
        runs: 2,
        leverage: { tac: { runs: 2, mean: 15, median: 15 }, proxy: null },
        avg_score: 7.75,
        avg_duration_sec: 600,
      },
      {
        session: 'may',
        from: '2026-04-07T00:00:00.000Z',
        runs: 2,
        leverage: { tac: { runs: 1, mean: 30, median: 30 }, proxy: { runs: 1, mean: 7650, median: 7650 } },
        avg_score: 8.5,
        avg_duration_sec: 600,
      },
    ]);
  });

  // Wilson for 2 of 3: centre (2/3 + 3.841459/6) / (1 + 3.841459/3) = 0.573084, half 0.365424; for 0 of 1: 0 to 0.793451.
  test('which task types need revision', () => {
    expect(report.trends.revisions).toEqual([
      {
        task_type: 'research',
        runs: 3,
        needed_revision: 2,
        revision_rate: 66.6667,
        revision_interval: { lower: 20.766, upper: 93.8508 },
        avg_rounds: 1.6667,
      },
      {
        task_type: 'enumerated',
        runs: 1,
        needed_revision: 0,
        revision_rate: 0,
        revision_interval: { lower: 0, upper: 79.3451 },
        avg_rounds: 1,
      },
    ]);
  });

  test('mean scores by task type and model', () => {
    const named = report.per_task_type_and_model.map((group) => [
      group.task_type,
      group.model,
      group.total,
      group.avg_reward,
    ]);
    expect(named).toEqual([
      ['research', 'pi-qwen-32b', 3, 7.8333],
      ['enumerated', 'pi-qwen-32b', 1, 9],
    ]);
  });

  test('every run, the oldest first', () => {
    expect(report.runs!.map(({ run_id }) => run_id)).toEqual(['a', 'b', 'c', 'd']);
    expect(report.runs![0]).toMatchObject({
      started: '2026-04-06T00:00:00.000Z',
      outcome: 'success',
      score: 8.5,
      rounds: 2,
      dimensions: { depth: { first: 6.5, last: 8 } },
      leverage: { value: 10, kind: 'tac' },
    });
  });
});

describe('edges', () => {
  test('no run', () => {
    const report = runsReport([]);
    expect(report.overall).toMatchObject({
      total: 0,
      success_rate: 0,
      avg_duration_sec: null,
      total_cost_usd: null,
    });
    expect(report).toMatchObject({ from: null, to: null, task_consistency: {}, notes: [] });
  });

  test('without any judgement, who ended well succeeded; with one, nobody else is judged', () => {
    const [ended, failed] = [runFor('a'), runFor('b', { status: 'error' })];
    expect(runsReport([ended, failed]).overall).toMatchObject({ successful: 1, success_rate: 50 });
    const judged = runFor('c', { scores: [{ name: 'reward', value: 1 }] });
    expect(runsReport([ended, failed, judged]).overall.outcomes).toMatchObject({
      success: 1,
      unjudged: 1,
      failure: 1,
    });
  });

  test('without any judgement, intervals and tasks are of how runs ended', () => {
    const tried = (runId: string, status: 'ok' | 'error') =>
      runFor(runId, { status, labels: { task_id: 't' } });
    const report = runsReport([tried('a', 'ok'), tried('b', 'ok'), tried('c', 'error')]);
    expect(report.task_consistency).toEqual({ t: { runs: 3, success_rate: 66.6667, consistent: false } });
    // Two runs of which nothing says what their task was: Wilson for 2 of 2 begins at 2 / (2 + 3.841459).
    const apart = runsReport([runFor('a'), runFor('b')]);
    expect(apart.overall.judged_success_interval).toEqual({ lower: 34.238, upper: 100, method: 'Wilson' });
  });

  test('a dimension on two scales has two trends, and averages over scales are pointed out', () => {
    const score = (max: number) => [
      { name: 'x', round: 'r1', value: max, max },
      { name: 'x', round: 'r1', value: max / 2, max, dimension: 'depth' },
    ];
    const report = runsReport([runFor('a', { scores: score(10) }), runFor('b', { scores: score(100) })]);
    expect(report.trends.dimensions.map(({ max, points }) => [max, points[0]!.first])).toEqual([
      [10, 5],
      [100, 50],
    ]);
    expect(report.notes).toContainEqual(expect.stringContaining('(at most 10, at most 100)'));
  });

  test('infrastructure errors are in the total and not among the judged', () => {
    const lost = runFor('a', { status: 'error', error: { type: 'RateLimitError', message: '' } });
    const won = runFor('b', { scores: [{ name: 'reward', value: 1 }] });
    expect(runsReport([lost, won]).overall).toMatchObject({ success_rate: 50, judged_success_rate: 100 });
    expect(runsReport([lost, won], { missingAsFailure: true }).overall.judged_success_rate).toBe(50);
  });

  test('tasks of one name in two benchmarks, and two editions of a task, are different tasks', () => {
    const trial = (runId: string, labels: Record<string, string>) =>
      runFor(runId, { labels: { task_id: 't', ...labels }, scores: [{ name: 'reward', value: 1 }] });
    const report = runsReport([
      ...['a1', 'a2'].map((id) => trial(id, { benchmark: 'A', task_checksum: 'x' })),
      ...['a3', 'a4'].map((id) => trial(id, { benchmark: 'A', task_checksum: 'y' })),
      ...['b1', 'b2'].map((id) => trial(id, { benchmark: 'B' })),
    ]);
    expect(Object.keys(report.task_consistency)).toEqual(['A/t@x', 'A/t@y', 'B/t']);
  });

  test('names that are dangerous elsewhere are names', () => {
    const report = runsReport(
      ['__proto__', 'constructor', ''].map((agent) =>
        runFor(`run ${agent}`, { agent, labels: { benchmark: agent } }),
      ),
    );
    expect(Object.keys(report.per_agent).sort()).toEqual(['', '__proto__', 'constructor']);
    expect(Object.keys(JSON.parse(JSON.stringify(report)).per_benchmark)).toHaveLength(3);
  });

  test('a run that nobody knows when it started, and one that starts beyond all calendars', () => {
    const scores = [{ name: 'x', round: 'r1', value: 1, dimension: 'depth' }];
    const report = runsReport([runFor('a', { startUs: 0, scores }), runFor('b', { startUs: 9e18, scores })]);
    expect(report.trends.dimensions).toMatchObject([{ runs: 1, points: [{ from: null, first: 1 }] }]);
    expect(report.trends.steps).toMatchObject([{ runs: 1, from: null }]);
  });
});

const anyRun = fc
  .record({
    status: fc.constantFrom('ok', 'error', 'interrupted', 'running') as fc.Arbitrary<RunSummary['status']>,
    agent: fc.option(fc.constantFrom('x', 'y', '__proto__'), { nil: undefined }),
    benchmark: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    task: fc.option(fc.constantFrom('t1', 't2', 't3'), { nil: undefined }),
    version: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
    reward: fc.option(fc.constantFrom(0, 0.5, 1, null), { nil: undefined }),
    error: fc.option(fc.constantFrom('RateLimitError', 'TimeoutError', 'ValueError'), { nil: undefined }),
    seconds: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    costUsd: fc.option(fc.integer({ min: 0, max: 64 }).map((value) => value / 64)),
    tokens: fc.integer({ min: 0, max: 3 }),
    day: fc.integer({ min: 0, max: 400 }),
    leverage: fc.option(fc.constant({ value: 3, kind: 'tac' as const })),
  })
  .map(
    ({ status, agent, benchmark, task, version, reward, error, seconds, costUsd, tokens, day, leverage }) => {
      const startUs = START_US + day * 86_400e6;
      return (runId: string) =>
        runFor(runId, {
          status,
          startUs,
          labels: {
            ...(benchmark !== undefined && { benchmark }),
            ...(task !== undefined && { task_id: task }),
            ...(version !== undefined && { task_version: version }),
          },
          ...(agent !== undefined && { agent }),
          ...(reward !== undefined && { scores: [{ name: 'reward', value: reward }] }),
          ...(error !== undefined && { error: { type: error, message: '' } }),
          ...(seconds !== undefined && { endUs: startUs + seconds * 1e6, durationUs: seconds * 1e6 }),
          costUsd,
          tokens,
          leverage,
          sessionId: `s${day % 3}`,
        });
    },
  );
const anyRuns = fc
  .array(anyRun, { maxLength: 40 })
  .map((makers) => makers.map((make, at) => make(`run-${at}`)));
const anyOptions = fc.record({ missingAsFailure: fc.boolean() });

describe('for any runs', () => {
  test('outcomes and the figures of the seed are those of a comparison', () => {
    fc.assert(
      fc.property(anyRuns, anyOptions, (runs, options) => {
        const { overall, judged_by } = runsReport(runs, options);
        const { baseline, judgedBy } = comparedRuns(runs, [], options);
        expect(judged_by).toBe(judgedBy);
        expect(overall).toMatchObject(summaryStats(baseline));
        for (const outcome of ['success', 'failure', 'unjudged', 'infrastructure', 'running'] as const)
          expect(overall.outcomes[outcome]).toBe(baseline.filter((run) => run.outcome === outcome).length);
        const paid = baseline.filter(
          ({ outcome, costUsd }) => costUsd !== null && (outcome === 'success' || outcome === 'failure'),
        );
        const won = paid.filter(({ outcome }) => outcome === 'success').length;
        const usd = paid.reduce((sum, { costUsd }) => sum + costUsd!, 0);
        if (won === 0) expect(overall.cost_per_success_usd).toBeNull();
        else expect(overall.cost_per_success_usd).toBeCloseTo(usd / won, 8);
      }),
    );
  });

  test('groups and those without one are together all runs', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { overall, per_agent, per_benchmark, per_task_type_and_model, without } = runsReport(runs);
        const totalOf = (groups: { total: number }[]): number =>
          groups.reduce((sum, { total }) => sum + total, 0);
        expect(totalOf(Object.values(per_agent)) + without.agent).toBe(overall.total);
        expect(totalOf(Object.values(per_benchmark)) + without.benchmark).toBe(overall.total);
        expect(totalOf(per_task_type_and_model)).toBe(overall.total);
      }),
    );
  });

  test('the steps of time are together all runs, for all have a start', () => {
    fc.assert(
      fc.property(anyRuns, anyOptions, (runs, options) => {
        const { overall, trends } = runsReport(runs, options);
        const { outcomes } = overall;
        const sum = (of: (step: (typeof trends.steps)[number]) => number | null): number =>
          trends.steps.reduce((all, step) => all + (of(step) ?? 0), 0);
        expect(sum(({ runs: ended }) => ended)).toBe(overall.total);
        expect(sum(({ successful }) => successful)).toBe(outcomes.success);
        expect(sum(({ judged }) => judged)).toBe(outcomes.success + outcomes.failure);
        expect(sum(({ errors }) => errors)).toBe(Object.values(overall.errors).reduce((a, b) => a + b, 0));
        expect(sum(({ total_tokens }) => total_tokens)).toBe(overall.total_tokens ?? 0);
        expect(sum(({ runs_without_tokens }) => runs_without_tokens)).toBe(overall.runs_without_tokens);
        expect(sum(({ total_cost_usd }) => total_cost_usd)).toBeCloseTo(overall.total_cost_usd ?? 0, 8);
        expect(sum(({ runs_without_cost }) => runs_without_cost)).toBe(overall.runs_without_cost);
        for (const { judged, successful, judged_success_rate } of trends.steps)
          if (judged === 0) expect(judged_success_rate).toBeNull();
          else expect(judged_success_rate).toBeCloseTo((successful / judged) * 100, 3);
      }),
    );
  });

  test('the order in which runs come changes nothing', () => {
    fc.assert(
      fc.property(anyRuns, anyOptions, (runs, options) => {
        const rows = { ...options, rows: true };
        const there = runsReport(runs, rows);
        const back = runsReport(runs.toReversed(), rows);
        expect({ ...back, notes: back.notes.toSorted() }).toEqual({
          ...there,
          notes: there.notes.toSorted(),
        });
      }),
    );
  });

  test('an interval holds its rate, and a consistent task has a rate of 0 or 100', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { overall, task_consistency } = runsReport(runs);
        const interval = overall.judged_success_interval;
        if (interval) {
          expect(interval.lower).toBeLessThanOrEqual(overall.judged_success_rate!);
          expect(interval.upper).toBeGreaterThanOrEqual(overall.judged_success_rate!);
        }
        for (const { runs: tried, success_rate, consistent } of Object.values(task_consistency)) {
          expect(tried).toBeGreaterThan(1);
          expect(consistent).toBe(success_rate === 0 || success_rate === 100);
        }
      }),
    );
  });
});

test('runs that tell no time count, but in no trend over time, and the report says so', () => {
  const told = TRIALS.map(trialRun);
  const untold = {
    ...told[0]!,
    runId: 'untold',
    startUs: Date.UTC(2000, 0, 1) * 1e3,
    timeUntold: true as const,
  };
  const [alone, report] = [runsReport(told), runsReport([...told, untold], { rows: true })];
  expect(report.overall.total).toBe(11);
  expect(report.without.time).toBe(1);
  expect([report.from, report.to, report.trends.step]).toEqual([alone.from, alone.to, alone.trends.step]);
  expect(report.trends.steps).toEqual(alone.trends.steps);
  expect(report.trends.dimensions).toEqual(alone.trends.dimensions);
  expect(report.runs!.find(({ run_id }) => run_id === 'untold')!.started).toBeNull();
  expect(report.notes).toContain('Nothing tells when 1 run was: trends over time leave it out.');
  expect(alone.notes.join()).not.toMatch(/trends over time/);
});
