import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trial, trials } from '../../../../../tests/run-summaries.ts';
import type { RunSummary } from '../../model/summary.ts';
import { generatorFor } from '../statistics/generator.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { type Comparison, compareRuns } from './compare.ts';
import { gateOf } from './gate.ts';
import type { MetricName } from './metrics.ts';

const quick = { rounds: 2_000 };

function metric(comparison: Comparison, name: MetricName) {
  return comparison.metrics.find((one) => one.metric === name)!;
}

describe('success, one trial a task on both sides', () => {
  // Of 20 tasks 8 come out differently, all for the better: p = 2 / 2^8.
  const before = trials(20, (task) => ({ reward: task < 6 ? 1 : 0 }));
  const after = trials(20, (task) => ({ reward: task < 14 ? 1 : 0 }));
  test('improved, by the exact McNemar test, with all its figures', () => {
    const success = metric(compareRuns(before, after, quick), 'success');
    expect(success).toMatchObject({
      verdict: 'improved',
      design: 'paired',
      baseline: 0.3,
      treatment: 0.7,
      counts: { both: 6, onlyBaseline: 0, onlyTreatment: 8, neither: 6 },
      differing: 8,
    });
    expect(success.effect).toBeCloseTo(0.4, 12);
    expect(success.tests[0]).toEqual({ name: 'exact McNemar', p: expect.closeTo(0.0078125, 12) });
    expect(success.adjustedP).toBe(success.tests[0]!.p);
    // Newcombe's paired interval of e 6, f 8, g 0, h 6 by the formula: within it, and away from 0.
    expect(success.interval!.lower).toBeGreaterThan(0);
    expect(success.sentence).toBe(
      'Success improved: 30.0% to 70.0%, +40.0 points (95% interval +14.3 to +58.2 points) over 20 tasks, 8 solved by the treatment only and 0 by the baseline only; exact McNemar p = 0.0078.',
    );
  });
  test('the other way round it regressed, by as much', () => {
    const success = metric(compareRuns(after, before, quick), 'success');
    expect(success.verdict).toBe('regressed');
    expect(success.effect).toBeCloseTo(-0.4, 12);
  });
  test('as much in both directions is no detectable difference, and what would have been seen is said', () => {
    const mixed = trials(20, (task) => ({ reward: task < 10 === task % 2 < 1 ? 1 : 0 }));
    const turned = trials(20, (task) => ({ reward: task < 10 === task % 2 < 1 ? 0 : 1 }));
    const success = metric(compareRuns(mixed, turned, quick), 'success');
    expect(success.verdict).toBe('no detectable difference');
    expect(success.sentence).toMatch(
      /A change of \d+\.\d points or more would be seen four times out of five\.$/,
    );
  });
  test('five tasks that differ cannot tell, whatever they say', () => {
    const five = trials(20, (task) => ({ reward: task < 11 ? 1 : 0 }));
    const success = metric(compareRuns(before, five, quick), 'success');
    expect(success.verdict).toBe('too little data');
    expect(success.sentence).toContain('5 of 20 tasks came out differently: at least 6 must');
  });
  test('many tasks that all come out the same are no lack of data', () => {
    const same = (): RunSummary[] => trials(100, (task) => ({ reward: task % 2 }));
    const success = metric(compareRuns(same(), same(), quick), 'success');
    expect(success.verdict).toBe('no detectable difference');
    const few = metric(compareRuns(same().slice(0, 20), same().slice(0, 20), quick), 'success');
    expect(few.verdict).toBe('too little data');
  });
});

describe('repeats', () => {
  const repeated = (share: (task: number) => number): RunSummary[] =>
    [0, 1, 2, 3].flatMap((attempt) => trials(12, (task) => ({ reward: attempt < share(task) ? 1 : 0 })));
  test('are taken together: 48 runs of 12 tasks are 12, not 48', () => {
    const comparison = compareRuns(
      repeated((task) => task % 3),
      repeated((task) => (task % 3) + 1),
      quick,
    );
    const success = metric(comparison, 'success');
    expect(success.tasks).toEqual({ baseline: 12, treatment: 12 });
    // All twelve differ by one of four trials in the same direction: 2 / 2^12.
    expect(success.tests).toEqual([{ name: 'sign-flip permutation', p: 2 / 4096 }]);
    expect(success.effect).toBeCloseTo(0.25, 12);
    expect(success.verdict).toBe('improved');
  });
  test('show what is flaky, pass@k and pass^k', () => {
    const { repeats } = compareRuns(
      repeated((task) => task % 3),
      repeated(() => 4),
      quick,
    );
    // 0, 1 or 2 of 4: eight tasks of twelve are flaky.
    expect(repeats.baseline).toMatchObject({ repeated: 12, flaky: 8 });
    expect(repeats.treatment).toMatchObject({ repeated: 12, flaky: 0, expectedDiscordance: 0 });
    expect(repeats.passAtK.map(({ k }) => k)).toEqual([1, 2, 3, 4]);
    // pass@2 with 4 trials: 0, 1 - C(3,2)/C(4,2) = 1/2, 1 - C(2,2)/C(4,2) = 5/6; pass^2: 0, 0, 1/6.
    expect(repeats.passAtK[1]!.baseline).toEqual({
      passAtK: expect.closeTo((0 + 1 / 2 + 5 / 6) / 3, 12),
      passHatK: expect.closeTo(1 / 18, 12),
      tasks: 12,
      leftOut: 0,
    });
    // A trial of each side differs where the baseline's failed: 1 - (0 + 1/4 + 1/2) / 3.
    expect(repeats.discordance).toBeCloseTo(0.75, 12);
  });
  test('tell of single tasks too, corrected for having looked at all of them', () => {
    // Ten of ten against none of ten: Fisher's p is 2 / C(20, 10); of two tasks, the other one unchanged, twice that.
    const ten = (solved: (task: number) => boolean): RunSummary[] =>
      Array.from({ length: 10 }, () => trials(2, (task) => ({ reward: solved(task) ? 1 : 0 }))).flat();
    const { changed } = compareRuns(
      ten(() => false),
      ten((task) => task === 1),
      quick,
    );
    expect(changed).toEqual([
      {
        task: 'task-1',
        benchmark: 'bench',
        baseline: { successes: 0, trials: 10 },
        treatment: { successes: 10, trials: 10 },
        adjustedP: expect.closeTo((2 * 2) / 184_756, 12),
      },
    ]);
    const [once] = compareRuns(
      [trial({ task: 'a', reward: 0 })],
      [trial({ task: 'a', reward: 1 })],
      quick,
    ).changed;
    expect(once!.adjustedP).toBeNull();
  });
  test('without repeats nothing is known of flakiness', () => {
    const once = trials(5, () => ({ reward: 1 }));
    const { repeats } = compareRuns(
      once,
      once.map((run) => ({ ...run, runId: `${run.runId}b` })),
      quick,
    );
    expect(repeats.baseline.expectedDiscordance).toBeNull();
    expect(repeats.passAtK).toEqual([]);
  });
});

describe('what is used', () => {
  const slower = (factor: number): RunSummary[] =>
    trials(30, (task) => ({
      reward: 1,
      seconds: (20 + ((task * 17) % 40)) * factor * (1 + (task % 3) / 100),
    }));
  test('durations are compared by ratios', () => {
    const comparison = compareRuns(slower(1), slower(0.8), quick);
    const duration = metric(comparison, 'duration');
    expect(duration).toMatchObject({ verdict: 'improved', scale: 'ratio', value: 'geometric mean' });
    expect(duration.effect).toBeCloseTo(0.8, 6);
    expect(duration.ratioOfTotals).toBeCloseTo(0.8, 6);
    expect(duration.treatment! / duration.baseline!).toBeCloseTo(duration.effect!, 9);
    // Holm's correction is for the four that are looked at beside success.
    expect(duration.corrected).toBe(4);
    expect(duration.adjustedP).toBeGreaterThanOrEqual(duration.tests[0]!.p);
    expect(metric(compareRuns(slower(1), slower(1.3), quick), 'duration').verdict).toBe('regressed');
  });
  test('the four beside success share the chance of a false claim, by hand', () => {
    // Durations all shorter in eight tasks: 2 / 2^8. Tokens, cost and score do not differ: p = 1. Holm: four times the smallest.
    const [before, after] = [1, 0.9].map((factor) =>
      trials(8, (task) => ({ reward: 1, seconds: (30 + task) * factor })),
    ) as [RunSummary[], RunSummary[]];
    const duration = metric(compareRuns(before, after, quick), 'duration');
    expect(duration.tests[0]!.p).toBeCloseTo(2 / 256, 12);
    expect(duration.adjustedP).toBeCloseTo(8 / 256, 12);
    expect(duration.verdict).toBe('improved');
    // Seven tasks reach 2 / 128 by themselves, and not as one of four.
    const seven = metric(compareRuns(before.slice(1), after.slice(1), quick), 'duration');
    expect(seven.tests[0]!.p).toBeLessThan(0.05);
    expect(seven).toMatchObject({ verdict: 'too little data', adjustedP: expect.closeTo(8 / 128, 12) });
  });
  test('a lopsided spread is no growth: where ranks and means do not agree nothing is claimed', () => {
    // 35 of 40 tasks get 1 % faster, five take 7 % longer: the ranks are sure that it is faster, the mean is not.
    const before = trials(40, () => ({ reward: 1, seconds: 100 }));
    const after = trials(40, (task) => ({
      reward: 1,
      seconds: task < 35 ? 99 - task / 100 : 107 + task / 100,
    }));
    const duration = metric(compareRuns(before, after, quick), 'duration');
    expect(duration.adjustedP).toBeLessThan(0.05);
    expect(duration.tests[1]!.p).toBeGreaterThan(0.05);
    expect(duration.direction).toBe(1);
    expect(duration.verdict).toBe('no detectable difference');
    expect(duration.sentence).toContain('where sign-flip permutation says p = ');
  });
  test('what is the same in every task is said to be, and no size is named that nobody could see', () => {
    const same = (count: number) => trials(count, () => ({ reward: 1, seconds: 100 }));
    const alike = metric(compareRuns(same(500), same(500), quick), 'duration');
    expect(alike.verdict).toBe('no detectable difference');
    expect(alike.sentence).toContain('None of them differs: of more such tasks at most 0.8% will');
    expect(metric(compareRuns(same(40), same(40), quick), 'duration').verdict).toBe('too little data');
    const apart = trials(30, () => ({ reward: 1, seconds: 100 })).map((run) => ({
      ...run,
      labels: { ...run.labels, task_id: `other ${run.labels.task_id}` },
    }));
    expect(metric(compareRuns(same(30), apart, quick), 'duration')).toMatchObject({
      design: 'independent',
      detectable: null,
      sentence: expect.not.stringContaining('0.0%'),
    });
  });
  test('a cost of nothing is no reason to add something: differences are compared', () => {
    const free = trials(10, () => ({ reward: 1, cost: 0 }));
    const paid = trials(10, (task) => ({ reward: 1, cost: 0.01 * (task + 1) }));
    const cost = metric(compareRuns(free, paid, quick), 'cost');
    expect(cost).toMatchObject({ scale: 'difference', verdict: 'regressed' });
    expect(cost.effect).toBeCloseTo(0.055, 12);
    expect(cost.sentence).toContain('+0.055 USD');
  });
  test('what costs nobody knows is not 0', () => {
    const unknown = trials(10, () => ({ reward: 1, cost: null }));
    const comparison = compareRuns(
      unknown,
      trials(10, () => ({ reward: 1 })),
      quick,
    );
    expect(metric(comparison, 'cost')).toMatchObject({ tests: [], verdict: 'too little data' });
    expect(metric(comparison, 'tokens').tests).not.toEqual([]);
    expect(comparison.costOfSuccess.baseline).toMatchObject({ costUsd: null, runs: 0, withoutCost: 10 });
  });
  test('the cost of a success is all that was paid over the successes', () => {
    // Four runs at 0.50 each, one success: 2.00, and not 0.50.
    const before = trials(4, (task) => ({ reward: task === 0 ? 1 : 0, cost: 0.5 }));
    const after = trials(4, (task) => ({ reward: task < 2 ? 1 : 0, cost: 0.5 }));
    const { costOfSuccess } = compareRuns(before, after, quick);
    expect(costOfSuccess.baseline).toMatchObject({ costUsd: 2, totalUsd: 2, successes: 1 });
    expect(costOfSuccess.treatment.costUsd).toBe(1);
    expect(costOfSuccess.ratio).toBe(0.5);
    expect(
      compareRuns(
        trials(2, () => ({ reward: 0 })),
        after,
        quick,
      ).costOfSuccess,
    ).toMatchObject({
      baseline: { costUsd: null },
      ratio: null,
    });
  });
});

describe('what is missing', () => {
  test('an error of the infrastructure is missing, a time limit is a failure', () => {
    const before = trials(10, () => ({ reward: 1 }));
    const after = trials(10, (task) =>
      task < 2
        ? { error: 'RateLimitError' }
        : task < 5
          ? { error: 'AgentTimeoutError', reward: 0 }
          : { reward: 1 },
    );
    const comparison = compareRuns(before, after, quick);
    expect(comparison.treatment).toMatchObject({
      outcomes: { success: 5, failure: 3, infrastructure: 2, unjudged: 0, running: 0 },
      errors: { AgentTimeoutError: 3 },
      infrastructureErrors: { RateLimitError: 2 },
      timedOut: 3,
    });
    expect(metric(comparison, 'success').tasks).toEqual({ baseline: 8, treatment: 8 });
    // What it took until the machinery broke is no duration of the agent's.
    expect(metric(comparison, 'duration').tasks).toEqual({ baseline: 8, treatment: 8 });
    expect(comparison.notes.join('\n')).toContain(
      '2 runs of the treatment ended in an error of the infrastructure',
    );
    expect(comparison.notes.join('\n')).toContain('3 runs of the treatment ended at a limit of time');
  });
  test('where it would change the verdict, that is said', () => {
    const before = trials(20, () => ({ reward: 1 }));
    const after = trials(20, (task) => (task < 8 ? { error: 'DockerError' } : { reward: 1 }));
    const comparison = compareRuns(before, after, quick);
    expect(metric(comparison, 'success').verdict).toBe('too little data');
    expect(comparison.notes.join('\n')).toMatch(/If what is missing counted as failed.*Success regressed/);
    const harbor = compareRuns(before, after, { ...quick, missingAsFailure: true });
    expect(metric(harbor, 'success').verdict).toBe('regressed');
  });
  test('which errors are the infrastructure’s can be said', () => {
    const after = [
      trial({ task: 'a', error: 'OurOwnTrouble' }),
      trial({ task: 'b', error: 'rate-limit_error' }),
    ];
    const before = [trial({ task: 'a', reward: 1 }), trial({ task: 'b', reward: 1 })];
    expect(compareRuns(before, after, quick).treatment.infrastructureErrors).toEqual({
      'rate-limit_error': 1,
    });
    const own = compareRuns(before, after, { ...quick, infrastructure: ['own trouble'] });
    expect(own.treatment.infrastructureErrors).toEqual({ OurOwnTrouble: 1 });
  });
  test('tasks that only one side has, and tasks that were changed, are left out and named', () => {
    const before = [...trials(8, () => ({ reward: 1 })), trial({ task: 'old', reward: 1 })];
    const after = [...trials(8, () => ({ reward: 1 })), trial({ task: 'new', reward: 1 })];
    const { pairing, notes } = compareRuns(before, after, quick);
    expect(pairing).toMatchObject({
      design: 'paired',
      tasks: 8,
      onlyBaseline: ['old'],
      onlyTreatment: ['new'],
    });
    expect(notes).toContain('1 task only the baseline has, left out of what is paired: old.');
    const one = trials(3, () => ({ reward: 1, taskChecksum: 'a' }));
    const edited = trials(3, (task) => ({ reward: 1, taskChecksum: task === 0 ? 'b' : 'a' }));
    expect(compareRuns(one, edited, quick).pairing.tasks).toBe(2);
    const unsaid = trials(3, () => ({ reward: 1 }));
    expect(compareRuns(one, unsaid, quick).pairing.tasks).toBe(3);
  });
  test('runs that are at work make it provisional', () => {
    const before = trials(3, () => ({ reward: 1 }));
    const comparison = compareRuns(
      before,
      trials(3, () => ({ status: 'running' })),
      quick,
    );
    expect(comparison.provisional).toBe(true);
    expect(comparison.notes[0]).toContain('3 runs are still at work');
  });
  test('where nobody judged, success is an end without an error, and that is said', () => {
    const comparison = compareRuns(
      [trial({ task: 'a' })],
      [trial({ task: 'a', error: 'ValueError' })],
      quick,
    );
    expect(comparison.judgedBy).toBe('completion');
    expect(comparison.baseline.successRate).toBe(1);
    expect(comparison.treatment.successRate).toBe(0);
    expect(comparison.notes[0]).toContain('No run was judged');
  });
  test('a grade is a success from where one says so', () => {
    const graded = [trial({ task: 'a', reward: 0.4 }), trial({ task: 'b', reward: 0.9 })];
    expect(compareRuns(graded, graded, quick).baseline.successRate).toBe(1);
    expect(compareRuns(graded, graded, { ...quick, successAt: 0.5 }).baseline.successRate).toBe(0.5);
  });
});

describe('without tasks in common', () => {
  const of = (prefix: string, solved: number, seconds: number): RunSummary[] =>
    Array.from({ length: 30 }, (_, at) =>
      trial({ task: `${prefix}${at}`, reward: at < solved ? 1 : 0, seconds: seconds + (at % 7) }),
    );
  test('the sides are compared as groups, and that is said', () => {
    const comparison = compareRuns(of('a', 8, 60), of('b', 24, 30), quick);
    expect(comparison.pairing.design).toBe('independent');
    expect(comparison.notes[0]).toContain('no task in common');
    expect(metric(comparison, 'success')).toMatchObject({
      verdict: 'improved',
      tests: [{ name: 'Fisher exact' }],
      interval: { method: 'Newcombe, independent' },
    });
    expect(metric(comparison, 'duration')).toMatchObject({ verdict: 'improved', value: 'median' });
    // Medians 63 and 33 seconds.
    expect(metric(comparison, 'duration').effect).toBeCloseTo(33 / 63, 9);
  });
  test('one run against one run is too little data for everything', () => {
    const comparison = compareRuns([trial({ seconds: 100 })], [trial({ seconds: 50 })], quick);
    expect(comparison.metrics.map(({ verdict }) => verdict)).toEqual(Array(5).fill('too little data'));
    expect(metric(comparison, 'duration').sentence).toContain('Seen: 0.500× the baseline');
  });
  test('nothing against nothing, and against something, throws nothing', () => {
    for (const [before, after] of [
      [[], []],
      [[], of('a', 3, 5)],
      [of('a', 3, 5), []],
    ] as const)
      expect(
        compareRuns(before, after, quick).metrics.every(({ verdict }) => verdict === 'too little data'),
      ).toBe(true);
  });
});

describe('the threshold report of the second seed', () => {
  test('its example, by hand', () => {
    // 8 of 10 in 20 s on average; 6 of 10 in 15 s: -20 points, and (15 - 20) / 20 = -25 %.
    const before = trials(10, (task) => ({ reward: task < 8 ? 1 : 0, seconds: task % 2 === 0 ? 18 : 22 }));
    const after = trials(10, (task) => ({ reward: task < 6 ? 1 : 0, seconds: task % 2 === 0 ? 14 : 16 }));
    const { threshold } = compareRuns(before, after, quick);
    expect(threshold.regressions).toEqual([
      { metric: 'success_rate', baseline: 80, treatment: 60, delta_percent: -20 },
    ]);
    expect(threshold.improvements).toEqual([
      { metric: 'avg_duration_sec', baseline: 20, treatment: 15, delta_percent: -25 },
    ]);
    expect(threshold.baseline_stats).toEqual({
      total: 10,
      successful: 8,
      success_rate: 80,
      avg_duration_sec: 20,
      median_duration_sec: 20,
      avg_patch_size_bytes: null,
      avg_files_changed: null,
      avg_reward: 0.8,
      max_reward: 1,
      errors: {},
    });
  });
  test('what moves by just the threshold is not told of', () => {
    const before = trials(10, () => ({ reward: 1, seconds: 10 }));
    const after = trials(10, (task) => ({ reward: task < 9 ? 1 : 0, seconds: 11 }));
    expect(compareRuns(before, after, quick).threshold).toMatchObject({ regressions: [], improvements: [] });
    expect(compareRuns(before, after, { ...quick, thresholdPercent: 9 }).threshold.regressions).toHaveLength(
      2,
    );
  });
});

describe('the gate', () => {
  const before = trials(20, () => ({ reward: 1, seconds: 60 }));
  const worse = trials(20, (task) => ({ reward: task < 12 ? 1 : 0, seconds: 60 + (task % 3) }));
  test('stops a regression, and lets through what is allowed', () => {
    const comparison = compareRuns(before, worse, quick);
    expect(gateOf(comparison)).toMatchObject({ passed: false, stopped: ['success', 'duration', 'score'] });
    expect(gateOf(comparison, { metrics: ['success'], maxRegression: 39 }).passed).toBe(false);
    const allowed = gateOf(comparison, { metrics: ['success'], maxRegression: 41 });
    expect(allowed).toEqual({
      passed: true,
      stopped: [],
      sentences: ['Let through: Success is worse by 40.0 points, and 41.0 points are allowed.'],
    });
    expect(gateOf(compareRuns(worse, before, quick), { metrics: ['success'] })).toEqual({
      passed: true,
      stopped: [],
      sentences: [],
    });
  });
  test('says where it cannot tell', () => {
    const { passed, sentences } = gateOf(compareRuns(before.slice(0, 2), worse.slice(0, 2), quick), {
      metrics: ['cost'],
    });
    expect(passed).toBe(true);
    expect(sentences[0]).toMatch(/^The gate cannot tell: Cost: too little data/);
  });
});

describe('in the long run', () => {
  const random = generatorFor(2026);
  const uniform = (): number => (random.next() + 0.5) / 2 ** 32;
  const normal = (): number => normalQuantile(uniform());
  /** A system on tasks that differ much, with noise of its own; `slower` is the true ratio of its durations. */
  const system = (hardness: readonly number[], slower: number): RunSummary[] =>
    trials(hardness.length, (task) => ({
      reward: uniform() < hardness[task]! ? 1 : 0,
      seconds: Math.exp(3 + 2 * hardness[task]! + 0.3 * normal()) * slower,
    }));
  const repeat = (slower: number): Comparison[] =>
    Array.from({ length: 150 }, () => {
      const hardness = Array.from({ length: 30 }, uniform);
      return compareRuns(system(hardness, 1), system(hardness, slower), quick);
    });
  const claims = (comparisons: Comparison[], name: MetricName): number =>
    comparisons.filter((one) => ['improved', 'regressed'].includes(metric(one, name).verdict)).length;
  test('a system compared with itself is called better or worse at most once in twenty times', () => {
    const comparisons = repeat(1);
    expect(claims(comparisons, 'success')).toBeLessThanOrEqual(9);
    expect(claims(comparisons, 'duration')).toBeLessThanOrEqual(9);
  });
  test('a difference that is there is found, and its interval holds it 19 times of 20', () => {
    const comparisons = repeat(1.4);
    expect(claims(comparisons, 'duration')).toBeGreaterThan(130);
    const holds = comparisons.filter((one) => {
      const { lower, upper } = metric(one, 'duration').interval!;
      return lower <= 1.4 && 1.4 <= upper;
    });
    // 142.5 are expected; fewer than 135 would be seen in a correct one once in two hundred times.
    expect(holds.length).toBeGreaterThanOrEqual(135);
  });
});

const facts = fc.record({
  task: fc.integer({ min: 0, max: 9 }).map((no) => `task-${no}`),
  reward: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
  seconds: fc.integer({ min: 0, max: 50 }),
  tokens: fc.constantFrom(0, 10, 500),
  cost: fc.constantFrom(null, 0, 0.5, 2),
  error: fc.option(fc.constantFrom('RateLimitError', 'AgentTimeoutError', 'ValueError'), { nil: undefined }),
  status: fc.option(fc.constantFrom('running' as const, 'interrupted' as const), { nil: undefined }),
});
const some = fc.array(
  facts.map(({ reward, error, status, ...rest }) =>
    trial({
      ...rest,
      ...(reward !== undefined && { reward }),
      ...(error !== undefined && { error }),
      ...(status && { status }),
    }),
  ),
  { maxLength: 40 },
);

describe('whatever the runs are', () => {
  test('turned around, every effect turns around and no verdict gets stronger or weaker', () => {
    const turned = { improved: 'regressed', regressed: 'improved' } as Record<string, string>;
    fc.assert(
      fc.property(some, some, (before, after) => {
        const [one, other] = [compareRuns(before, after, quick), compareRuns(after, before, quick)];
        for (const [at, metric] of one.metrics.entries()) {
          const back = other.metrics[at]!;
          expect(back.tests.map(({ p }) => p.toFixed(9))).toEqual(metric.tests.map(({ p }) => p.toFixed(9)));
          expect(back.verdict).toBe(turned[metric.verdict] ?? metric.verdict);
          if (metric.effect === null) continue;
          if (metric.scale === 'ratio') expect(back.effect! * metric.effect).toBeCloseTo(1, 6);
          else expect(back.effect).toBeCloseTo(-metric.effect, 6);
        }
      }),
      { numRuns: 60 },
    );
  });
  test('a set compared with itself shows no difference, and the same twice is the same', () => {
    fc.assert(
      fc.property(some, (runs) => {
        const comparison = compareRuns(runs, runs, quick);
        for (const { verdict, effect, scale } of comparison.metrics) {
          expect(['no detectable difference', 'too little data']).toContain(verdict);
          if (effect !== null) expect(effect).toBeCloseTo(scale === 'ratio' ? 1 : 0, 9);
        }
        expect(comparison.threshold.regressions).toEqual([]);
        expect(compareRuns(runs, runs, quick)).toEqual(comparison);
      }),
      { numRuns: 40 },
    );
  });
  test('every run is somewhere: outcomes add up, and all figures are numbers or null', () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const comparison = compareRuns(before, after, quick);
        for (const side of ['baseline', 'treatment'] as const) {
          const { runs, outcomes } = comparison[side];
          expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(runs);
        }
        // NaN and Infinity become null in JSON, and would not come back.
        expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
      }),
      { numRuns: 60 },
    );
  });
});
