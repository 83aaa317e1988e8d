import { expect, test } from 'vitest';
import { columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { emptyRun } from '../model/fold.ts';
import type { RunHeader } from '../model/run.ts';
import { progressOf, type StageInfo, stageLevels, stagesOf } from './stages.ts';
import { treeOf } from './tree.ts';

const stages = (sketches: readonly SpanSketch[], header: Partial<RunHeader> = {}): StageInfo[] => {
  const columns = columnsFrom(sketches);
  return stagesOf({ ...emptyRun('r'), ...header }, columns, treeOf(columns), 1000);
};

const run: SpanSketch[] = [
  { name: 'eigenda', startUs: 0, status: 'unset' },
  { parent: 0, kind: 'stage', name: 'discovery', startUs: 0, endUs: 10 },
  { parent: 1, kind: 'tool', startUs: 0, endUs: 9 },
  { parent: 0, kind: 'stage', name: 'libraries', status: 'unset', startUs: 10 },
  { parent: 3, kind: 'agent', startUs: 10, endUs: 50, tokens: 40 },
  { parent: 4, kind: 'agent', startUs: 20, endUs: 30, tokens: 15 },
  { parent: 3, kind: 'agent', startUs: 10, endUs: 40, tokens: 2, status: 'error' },
  { parent: 3, kind: 'agent', status: 'unset', startUs: 40 },
];

test('stages count everything inside them; agents below agents are nobody that the stage started', () => {
  const [discovery, libraries] = stages(run);
  expect(discovery).toMatchObject({
    name: 'discovery',
    no: 1,
    status: 'done',
    endUs: 10,
    toolCalls: 1,
    tokens: 0,
  });
  expect(libraries).toMatchObject({ status: 'running', tokens: 42, costUsd: null });
  expect(libraries!.agents).toEqual({ total: 3, running: 1, done: 1, failed: 1 });
});

test('planned stages are listed before they start, and progress counts the agents expected', () => {
  const plan = [
    { stage: 'discovery' },
    { stage: 'libraries', agents: 4 },
    { stage: 'applications', agents: 10 },
    { stage: 'synthesis', agents: 1 },
  ];
  const listed = stages(run, { attributes: { plan } });
  expect(listed.map(({ name, status, no }) => [name, status, no])).toEqual([
    ['discovery', 'done', 1],
    ['libraries', 'running', 3],
    ['applications', 'planned', -1],
    ['synthesis', 'planned', -1],
  ]);
  expect(listed[1]!.agents.expected).toBe(4);
  // discovery 1 of 1, libraries 2 of 4, and 11 to come.
  expect(progressOf(listed)).toBe(3 / 16);
});

test('without a plan nobody knows the progress; a finished stage counts as a whole', () => {
  expect(progressOf(stages(run))).toBeUndefined();
  const plan = [{ stage: 'libraries', agents: 9 }];
  const over = run.map((span) =>
    span.status === 'unset' ? { ...span, status: 'ok' as const, endUs: 60 } : span,
  );
  expect(progressOf(stages(over, { attributes: { plan }, status: 'ok' }))).toBe(1);
});

test('a stage of a run that was cut off has failed, with the agents that were open in it', () => {
  const [, libraries] = stages(run, { status: 'interrupted' });
  expect(libraries).toMatchObject({ status: 'error', agents: { total: 3, running: 0, done: 1, failed: 2 } });
});

test('a stage that was skipped or given up has not failed', () => {
  const [skipped, failed] = stages([
    { kind: 'stage', name: 'a', startUs: 0, endUs: 0, status: 'cancelled' },
    { kind: 'stage', name: 'b', startUs: 1, endUs: 9, status: 'error' },
  ]);
  expect([skipped!.status, failed!.status]).toEqual(['cancelled', 'error']);
  expect(progressOf([{ ...skipped!, agents: { ...skipped!.agents, expected: 2 } }])).toBe(1);
});

test('a stage that holds the whole run is not one of its stages; stages inside stages belong to the outer one', () => {
  const listed = stages([
    { kind: 'stage', name: 'full run', startUs: 0, endUs: 100 },
    { parent: 0, kind: 'stage', name: 'research', startUs: 0, endUs: 50, tokens: 5 },
    { parent: 1, kind: 'stage', name: 'search', startUs: 0, endUs: 20, tokens: 3 },
    { parent: 0, kind: 'stage', name: 'writing', startUs: 50, endUs: 100 },
  ]);
  expect(listed.map(({ name, tokens }) => [name, tokens])).toEqual([
    ['research', 5],
    ['writing', 0],
  ]);
  expect(stages([{ kind: 'stage', name: 'only one', startUs: 0, endUs: 1 }])).toHaveLength(1);
});

test('calls without a stage lie beside the one that holds the run, and hide none of its stages', () => {
  const sketches: SpanSketch[] = [
    { kind: 'llm', name: 'early', startUs: 0, endUs: 1, tokens: 1 },
    { kind: 'stage', name: 'sh build.sh', startUs: 0, endUs: 100 },
    { parent: 1, kind: 'stage', name: 'one', startUs: 0, endUs: 50 },
    { parent: 1, kind: 'stage', name: 'two', startUs: 50, endUs: 90, tokens: 3 },
    { kind: 'llm', name: 'late', startUs: 95, endUs: 96, tokens: 2 },
  ];
  expect(stages(sketches).map(({ name, tokens }) => [name, tokens])).toEqual([
    ['one', 0],
    ['two', 3],
  ]);
  // Work that is no call is another matter.
  const beside: SpanSketch = { kind: 'agent', name: 'beside', startUs: 99 };
  expect(stages([...sketches, beside]).map(({ name }) => name)).toEqual(['sh build.sh']);
});

test('stages of any depth have a level each, up to a bound; what lies between them has none', () => {
  const columns = columnsFrom([
    { kind: 'stage' },
    { parent: 0, kind: 'agent' },
    { parent: 1, kind: 'stage' },
    { kind: 'stage' },
    ...Array.from({ length: 1_000 }, (_, at): SpanSketch => ({ parent: at + 3, kind: 'stage' })),
  ]);
  const levels = stageLevels(columns, treeOf(columns));
  expect(levels).toHaveLength(8);
  expect(levels.slice(0, 3)).toEqual([[0, 3], [2, 4], [5]]);
});

test('a plan nobody can read is no plan', () => {
  expect(stages([], { attributes: { plan: 'soon' } })).toEqual([]);
  expect(stages([], { attributes: { plan: [3, { agents: 2 }, null, 'a'] } }).map(({ name }) => name)).toEqual(
    ['3', 'a'],
  );
});
