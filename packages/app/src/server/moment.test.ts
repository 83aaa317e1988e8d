import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

const NOW_US = Date.parse('2026-04-10T12:00:00Z') * 1000;
const local = (text: string): number => new Date(text).getTime() * 1000;

test.each([
  ['2026', '2026-01-01T00:00', '2027-01-01T00:00'],
  ['2026-12', '2026-12-01T00:00', '2027-01-01T00:00'],
  ['2026-01-17', '2026-01-17T00:00', '2026-01-18T00:00'],
  ['2024-02-29', '2024-02-29T00:00', '2024-03-01T00:00'],
  ['2026-01-17T14:32', '2026-01-17T14:32', '2026-01-17T14:33'],
  ['2026-01-17 14:32:59', '2026-01-17T14:32:59', '2026-01-17T14:33:00'],
  ['2026-04-10T23:59', '2026-04-10T23:59', '2026-04-11T00:00'],
  ['2026-12-31T23:59:59', '2026-12-31T23:59:59', '2027-01-01T00:00'],
  ['2026-01-17T14:32Z', '2026-01-17T14:32Z', '2026-01-17T14:33Z'],
  ['2026-01-17T14:32:05+02:00', '2026-01-17T12:32:05Z', '2026-01-17T12:32:06Z'],
])('%s is from %s until %s', (text, from, until) => {
  expect(momentOf(text, NOW_US)).toBe(local(from));
  expect(momentOf(text, NOW_US, 'last')).toBe(local(until) - 1);
});

test('times ago and of a clock are moments', () => {
  for (const edge of ['first', 'last'] as const) {
    expect(momentOf('2h', NOW_US, edge)).toBe(NOW_US - 7200e6);
    expect(momentOf('1.5d', NOW_US, edge)).toBe(NOW_US - 1.5 * 86_400e6);
    expect(momentOf('2026-01-17T14:32:05.25Z', NOW_US, edge)).toBe(
      Date.parse('2026-01-17T14:32:05.250Z') * 1000,
    );
    expect(momentOf('1775822400', NOW_US, edge)).toBe(1_775_822_400e6);
  }
});

test.each([
  '2026-02-30',
  '2026-01-32',
  '2026-13',
  '2026-00',
  '2026-1-1',
  '20260',
  '0',
  'yesterday',
  '',
  '2026-01-01T25:00',
  '2026-01-01T12',
])('%j is no time', (text) => {
  expect(momentOf(text, NOW_US)).toBeUndefined();
  expect(momentOf(text, NOW_US, 'last')).toBeUndefined();
});

test('a day ends where the next one begins', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1975-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      (date) => {
        const two = (value: number): string => String(value).padStart(2, '0');
        const dayOf = (day: Date): string =>
          `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
        const next = new Date(date);
        next.setDate(next.getDate() + 1);
        expect(momentOf(dayOf(date), NOW_US, 'last')! + 1).toBe(momentOf(dayOf(next), NOW_US));
      },
    ),
  );
});
