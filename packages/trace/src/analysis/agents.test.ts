import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom } from '../../../../tests/random-columns.ts';
import { FLAG_UNPRICED, kindAt } from '../model/columns.ts';
import { type AgentInfo, type AgentOptions, agentsOf } from './agents.ts';
import { judge } from './ledger.ts';
import { ancestorsOf, treeOf } from './tree.ts';

const S = 1e6;
const agents = (
  sketches: Parameters<typeof columnsFrom>[0],
  nowS: number,
  options?: AgentOptions,
): AgentInfo[] => {
  const columns = columnsFrom(sketches);
  return agentsOf(columns, treeOf(columns), nowS * S, options);
};

test('an agent has its own work; what its sub-agents did stands with them', () => {
  const [lead, reader] = agents(
    [
      { kind: 'agent', name: 'lead', role: 'lead', startUs: 0, endUs: 9 * S, tokens: 350, toolUses: 7 },
      { parent: 0, kind: 'llm', model: 'small', startUs: 0, endUs: S, tokens: 100, costUsd: 0.5 },
      { parent: 0, kind: 'stage', name: 'research', startUs: S, endUs: 8 * S },
      { parent: 2, kind: 'agent', name: 'reader', startUs: S, endUs: 8 * S, status: 'error' },
      {
        parent: 3,
        kind: 'llm',
        model: 'large',
        startUs: 2 * S,
        endUs: 3 * S,
        tokens: 200,
        flags: FLAG_UNPRICED,
      },
      { parent: 3, kind: 'tool', startUs: 3 * S, endUs: 7 * S },
    ],
    9,
  );
  // 350 reported, 300 explained below: 50 are the lead's, unattributed and without a price.
  expect(lead).toMatchObject({
    tokens: 150,
    costUsd: 0.5,
    unpriced: 1,
    toolCalls: 0,
    model: 'small',
    stage: '',
    status: 'done',
    role: 'lead',
  });
  expect(reader).toMatchObject({
    tokens: 200,
    costUsd: null,
    unpriced: 1,
    toolCalls: 1,
    model: 'large',
    stage: 'research',
    status: 'error',
  });
});

test('tool uses that an agent reports count where no tool call is in the stream', () => {
  const [reports, shows] = agents(
    [
      { kind: 'agent', startUs: 0, endUs: S, toolUses: 31 },
      { kind: 'agent', startUs: 1, endUs: S, toolUses: 31 },
      { parent: 1, kind: 'tool', startUs: 1, endUs: 2 },
    ],
    2,
  );
  expect([reports!.toolCalls, shows!.toolCalls]).toEqual([31, 1]);
});

test('states: running, queued for later, cancelled, and torn off when the run is over', () => {
  const sketches = [
    { kind: 'agent', name: 'open', status: 'unset', startUs: 0 },
    { kind: 'agent', name: 'later', status: 'unset', startUs: 5 * S },
    { kind: 'agent', name: 'stopped', status: 'cancelled', startUs: 1, endUs: 2 },
  ] as const;
  expect(agents(sketches, 2).map(({ name, status }) => [name, status])).toEqual([
    ['open', 'running'],
    ['stopped', 'cancelled'],
    ['later', 'queued'],
  ]);
  expect(agents(sketches, 2, { runStatus: 'interrupted' })[0]).toMatchObject({
    status: 'cancelled',
    torn: true,
  });
});

test('an agent has stalled when all of its open work has; its parent only waits', () => {
  const work = [
    { kind: 'agent', name: 'lead', status: 'unset', startUs: 0 },
    { parent: 0, kind: 'agent', name: 'slow', status: 'unset', startUs: 0 },
    { parent: 1, kind: 'llm', status: 'unset', startUs: 10 * S },
    ...Array.from({ length: 5 }, () => ({ parent: 0, kind: 'llm' as const, startUs: 0, endUs: 3 * S })),
  ] as const;
  expect(agents(work, 44)).toMatchObject([
    { name: 'lead', status: 'running' },
    { name: 'slow', status: 'stalled', silentUs: 34 * S, usualUs: 3 * S, lastActivityUs: 10 * S },
  ]);
  const other = { parent: 1, kind: 'tool', status: 'unset', startUs: 40 * S } as const;
  expect(agents([...work, other], 44)[1]).toMatchObject({ name: 'slow', status: 'running' });
  expect(agents(work, 44, { runStatus: 'interrupted' })[1]).toMatchObject({ status: 'cancelled' });
});

test('any run: agents and the work outside of them add up to the counted tokens', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const tree = treeOf(columns);
      const { tokens } = judge(columns, tree);
      let outside = 0;
      for (let no = 0; no < columns.count; no++) {
        const inAgent = [no, ...ancestorsOf(tree, no)].some((up) => kindAt(columns, up) === 'agent');
        if (!inAgent) outside += tokens[no]!;
      }
      const inside = agentsOf(columns, tree, 100).reduce((sum, agent) => sum + agent.tokens, 0);
      expect(inside + outside).toBe(tokens.reduce((sum, counted) => sum + counted, 0));
    }),
  );
});
