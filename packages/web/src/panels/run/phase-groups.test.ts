import type { StageInfo } from '@tacho/trace/analysis/stages';
import { expect, test } from 'vitest';
import { phaseGroups } from './phase-groups.ts';

const stage = (no: number, more: Partial<StageInfo> = {}): StageInfo => ({
  name: `page ${no}`,
  no,
  status: 'done',
  startUs: no * 10,
  endUs: no * 10 + 9,
  agents: { total: 1, running: 0, done: 1, failed: 0 },
  tokens: 5,
  toolCalls: 2,
  costUsd: 1,
  unpriced: 0,
  ...more,
});
const many = (count: number): StageInfo[] => Array.from({ length: count }, (_, no) => stage(no));

test('few stages stand for themselves', () => {
  expect(phaseGroups([], 60)).toEqual([]);
  expect(phaseGroups(many(60), 60).map(({ no, stages }) => [no, stages])).toEqual(
    many(60).map(({ no }) => [no, 1]),
  );
});

test('of many, neighbours are one piece, and nothing of them is lost', () => {
  const groups = phaseGroups(many(10_000), 60);
  expect(groups.length).toBeLessThanOrEqual(60);
  expect(groups.reduce((sum, { stages }) => sum + stages, 0)).toBe(10_000);
  expect(groups[0]).toMatchObject({
    name: 'page 0 … page 166',
    no: 0,
    startUs: 0,
    endUs: 1669,
    tokens: 835,
    costUsd: 167,
    agents: { total: 167, done: 167 },
  });
});

test('what runs or has failed speaks for its group, and is what one gets to', () => {
  const { endUs: _, ...open } = stage(1, { status: 'running' });
  const [running] = phaseGroups([stage(0, { status: 'error' }), open], 1);
  expect(running).toMatchObject({ status: 'running', no: 1, stages: 2, failed: 1 });
  expect(running).not.toHaveProperty('endUs');
  const [failed] = phaseGroups(
    [stage(0), stage(1, { status: 'error' }), stage(2, { status: 'cancelled' })],
    1,
  );
  expect(failed).toMatchObject({ status: 'error', no: 1, endUs: 29 });
});

test('the cost of a group is not known where none of its stages knows it', () => {
  const unknown = { costUsd: null, unpriced: 1 };
  expect(phaseGroups([stage(0, unknown), stage(1, { costUsd: 0 })], 1)[0]!.costUsd).toBeNull();
  expect(phaseGroups([stage(0, unknown), stage(1)], 1)[0]).toMatchObject({ costUsd: 1, unpriced: 1 });
});
