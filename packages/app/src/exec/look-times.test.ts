import { expect, test } from 'vitest';
import { enoughSeen, lateEnough, waitAfter } from './look-times.ts';

const look = { elapsedMs: 0, sinceMs: 25, grownShare: 0, spentMs: 0.05 };

test.each([
  ['a command that has just begun is looked at at once again', { elapsedMs: 2 }, 1],
  ['at first after a tenth of the time gone by', { elapsedMs: 100 }, 10],
  ['then forty times a second', { elapsedMs: 1_000 }, 25],
  ['later less often', { elapsedMs: 5_000 }, 50],
  ['and of a long one ten times', { elapsedMs: 3_600_000 }, 100],
  ['a tree that takes long to look at is looked at seldom', { elapsedMs: 60_000, spentMs: 10 }, 500],
  [
    'memory that grows by a tenth is looked at twice as often',
    { elapsedMs: 60_000, sinceMs: 100, grownShare: 0.1 },
    50,
  ],
  [
    'however fast it grows, other things have their time',
    { elapsedMs: 60_000, sinceMs: 100, grownShare: 0.9 },
    100 / 18,
  ],
  ['nor more often than every 5 ms', { elapsedMs: 60_000, sinceMs: 10, grownShare: 0.9 }, 5],
])('%s', (_, more, ms) => {
  expect(waitAfter({ ...look, ...more })).toBeCloseTo(ms, 5);
});

test('memory is known by the last look where nine tenths of the pages had been given by then', () => {
  expect(enoughSeen({ first: 100, last: 100, all: 160 })).toBe(false);
  expect(enoughSeen({ first: 100, last: 189, all: 200 })).toBe(false);
  expect(enoughSeen({ first: 100, last: 190, all: 200 })).toBe(true);
  // It did nothing any more.
  expect(enoughSeen({ first: 100, last: 100, all: 100 })).toBe(true);
});

test('and where pages are not counted, where three quarters of the time had gone by', () => {
  expect(lateEnough(74, 100)).toBe(false);
  expect(lateEnough(75, 100)).toBe(true);
});
