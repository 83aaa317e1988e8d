import { expect, test } from 'vitest';
import { errorRows, flakyFirst } from './task-rows.ts';

test('tasks that vary come first, the ones that fail the most before the others', () => {
  const of = (runs: number, success_rate: number) => ({
    runs,
    success_rate,
    consistent: success_rate % 100 === 0,
  });
  const tasks = flakyFirst({
    7: of(2, 100),
    lost: of(4, 0),
    odd: of(4, 75),
    even: of(2, 50),
    often: of(8, 75),
  });
  expect(tasks.map(({ task }) => task)).toEqual(['even', 'often', 'odd', 'lost', '7']);
});

test('errors with their share of all runs, the most frequent first', () => {
  expect(errorRows({ total: 3, errors: { B: 1, A: 1, C: 2 } })).toEqual([
    { type: 'C', runs: 2, percent: 66.6667 },
    { type: 'A', runs: 1, percent: 33.3333 },
    { type: 'B', runs: 1, percent: 33.3333 },
  ]);
});
