import { describe, expect, test } from 'vitest';
import { pointNear, rowSlots, stepLabel, timeSlots } from './time-slots.ts';

const day = (of: number, hour = 0): string => new Date(Date.UTC(2026, 3, of, hour)).toISOString();

describe('steps of time', () => {
  test('have a slot each, with or without a run', () => {
    expect(timeSlots([day(6), day(7), day(10)], 'day')).toEqual({
      count: 5,
      at: [0, 1, 4],
      labels: ['6 Apr', '7 Apr', '10 Apr'],
    });
    expect(timeSlots([day(6), day(20)], 'week')).toMatchObject({ count: 3, at: [0, 2] });
  });

  test('stand where they stand in the other charts of the same axis', () => {
    expect(timeSlots([day(8)], 'day', [day(6), day(10)])).toMatchObject({ count: 5, at: [2] });
  });

  test('one is in the middle of its axis, and none has no axis', () => {
    expect(timeSlots([day(6)], 'hour')).toMatchObject({ count: 1, at: [0] });
    expect(timeSlots([], 'hour')).toEqual({ count: 0, at: [], labels: [] });
  });

  test('are named in UTC, with the year where there are two', () => {
    expect(stepLabel(day(6, 14), 'hour', false)).toBe('6 Apr 14:00');
    expect(timeSlots(['2025-12-29T00:00:00.000Z', '2026-01-05T00:00:00.000Z'], 'week').labels).toEqual([
      '29 Dec 2025',
      '5 Jan 2026',
    ]);
  });
});

test('a place on the axis belongs to the nearest point', () => {
  const slots = timeSlots([day(6), day(7), day(10)], 'day');
  expect([0, 0.3, 0.55, 0.69, 0.71, 1].map((share) => pointNear(slots, share))).toEqual([0, 1, 1, 2, 2, 2]);
  expect(pointNear(rowSlots([]), 0.5)).toBe(-1);
});
