import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyColumns, columnsFrom, type SpanSketch } from '../../../../tests/random-columns.ts';
import { kindCode } from '../model/columns.ts';
import { emptyRun } from '../model/fold.ts';
import type { RunHeader } from '../model/run.ts';
import type { StageUse } from '../model/stage-use.ts';
import { judge } from './ledger.ts';
import { type StageTable, stageTableOf } from './stage-table.ts';
import { stagesOf } from './stages.ts';
import { countedCost } from './tally.ts';
import { treeOf } from './tree.ts';

function tableOf(columns: ReturnType<typeof columnsFrom>, header: Partial<RunHeader> = {}): StageTable {
  const tree = treeOf(columns);
  const judgement = judge(columns, tree);
  const run = { ...emptyRun('r'), ...header };
  const stages = stagesOf(run, columns, tree, 1000, judgement);
  return stageTableOf(columns, tree, judgement, stages, run.status !== 'running');
}
const used = (cpuUs: number, bytes: number | null = null): { stageUse: StageUse } => ({
  stageUse: { cpuUserUs: cpuUs, cpuSystemUs: 0, maxRssBytes: null, peakTreeRssBytes: bytes },
});
const call = (parent: number, tokens: number, costUsd?: number): SpanSketch => ({
  parent,
  kind: 'llm',
  tokens,
  ...(costUsd === undefined ? { flags: 8 } : { costUsd }),
});

test('a stage counts everything inside it, stages in it too; what is outside has sums of its own', () => {
  const { rows, outside, total } = tableOf(
    columnsFrom([
      { kind: 'stage', name: 'build', endUs: 50 },
      { parent: 0, kind: 'stage', name: 'link', startUs: 20, endUs: 40 },
      call(1, 5, 0.5),
      call(0, 2, 0.25),
      { kind: 'stage', name: 'test', startUs: 60, endUs: 90 },
      call(4, 3),
      call(-1, 10, 1),
    ]),
    { status: 'ok' },
  );
  expect(rows).toMatchObject([
    { name: 'build', depth: 0, calls: 2, tokens: 7, costUsd: 0.75, unpriced: 0 },
    { name: 'link', depth: 1, calls: 1, tokens: 5, costUsd: 0.5 },
    { name: 'test', depth: 0, calls: 1, tokens: 3, costUsd: null, unpriced: 1 },
  ]);
  expect(outside).toEqual({ calls: 1, tokens: 10, costUsd: 1, unpriced: 0 });
  expect(total).toMatchObject({ calls: 4, tokens: 20, costUsd: 1.75, unpriced: 1 });
});

test('the processor’s time of a stage has that of the stages inside it: it is added up once', () => {
  const sketches: SpanSketch[] = [
    { kind: 'stage', name: 'outer', endUs: 50, ...used(100, 7) },
    { parent: 0, kind: 'stage', name: 'inner', endUs: 40, ...used(80, 9) },
    { kind: 'stage', name: 'named by hand', startUs: 60, endUs: 90 },
    { parent: 2, kind: 'stage', name: 'measured in it', startUs: 60, endUs: 70, ...used(20) },
  ];
  expect(tableOf(columnsFrom(sketches), { status: 'ok' }).total).toMatchObject({
    cpuUs: 120,
    cpuAtLeast: false,
    peakBytes: 9,
  });
});

test('the sum is a lower bound where a stage that ended is silent; of one that was skipped, or runs, nothing is missing', () => {
  const total = (...more: SpanSketch[]): StageTable['total'] =>
    tableOf(columnsFrom([{ kind: 'stage', endUs: 50, ...used(100) }, ...more])).total;
  expect(total({ kind: 'stage', endUs: 9 })).toMatchObject({ cpuUs: 100, cpuAtLeast: true });
  expect(total({ kind: 'stage', endUs: 9, status: 'cancelled' }).cpuAtLeast).toBe(false);
  expect(total({ kind: 'stage', status: 'unset' }).cpuAtLeast).toBe(false);
});

test('where nobody measured anything the sums are not known, and not 0', () => {
  expect(tableOf(columnsFrom([{ kind: 'stage', endUs: 9 }])).total).toMatchObject({
    cpuUs: null,
    cpuAtLeast: false,
    peakBytes: null,
  });
});

test('stages that have not begun stand last', () => {
  const plan = [{ stage: 'later' }, { stage: 'now' }];
  const { rows } = tableOf(columnsFrom([{ kind: 'stage', name: 'now', status: 'unset' }]), {
    attributes: { plan },
  });
  expect(rows.map(({ name, no, status }) => [name, no, status])).toEqual([
    ['now', 0, 'running'],
    ['later', -1, 'planned'],
  ]);
});

test('a run of ten thousand stages, each within the last, is told without trouble', () => {
  const { rows } = tableOf(
    columnsFrom(
      Array.from({ length: 10_000 }, (_, no) => ({ parent: no - 1, kind: 'stage' as const, endUs: 9 })),
    ),
  );
  expect(rows.at(-1)?.depth).toBe(9_999);
});

test('in any run, what is in no other stage and what is outside add up to the whole', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const { rows, outside, total } = tableOf(columns);
      const tops = rows.filter(({ depth }) => depth === 0);
      for (const name of ['calls', 'tokens', 'unpriced'] as const)
        expect(tops.reduce((sum, row) => sum + row[name], outside?.[name] ?? 0)).toBe(total[name]);
      const judgement = judge(columns, treeOf(columns));
      let tokens = 0;
      let unpriced = 0;
      for (let no = 0; no < columns.count; no++) {
        tokens += judgement.tokens[no]!;
        if (countedCost(columns, judgement, no) === null) unpriced++;
      }
      expect(total).toMatchObject({ tokens, unpriced });
      const stages = columns.kind.slice(0, columns.count).filter((kind) => kind === kindCode('stage'));
      expect(rows.filter(({ no }) => no >= 0)).toHaveLength(stages.length);
    }),
  );
});
