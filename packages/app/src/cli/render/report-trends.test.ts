import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { StepFigures } from '@tacho/trace/analysis/runs-report/step-trend';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { trendParts } from './report-trends.ts';

const screen = { columns: 120, colours: picocolors.createColors(false) };

function step(from: string, more: Partial<StepFigures> = {}): StepFigures {
  return {
    from,
    runs: 4,
    successful: 1,
    judged: 3,
    judged_success_rate: 33.3333,
    errors: 0,
    median_duration_sec: 90,
    total_tokens: 12_300,
    runs_without_tokens: 0,
    total_cost_usd: 1.5,
    runs_without_cost: 0,
    avg_reward: 0.25,
    leverage: { tac: null, proxy: null },
    ...more,
  };
}

function screenOf(steps: StepFigures[], width: RunsReport['trends']['step'] = 'day'): string | undefined {
  const trends: RunsReport['trends'] = { step: width, steps, dimensions: [], sessions: [], revisions: [] };
  return trendParts(trends, screen)[0];
}

test('the runs of each step of time: how many, how they went, what they took', () => {
  const bare = { judged_success_rate: null, median_duration_sec: null, total_tokens: null, avg_reward: null };
  const drawn = screenOf([
    step('2026-03-02T00:00:00.000Z'),
    step('2026-03-04T00:00:00.000Z', { ...bare, errors: 2, total_cost_usd: 0, runs_without_cost: 4 }),
  ]);
  expect(drawn?.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['DAY', 'RUNS', 'SUCCESS', 'ERRORS', 'MEDIAN TIME', 'SCORE', 'TOKENS', 'COST'],
    ['2026-03-02', '4', '33.3%', '1 m 30 s', '0.25', '12.3 k', '$1.50'],
    ['2026-03-04', '4', '2', '?'],
    [''],
  ]);
});

test('hours have their hour; of many steps the newest are shown', () => {
  const steps = Array.from({ length: 12 }, (_, hour) => step(`2026-03-02T${10 + hour}:00:00.000Z`));
  const drawn = screenOf(steps, 'hour')!;
  expect(drawn).toContain('\n2026-03-02 21:00 ');
  expect(drawn).not.toContain('2026-03-02 11:00');
  expect(drawn).toContain('\n2026-03-02 12:00 ');
  expect(drawn).toContain('… and 2 earlier: --json has all.');
});

test('one step alone is what the first lines say already', () => {
  expect(screenOf([step('2026-03-02T00:00:00.000Z')])).toBeUndefined();
});
