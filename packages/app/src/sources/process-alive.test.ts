import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { nowUs } from '@tacho/trace/model/time';
import { expect, test } from 'vitest';
import { processAlive } from './process-alive.ts';

const host = hostname();

test('this process is alive, and one of the same number from before it is not', () => {
  expect(processAlive({ process: { pid: process.pid, host }, startUs: nowUs() })).toBe(true);
  expect(processAlive({ process: { pid: process.pid, host }, startUs: 0 })).toBe(true);
});

test.runIf(process.platform === 'linux')(
  'a younger process with the number of the recorded one is another',
  () => {
    const hourAgo = nowUs() - 3600e6;
    expect(processAlive({ process: { pid: process.pid, host }, startUs: hourAgo })).toBe(false);
  },
);

test('a process that has ended is gone, collected or not', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect(processAlive({ process: { pid: child.pid!, host }, startUs: nowUs() })).toBe(false);
});

test('nothing can be said of another machine, or of a run that names no process', () => {
  expect(processAlive({ process: { pid: 1, host: 'elsewhere' }, startUs: 1 })).toBeUndefined();
  expect(processAlive({ startUs: 1 })).toBeUndefined();
});
