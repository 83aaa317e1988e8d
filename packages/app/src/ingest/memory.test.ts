import { emptyRun } from '@tacho/trace/model/fold';
import type { RunStatus } from '@tacho/trace/model/run';
import { expect, test } from 'vitest';
import { ActiveRun } from './active-run.ts';
import { runsToLetGo, weightOf } from './memory.ts';

/** A run that was written to a moment ago. */
function held(runId: string, status: RunStatus): [string, ActiveRun] {
  const active = new ActiveRun(runId, { ...emptyRun(runId), status });
  active.summary(1.7e15, true);
  active.written();
  return [runId, active];
}

test('runs that are over make room, also where they were written to just now; runs that go on stay', () => {
  const runs = new Map([held('goes on', 'running'), held('over', 'ok'), held('failed', 'error')]);
  const one = weightOf(runs.get('over')!);
  expect(runsToLetGo(runs, 3 * one)).toEqual([]);
  expect(runsToLetGo(runs, 2 * one)).toEqual(['over']);
  expect(runsToLetGo(runs, one)).toEqual(['over', 'failed']);
});

test('where much goes on, that makes room as well', () => {
  const runs = new Map(Array.from({ length: 20 }, (_, no) => held(`r${no}`, 'running')));
  const one = weightOf(runs.get('r0')!);
  expect(runsToLetGo(runs, 4 * one)).toEqual([]);
  expect(runsToLetGo(runs, one).length).toBeGreaterThanOrEqual(12);
});
