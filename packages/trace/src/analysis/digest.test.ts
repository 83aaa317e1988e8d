import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRunShape, harmlessTexts } from '../../../../tests/any-run.ts';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import type { Part } from './breakdown.ts';
import { type Digest, digestOf } from './digest.ts';

const T = 1_700_000_000;

function digest(...records: Record<string, unknown>[]): Digest {
  const lines = records.map((record) => ({ ts: T, ...record })) as unknown as TraceRecord[];
  return digestOf(foldRun([{ event: 'run_start', run_id: 'r', ts: T }, ...lines], 'r'));
}

const call = (id: string, parent: string | undefined, more: Record<string, unknown> = {}) => ({
  event: 'span',
  span_id: id,
  ...(parent !== undefined && { parent }),
  kind: 'llm',
  model: 'm',
  duration_ms: 1000,
  tokens: 100,
  ...more,
});
const agent = (id: string, parent?: string, ms = 10_000) => ({
  event: 'span',
  span_id: id,
  name: id,
  kind: 'agent',
  duration_ms: ms,
  ...(parent !== undefined && { parent }),
});

const sumOf = (parts: readonly Part[], of: (part: Part) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0);

describe('the breakdown', () => {
  test('adds up to the run, by stage, by agent and by model, whatever the run', () => {
    fc.assert(
      fc.property(anyRunShape, (shape) => {
        const { report, breakdown } = digestOf(shape.make(harmlessTexts));
        // What lies in another stage is in its figures.
        const stages = breakdown.stages.filter(({ depth }) => depth === 0);
        for (const parts of [stages, breakdown.agents, breakdown.models]) {
          if (parts.length === 0) continue;
          expect(sumOf(parts, ({ tokens }) => tokens)).toBe(report.run.tokens);
          expect(sumOf(parts, ({ unpriced }) => unpriced)).toBe(report.run.unpricedCalls);
        }
        for (const parts of [stages, breakdown.agents])
          if (parts.length > 0) {
            expect(sumOf(parts, ({ calls }) => calls)).toBe(report.run.llmCalls);
            expect(sumOf(parts, ({ toolCalls }) => toolCalls)).toBe(report.run.toolCalls);
            expect(sumOf(parts, ({ errors }) => errors)).toBe(report.run.errors);
          }
      }),
    );
  });

  test('what a sum adds to the price of its calls, and to no token, stands with its model', () => {
    const { report, breakdown } = digest(
      agent('lead'),
      call('c', 'lead', { cost_usd: 2 }),
      call('sum', 'lead', { kind: 'task', model_total: true, cost_usd: 5 }),
    );
    expect(report.costUsd).toBe(5);
    expect(breakdown.models).toMatchObject([{ name: 'm', calls: 1, tokens: 100, costUsd: 5 }]);
  });

  test('an agent’s work is its own: agents below it stand for themselves', () => {
    const { breakdown } = digest(
      agent('lead'),
      agent('helper', 'lead', 4000),
      call('c', 'helper', { cost_usd: 2 }),
    );
    expect(breakdown.agents).toMatchObject([
      { name: 'helper', totalUs: 4e6, selfUs: 4e6, calls: 1, tokens: 100 },
      { name: 'lead', totalUs: 10e6, selfUs: 6e6, calls: 0, tokens: 0 },
    ]);
  });

  test('a tool’s time is that of its calls, and an agent in it keeps its own tokens', () => {
    const { breakdown } = digest(
      { event: 'span', span_id: 't', kind: 'tool', tool: 'Task', duration_ms: 9000, status: 'error' },
      agent('sub', 't', 8000),
      call('c', 'sub'),
      call('d', 't', { tokens: 7 }),
    );
    expect(breakdown.tools).toMatchObject([{ name: 'Task', calls: 1, errors: 1, totalUs: 9e6, tokens: 7 }]);
  });

  test('what belongs to no stage stands last, under its own name', () => {
    const { breakdown } = digest(
      { event: 'span', span_id: 's', name: 'plan', kind: 'stage', duration_ms: 5000 },
      call('a', 's'),
      call('b', undefined, { tokens: 30 }),
    );
    expect(breakdown.stages.map(({ name, no, tokens }) => [name, no, tokens])).toEqual([
      ['plan', 0, 100],
      ['outside of stages', undefined, 30],
    ]);
  });

  test('without stages and agents there are none', () => {
    expect(digest(call('a', undefined)).breakdown).toMatchObject({ stages: [], agents: [] });
  });
});

describe('spans that stand out', () => {
  test('the slowest are so by themselves: who only waits for others is not slow', () => {
    const { slowest } = digest(
      agent('lead', undefined, 10_000),
      call('long', 'lead', { duration_ms: 9500 }),
      call('short', 'lead'),
    );
    expect(slowest.map(({ name, selfUs }) => [name, selfUs])[0]).toEqual(['long', 9.5e6]);
  });

  test('are the largest of all, in order, at most ten', () => {
    fc.assert(
      fc.property(anyRunShape, (shape) => {
        const { slowest, dearest } = digestOf(shape.make(harmlessTexts));
        for (const list of [slowest.map(({ selfUs }) => selfUs), dearest.map(({ costUsd }) => costUsd ?? 0)])
          expect(list).toEqual(list.toSorted((a, b) => b - a));
        expect(slowest.length).toBeLessThanOrEqual(10);
      }),
    );
  });

  test('problems come worst first, and say whose they are', () => {
    const { problems } = digest(
      agent('one'),
      agent('two'),
      call('c', 'two', { status: 'error', error: 'HTTP 500', ts: T + 1 }),
      { event: 'span_start', span_id: 'open', parent: 'one', kind: 'tool', name: 'Read', ts: T + 2 },
      { event: 'run_end', ts: T + 20 },
    );
    expect(problems.map(({ kind, agent }) => [kind, agent])).toEqual([
      ['error', 'two'],
      ['torn', 'one'],
      ['unpriced', ''],
    ]);
  });
});

describe('what the source says it cost', () => {
  const stated = (...spans: Partial<Run['spans'][number]>[]): number | null => {
    const run = foldRun([{ event: 'run_start', run_id: 'r', ts: T }], 'r');
    const rest = { kind: 'llm' as const, status: 'ok' as const, startUs: T * 1e6, endUs: T * 1e6 };
    return digestOf({
      ...run,
      spans: spans.map((span, no) => ({ spanId: `s${no}`, name: 's', ...rest, ...span })),
    }).statedCostUsd;
  };
  test.each([
    ['nothing', [{}], null],
    ['its calls', [{ reportedCostUsd: 1 }, { reportedCostUsd: 2 }], 3],
    [
      'a sum above its calls is not added to them',
      [{ reportedCostUsd: 5 }, { parentId: 's0', reportedCostUsd: 2 }],
      5,
    ],
    [
      'a sum beside its calls',
      [{ reportedCostUsd: 2 }, { modelTotal: true as const, reportedCostUsd: 3 }],
      3,
    ],
    ['a call that counts elsewhere', [{ reportedCostUsd: 2, duplicateOfRun: 'other' }], null],
    ['nothing below, something above', [{ reportedCostUsd: 4 }, { parentId: 's0' }], 4],
  ])('%s', (_, spans, usd) => {
    expect(stated(...spans)).toBe(usd);
  });
});
