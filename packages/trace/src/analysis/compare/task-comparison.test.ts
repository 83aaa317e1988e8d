import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TrialFacts, trial, trials } from '../../../../../tests/run-summaries.ts';
import { mean } from '../statistics/moments.ts';
import { type Comparison, compareRuns } from './compare.ts';
import type { MetricName } from './metrics.ts';
import type { TaskComparison } from './task-comparison.ts';

const quick = { rounds: 200 };

function taskNamed({ tasks }: Comparison, name: string): TaskComparison {
  return tasks.find(({ task }) => task === name)!;
}

describe('a task on both sides', () => {
  const comparison = compareRuns(
    [
      ...['a', 'b', 'lost', 'old'].map((task) => trial({ task, reward: 0, seconds: 60, cost: 0.02 })),
      trial({ task: 'a', reward: 1, seconds: 30, cost: 0.02 }),
    ],
    [
      trial({ task: 'a', reward: 1, seconds: 90, cost: null }),
      trial({ task: 'a', reward: 1, seconds: 90, cost: null }),
      trial({ task: 'b', reward: 0, seconds: 30, cost: 0.02 }),
      trial({ task: 'lost', seconds: 5, error: 'DockerBuildError' }),
      trial({ task: 'new', reward: 1 }),
    ],
    quick,
  );
  test('has the values of its sides, repeats taken together, and what they come to', () => {
    expect(taskNamed(comparison, 'a')).toMatchObject({
      benchmark: 'bench',
      metrics: {
        success: { baseline: 0.5, treatment: 1, change: 0.5, result: 'improved' },
        duration: { baseline: 45e6, treatment: 90e6, change: 2, result: 'regressed' },
        tokens: { baseline: 1_000, treatment: 1_000, change: 1, result: 'tied' },
        cost: { baseline: 0.02, treatment: null, change: null, result: 'insufficient' },
      },
      baseline: { successes: 1, trials: 2, flaky: true },
      treatment: { successes: 2, trials: 2, flaky: false },
    });
    expect(taskNamed(comparison, 'b').metrics.duration).toMatchObject({ change: 0.5, result: 'improved' });
    expect(taskNamed(comparison, 'b').baseline.flaky).toBeNull();
  });
  test('that the infrastructure took from one side is insufficient, and its run is told with its error', () => {
    const { metrics, treatment } = taskNamed(comparison, 'lost');
    expect(Object.values(metrics).map(({ result }) => result)).toEqual(Array(5).fill('insufficient'));
    expect(treatment).toMatchObject({
      runs: [{ outcome: 'infrastructure', errorType: 'DockerBuildError' }],
      trials: 0,
      flaky: null,
    });
  });
  test('of one side only stands behind the others, and is insufficient', () => {
    expect(comparison.tasks.map(({ task }) => task)).toEqual(['a', 'b', 'lost', 'old', 'new']);
    expect(comparison.pairing.tasks).toBe(3);
    expect(taskNamed(comparison, 'old').treatment.runs).toEqual([]);
    expect(taskNamed(comparison, 'old').metrics.success.result).toBe('insufficient');
  });
});

test('what is not paired has its values and no change', () => {
  const { tasks } = compareRuns(
    [trial({ task: 'a', reward: 0 })],
    [trial({ task: 'a', reward: 1 }), trial({ reward: 1 })],
    { ...quick, pairBy: 'none' },
  );
  expect(tasks.map(({ metrics }) => metrics.success)).toEqual([
    { baseline: 0, treatment: 1, change: null, result: 'insufficient' },
    { baseline: null, treatment: 1, change: null, result: 'insufficient' },
  ]);
});

test('the p of a task that changed is the one that the list of changes has', () => {
  const ten = (solved: (task: number) => boolean) =>
    Array.from({ length: 10 }, () => trials(2, (task) => ({ reward: solved(task) ? 1 : 0 }))).flat();
  const { tasks, changed } = compareRuns(
    ten(() => false),
    ten((task) => task === 1),
    quick,
  );
  expect(tasks.map(({ adjustedP }) => adjustedP)).toEqual([1, changed[0]!.adjustedP]);
});

test('the tasks come to what the metrics say', () => {
  const facts: fc.Arbitrary<TrialFacts> = fc.record({
    task: fc.constantFrom('a', 'b', 'c', 'd'),
    reward: fc.constantFrom(0, 0.5, 1),
    seconds: fc.integer({ min: 1, max: 90 }),
    tokens: fc.integer({ min: 0, max: 50 }),
  });
  const side = fc.array(facts, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(side, side, (before, after) => {
      const comparison = compareRuns(before.map(trial), after.map(trial), { rounds: 20 });
      if (comparison.pairing.design !== 'paired') return;
      for (const { metric, scale, effect, differing, tasks } of comparison.metrics) {
        const known = comparison.tasks
          .map(({ metrics }) => metrics[metric as MetricName])
          .filter(({ change }) => change !== null);
        expect(known.length).toBe(tasks.baseline);
        if (effect === null) continue;
        expect(known.filter(({ result }) => result !== 'tied').length).toBe(differing);
        const changes = known.map(({ change }) => (scale === 'ratio' ? Math.log(change!) : change!));
        expect(mean(changes)).toBeCloseTo(scale === 'ratio' ? Math.log(effect) : effect, 9);
      }
    }),
    { numRuns: 60 },
  );
});
