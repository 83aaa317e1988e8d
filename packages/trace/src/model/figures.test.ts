import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  clock,
  compact,
  counted,
  duration,
  figure,
  grouped,
  money,
  moneyAtLeast,
  multiple,
  percent,
  utcTime,
} from './figures.ts';

const T = '\u202f';

describe('compact', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [999.4, '999'],
    [999.5, `1.00${T}k`],
    [1000, `1.00${T}k`],
    [9_994, `9.99${T}k`],
    [9_996, `10.0${T}k`],
    [42_100, `42.1${T}k`],
    [99_949, `99.9${T}k`],
    [99_951, `100${T}k`],
    [999_499, `999${T}k`],
    [999_500, `1.00${T}M`],
    [1_214_300, `1.21${T}M`],
    [1.5e9, `1.50${T}B`],
    [2e12, `2.00${T}T`],
    [-42_100, `−42.1${T}k`],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
    [undefined, '–'],
    [null, '–'],
  ])('%s → %s', (count, text) => {
    expect(compact(count)).toBe(text);
  });

  it('keeps the number within half a percent, in at most seven characters up to a quadrillion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900_000_000_000_000 }), (count) => {
        const text = compact(count);
        const [digits, unit = ''] = text.split(T);
        const scale = { '': 1, k: 1e3, M: 1e6, B: 1e9, T: 1e12 }[unit]!;
        expect(Math.abs((Number(digits) * scale) / count - 1)).toBeLessThan(0.0051);
        expect(text.length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('grouped', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, `1${T}000`],
    [1_214_300, `1${T}214${T}300`],
    [-12_345, `−12${T}345`],
  ])('%s → %s', (count, text) => {
    expect(grouped(count)).toBe(text);
  });
});

describe('money', () => {
  it.each([
    [0, '$0'],
    [0.00001, '<$0.0001'],
    [0.0042, '$0.0042'],
    [0.144, '$0.144'],
    [0.9994, '$0.999'],
    [0.9995, '$1.00'],
    [4.18, '$4.18'],
    [999.994, '$999.99'],
    [999.996, `$1${T}000`],
    [12_345.6, `$12${T}346`],
    [250_000, `$250${T}k`],
    [-4.18, '−$4.18'],
    [null, '–'],
  ])('%s → %s', (usd, text) => {
    expect(money(usd)).toBe(text);
  });

  it('says when a sum is a lower bound, and when nothing is known', () => {
    expect(moneyAtLeast(4.18, 3)).toBe(`≥${T}$4.18`);
    expect(moneyAtLeast(4.18, 0)).toBe('$4.18');
    expect(moneyAtLeast(null, 3)).toBe('unknown');
    expect(moneyAtLeast(0, 3)).toBe('unknown');
    expect(moneyAtLeast(undefined, undefined)).toBe('–');
  });
});

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [-5e6, '0:00'],
    [9_999_999, '0:09'],
    [222e6, '3:42'],
    [3_723e6, '1:02:03'],
    [86_400e6 * 2 + 3_723e6, `2${T}d 1${T}h`],
    [undefined, '–'],
  ])('%s → %s', (us, text) => {
    expect(clock(us)).toBe(text);
  });
});

describe('duration', () => {
  it.each([
    [0, '0'],
    [420, `420${T}µs`],
    [999.6, `1.0${T}ms`],
    [1_000, `1.0${T}ms`],
    [34_200, `34${T}ms`],
    [999_499, `999${T}ms`],
    [999_500, `1.00${T}s`],
    [1_900_000, `1.90${T}s`],
    [38_200_000, `38.2${T}s`],
    [59_949_000, `59.9${T}s`],
    [59_950_000, '1:00'],
    [222e6, '3:42'],
    [Number.NaN, '–'],
  ])('%s → %s', (us, text) => {
    expect(duration(us)).toBe(text);
  });
});

describe('shares and factors', () => {
  it.each([
    [0, `0${T}%`],
    [0.001, `<1${T}%`],
    [0.87, `87${T}%`],
    [0.999, `>99${T}%`],
    [1, `100${T}%`],
  ])('percent(%s) → %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it('writes factors and plain figures short', () => {
    expect(multiple(4.62)).toBe('4.6×');
    expect(multiple(9.96)).toBe('10×');
    expect(figure(8.5)).toBe('8.5');
    expect(figure(7650)).toBe(`7.65${T}k`);
    expect(figure(0)).toBe('0');
  });
});

it('writes bytes in decimal units', () => {
  expect(bytes(0)).toBe(`0${T}B`);
  expect(bytes(999)).toBe(`999${T}B`);
  expect(bytes(1_200_000)).toBe(`1.2${T}MB`);
  expect(bytes(999_600)).toBe(`1.0${T}MB`);
  expect(bytes(16_000_000)).toBe(`16${T}MB`);
});

it('counts in words', () => {
  expect(counted(1, 'call')).toBe('1 call');
  expect(counted(0, 'call')).toBe('0 calls');
  expect(counted(3, 'query', 'queries')).toBe('3 queries');
});

it('names a time for readers in any zone', () => {
  expect(utcTime(Date.UTC(2026, 10, 20, 14, 32, 1, 999) * 1000)).toBe('2026-11-20 14:32:01 UTC');
  for (const none of [undefined, 0, -1, Number.NaN, 1e19]) expect(utcTime(none)).toBe('–');
});
