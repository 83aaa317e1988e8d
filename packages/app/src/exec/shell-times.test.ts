import { expect, test } from 'vitest';
import { faultsIn, pidIn, timesIn } from './shell-times.ts';

test.each([
  ['dash', '4711\n0m0.000000s 0m0.010000s\n1m2.500000s 0m0.250000s\n', { userS: 62.5, systemS: 0.25 }],
  ['bash', '4711\n0m0.001s 0m0.003s\n0m0.512s 10m0.044s\n', { userS: 0.512, systemS: 600.044 }],
  ['bash in German', '4711\n0m0,001s 0m0,003s\n0m0,512s 0m0,044s\n', { userS: 0.512, systemS: 0.044 }],
  ['busybox', '4711\n0m0.00s 0m0.00s\n0m1.20s 0m0.30s\n', { userS: 1.2, systemS: 0.3 }],
])('the times of %s are its children’s', (_, report, times) => {
  expect(timesIn(report)).toEqual(times);
  expect(pidIn(report)).toBe(4711);
});

test.each(['', '47', '4711\n', '4711\n0m0.000s 0m0.000s\n'])('%o says no times yet', (report) => {
  expect(timesIn(report)).toBeUndefined();
});

test('a number is the command’s only once its line is whole', () => {
  expect(pidIn('47')).toBeUndefined();
});

test('the page faults are those of the shell’s children, where it has a line of /proc', () => {
  const times = '4711\n0m0.000s 0m0.010000s\n1m2.500000s 0m0.250000s\n';
  expect(faultsIn(times)).toBeUndefined();
  expect(faultsIn(`${times}70 (sh) R 1 70 3 0 -1 4194304 100 250 1 2 0 0 0 0 20 0 1 0 4711 1 2 3\n`)).toBe(
    252,
  );
});
