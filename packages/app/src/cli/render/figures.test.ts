import { expect, test } from 'vitest';
import { bar, span } from './bars.ts';
import { wantsColours } from './colours.ts';
import { bytes, count, duration, money, plural, share, short } from './figures.ts';

test.each([
  [0, '0 µs'],
  [850, '850 µs'],
  [999_400, '999 ms'],
  [999_600, '1.0 s'],
  [59_940_000, '59.9 s'],
  [59_960_000, '1 m 00 s'],
  [312_500_000, '5 m 13 s'],
  [3_599_600_000, '1 h 00 m'],
  [7_380_000_000, '2 h 03 m'],
])('%d µs is %s', (us, text) => {
  expect(duration(us)).toBe(text);
});

test('figures never run into the next unit', () => {
  expect([999, 1_000, 999_499, 999_500, 1_842_000].map(short)).toEqual([
    '999',
    '1.00 k',
    '999 k',
    '1.00 M',
    '1.84 M',
  ]);
  expect([0, 999, 1_000, 999_499, 999_500].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.00 kB',
    '999 kB',
    '1.00 MB',
  ]);
  expect(count(18_900)).toBe('18,900');
  expect(share(0.447)).toBe('45%');
  expect([plural(1, 'run'), plural(2, 'run')]).toEqual(['1 run', '2 runs']);
});

test('unknown money is not zero, and a lower bound says so', () => {
  expect(money(null)).toBe('?');
  expect(money(0)).toBe('$0');
  expect(money(1.239)).toBe('$1.24');
  expect(money(0.000174)).toBe('$0.00017');
  expect(money(1.24, 3)).toBe('≥ $1.24');
  expect(money(0, 3)).toBe('?');
});

test('bars are as long as what they show, and something is never nothing', () => {
  expect([bar(0, 8), bar(0.5, 8), bar(1, 8), bar(0.001, 8)]).toEqual(['', '████', '████████', '▏']);
  expect(span(0.5, 1, 8)).toBe('    ━━━━');
  expect(span(1, 1, 8)).toBe('       ━');
});

test('colours only on a terminal, unless the environment wants it otherwise', () => {
  expect(wantsColours({}, true)).toBe(true);
  expect(wantsColours({}, false)).toBe(false);
  expect(wantsColours({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColours({ FORCE_COLOR: '1' }, false)).toBe(true);
  expect(wantsColours({ FORCE_COLOR: '0' }, true)).toBe(false);
  expect(wantsColours({ TERM: 'dumb' }, true)).toBe(false);
});
