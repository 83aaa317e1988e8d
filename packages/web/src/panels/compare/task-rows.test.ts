import { compareRuns } from '@tacho/trace/analysis/compare/compare';
import { describe, expect, it } from 'vitest';
import { trial } from '../../../../../tests/run-summaries.ts';
import { chosenMetric, resultCounts, taskRows } from './task-rows.ts';

const { tasks, metrics } = compareRuns(
  [
    trial({ task: 'task-2', reward: 1, seconds: 10 }),
    trial({ task: 'task-10', reward: 0, seconds: 10 }),
    trial({ task: 'other', reward: 1, seconds: 10 }),
    trial({ task: 'gone', reward: 1, seconds: 10 }),
  ],
  [
    trial({ task: 'task-2', reward: 0, seconds: 30 }),
    trial({ task: 'task-10', reward: 1, seconds: 90 }),
    trial({ task: 'other', reward: 1, seconds: 5 }),
  ],
  { rounds: 20 },
);
const [success, duration] = metrics as [(typeof metrics)[number], (typeof metrics)[number]];
const names = (...asked: Parameters<typeof taskRows>): string[] => taskRows(...asked).map(({ task }) => task);

describe('the tasks of a comparison', () => {
  it('are counted by result, all of them once', () => {
    expect(resultCounts(tasks, success)).toEqual({ regressed: 1, improved: 1, tied: 1, insufficient: 1 });
    expect(resultCounts(tasks, duration)).toEqual({ regressed: 2, improved: 1, tied: 0, insufficient: 1 });
  });
  it('stand with what got worse first, the most of it on top', () => {
    expect(names(tasks, success, {})).toEqual(['task-2', 'task-10', 'other', 'gone']);
    expect(names(tasks, duration, {})).toEqual(['task-10', 'task-2', 'other', 'gone']);
  });
  it('are narrowed by result and by words', () => {
    expect(names(tasks, duration, { show: 'regressed' })).toEqual(['task-10', 'task-2']);
    expect(names(tasks, success, { find: 'BENCH task' })).toEqual(['task-2', 'task-10']);
  });
  it('are sorted by name as people count, and by figures with the unknown last', () => {
    expect(names(tasks, success, { sort: 'task' })).toEqual(['gone', 'other', 'task-2', 'task-10']);
    expect(names(tasks, duration, { sort: 'treatment', descending: true })).toEqual([
      'task-10',
      'task-2',
      'other',
      'gone',
    ]);
    expect(names(tasks, duration, { sort: 'change' }).at(-1)).toBe('gone');
  });
});

it('the metric that is looked at is one that is known', () => {
  expect(chosenMetric(metrics, undefined).metric).toBe('success');
  expect(chosenMetric(metrics, 'cost').metric).toBe('cost');
});
