import type { RunSummary } from '@tacho/trace/model/summary';
import { expect, test } from 'vitest';
import { newsIn, pauseMs } from './refresh-pace.ts';

const run = (runId: string, status: RunSummary['status']): RunSummary => ({ runId, status }) as RunSummary;
const batch = (...runs: RunSummary[]) => ({ runs, gone: [], fresh: false });

test('a run that comes or ends changes the figures, one that only goes on less so', () => {
  const atWork = new Set<string>();
  expect(newsIn(batch(run('a', 'running')), atWork)).toBe('changed');
  expect(newsIn(batch(run('a', 'running')), atWork)).toBe('progress');
  expect(newsIn(batch(run('a', 'running'), run('b', 'running')), atWork)).toBe('changed');
  expect(newsIn(batch(run('a', 'ok')), atWork)).toBe('changed');
  expect([...atWork]).toEqual(['b']);
});

test('what is gone, and a stream that lost its place, change them; a batch without runs does not', () => {
  expect(newsIn({ runs: [], gone: ['a'], fresh: false }, new Set())).toBe('changed');
  expect(newsIn({ runs: [], gone: [], fresh: true }, new Set())).toBe('changed');
  expect(newsIn(batch(), new Set())).toBeUndefined();
});

test('the page rests between two answers, and the longer for a slow one', () => {
  expect(pauseMs('changed', 40)).toBe(5_000);
  expect(pauseMs('progress', 40)).toBe(20_000);
  expect(pauseMs('changed', 3_000)).toBe(60_000);
});
