import { expect, test } from 'vitest';
import { ignoredByParent } from './ignored-signals.ts';

const ALL = 'ffffffffffffffff';
const status = (name: string, mask: string): string => `Name:\t${name}\nUmask:\t0022\nSigIgn:\t${mask}\n`;

test.each([
  [
    'a shell that runs a script',
    status('bash', ALL),
    true,
    ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'],
  ],
  ['a shell that people type into', status('bash', '0000000000384004'), false, []],
  ['a program that waits for its child', status('time', '0000000000000006'), true, []],
  ['a program that nohup became', status('python3', '0000000001001001'), true, ['SIGHUP']],
  ['a shell that ignores nothing', status('sh', '0000000000000000'), true, []],
  ['what says nothing', '', true, []],
])('%s', (_, text, sameGroup, signals) => {
  expect(ignoredByParent(text, sameGroup)).toEqual(signals);
});
