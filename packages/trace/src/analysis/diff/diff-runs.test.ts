import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { prepare } from '../summary.ts';
import { align } from './align.ts';
import { diffRuns, type RunDiff } from './diff-runs.ts';
import { StepsApartCollector } from './steps-apart.ts';

const T = 1_775_000_000;

type Step = {
  id: string;
  up?: string;
  kind?: string;
  name?: string;
  from: number;
  to: number;
  more?: object;
};

function runOf(runId: string, steps: readonly Step[]): Run {
  const records = steps.map(
    ({ id, up, kind = 'tool', name = id, from, to, more }): TraceRecord => ({
      event: 'span',
      run_id: runId,
      span_id: `${runId}-${id}`,
      ...(up !== undefined && { parent: `${runId}-${up}` }),
      kind,
      name,
      ts: T + from,
      end_ts: T + to,
      status: 'ok',
      ...more,
    }),
  );
  return foldRun(records, runId);
}

const ids = (spans: readonly { spanId: string }[]): string[] => spans.map(({ spanId }) => spanId);

describe('aligning lists', () => {
  const LISTS = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 40 });

  test('pairs are equal keys that rise on both sides, at least as many as equal ends', () => {
    fc.assert(
      fc.property(LISTS, LISTS, (left, right) => {
        const pairs = align(left, right);
        let [last, lastOther] = [-1, -1];
        for (const [at, other] of pairs) {
          expect(left[at]).toBe(right[other]);
          expect(at).toBeGreaterThan(last);
          expect(other).toBeGreaterThan(lastOther);
          [last, lastOther] = [at, other];
        }
      }),
    );
  });

  test('a list with itself is all pairs; an insertion shifts nothing', () => {
    fc.assert(
      fc.property(LISTS, fc.nat(), (list, seed) => {
        expect(align(list, list)).toEqual(list.map((_, at) => [at, at]));
        const at = seed % (list.length + 1);
        expect(align(list, [...list.slice(0, at), 'new', ...list.slice(at)])).toHaveLength(list.length);
      }),
    );
  });

  test('ten thousand of the same key against as many others', () => {
    const many = new Array<string>(10_000).fill('a');
    expect(align(['x', ...many], [...many, 'y'])).toHaveLength(10_000);
  });
});

describe('a step that is inserted', () => {
  const before = runOf('one', [
    { id: 'agent', kind: 'agent', from: 0, to: 10 },
    { id: 'read', up: 'agent', from: 0, to: 1, more: { inputs: { file: 'a' } } },
    { id: 'edit', up: 'agent', from: 1, to: 2, more: { inputs: { file: 'a' } } },
    { id: 'test', up: 'agent', from: 2, to: 5, more: { inputs: { command: 'npm test' } } },
  ]);
  const after = runOf('two', [
    { id: 'agent', kind: 'agent', from: 0, to: 12 },
    { id: 'read', up: 'agent', from: 0, to: 1, more: { inputs: { file: 'a' } } },
    { id: 'search', up: 'agent', from: 1, to: 3, more: { inputs: { query: 'x' } } },
    { id: 'edit', up: 'agent', from: 3, to: 4, more: { inputs: { file: 'a' } } },
    { id: 'test', up: 'agent', from: 4, to: 9, more: { inputs: { command: 'npm test' }, status: 'error' } },
  ]);
  const diff = diffRuns(before, after);

  test('is the only one added, and is where the runs part', () => {
    expect(ids(diff.added)).toEqual(['two-search']);
    expect(diff.removed).toEqual([]);
    expect(diff.matched).toBe(4);
    expect(diff.firstDivergence).toMatchObject({ left: null, right: { spanId: 'two-search' }, afterUs: 1e6 });
  });

  test('what went differently is told with what differs, times as deltas', () => {
    expect(diff.changed.map(({ left, differs }) => [left.spanId, differs])).toEqual([
      ['one-test', ['status']],
    ]);
    expect(diff.totals.errors).toEqual({ left: 0, right: 1, delta: 1 });
    expect(diff.steps.find(({ name }) => name === 'test')?.us).toEqual({ left: 3e6, right: 5e6, delta: 2e6 });
    expect(diff.steps.some(({ name }) => name === 'read')).toBe(false);
  });
});

test('arguments that differ: the same step, changed; a result differs after what went differently inside', () => {
  const one = runOf('one', [
    { id: 'agent', kind: 'agent', from: 0, to: 9, more: { outputs: 'yes' } },
    { id: 'read', up: 'agent', from: 1, to: 2, more: { inputs: { b: 1, a: 2 } } },
    { id: 'call', up: 'agent', kind: 'llm', name: 'says this', from: 3, to: 4, more: { model: 'm' } },
  ]);
  const two = runOf('two', [
    { id: 'agent', kind: 'agent', from: 0, to: 9, more: { outputs: 'no' } },
    { id: 'read', up: 'agent', from: 1, to: 2, more: { inputs: { a: 2, b: 1 } } },
    {
      id: 'call',
      up: 'agent',
      kind: 'llm',
      name: 'says that',
      from: 3,
      to: 4,
      more: { model: 'm', inputs: 'x' },
    },
  ]);
  const diff = diffRuns(one, two);
  expect(diff.changed.map(({ left, differs }) => [left.spanId, differs])).toEqual([
    ['one-agent', ['result']],
    ['one-call', ['arguments']],
  ]);
  expect(diff.firstDivergence?.left?.spanId).toBe('one-call');
});

/** Random runs of few different steps, so that much is alike. */
const RUNS = fc
  .array(
    fc.record({
      up: fc.nat(),
      kind: fc.constantFrom('agent', 'tool', 'llm'),
      name: fc.constantFrom('read', 'edit', 'test'),
      input: fc.constantFrom(1, 2),
      from: fc.nat(30),
      length: fc.nat(10),
      failed: fc.boolean(),
    }),
    { maxLength: 20 },
  )
  .map((list) =>
    list.map(
      ({ up, kind, name, input, from, length, failed }, at): Step => ({
        id: `s${at}`,
        ...(at > 0 && up % 3 > 0 && { up: `s${up % at}` }),
        kind,
        name,
        from,
        to: from + length,
        more: { inputs: input, status: failed ? 'error' : 'ok', usage: { input_tokens: input } },
      }),
    ),
  );

describe('for all runs', () => {
  test('a run does not differ from itself', () => {
    fc.assert(
      fc.property(RUNS, (steps) => {
        const diff = diffRuns(runOf('r', steps), runOf('r', steps));
        expect(diff.added).toEqual([]);
        expect(diff.removed).toEqual([]);
        expect(diff.changed).toEqual([]);
        expect(diff.firstDivergence).toBeNull();
        expect(diff.steps).toEqual([]);
        expect(diff.same).toBe(steps.length);
      }),
    );
  });

  test('swapped runs give the swapped answer; every span is matched, added, removed, or inside one', () => {
    fc.assert(
      fc.property(RUNS, RUNS, (some, others) => {
        const [left, right] = [runOf('left', some), runOf('right', others)];
        const diff = diffRuns(left, right);
        expect(swap(diffRuns(right, left))).toEqual(diff);
        const inside = (spans: RunDiff['added']): number => spans.reduce((sum, one) => sum + one.spans, 0);
        expect(diff.matched + inside(diff.removed)).toBe(left.spans.length);
        expect(diff.matched + inside(diff.added)).toBe(right.spans.length);
      }),
    );
  });
});

describe('the two trees laid on each other', () => {
  const one = runOf('one', [
    { id: 'agent', kind: 'agent', from: 0, to: 9 },
    { id: 'read', up: 'agent', from: 1, to: 2 },
    { id: 'ask', up: 'agent', kind: 'llm', from: 3, to: 4, more: { model: 'm' } },
    { id: 'lost', up: 'agent', kind: 'agent', from: 5, to: 8 },
    { id: 'deep', up: 'lost', from: 6, to: 7 },
  ]);
  const two = runOf('two', [
    { id: 'agent', kind: 'agent', from: 0, to: 9 },
    {
      id: 'read',
      up: 'agent',
      from: 1,
      to: 2,
      more: { status: 'error', error: { message: 'no such file' } },
    },
    { id: 'found', up: 'agent', kind: 'retrieval', from: 2, to: 3 },
    { id: 'ask', up: 'agent', kind: 'llm', from: 3, to: 4, more: { model: 'm' } },
  ]);

  test('every step has its line, below the line of its parent', () => {
    const lines = diffRuns(one, two, { tree: true }).tree!.map(({ up, left, right, differs }) =>
      [up, left?.name ?? '', right?.name ?? '', ...differs].join(' '),
    );
    expect(lines).toEqual([
      '-1 agent agent',
      '0 read read status error',
      '0  found',
      '0 ask ask',
      '0 lost ',
      '4 deep ',
    ]);
  });

  test('is there only where it was asked for, and says what stands at each span', () => {
    expect(diffRuns(one, two)).not.toHaveProperty('tree');
    const [, read, , ask] = diffRuns(one, two, { tree: true }).tree!;
    expect(read!.right).toMatchObject({ no: 1, error: 'no such file', status: 'error', durationUs: 1e6 });
    expect(read!.left).not.toHaveProperty('error');
    expect(read).not.toHaveProperty('arguments');
    expect(ask!.left).toMatchObject({ model: 'm', no: 2 });
  });

  test('tells where arguments and results part', () => {
    const run = (id: string, command: string, outputs: string): Run =>
      runOf(id, [{ id: 'test', from: 0, to: 1, more: { inputs: { cwd: '/', command }, outputs } }]);
    const [step] = diffRuns(run('one', 'make', 'ok'), run('two', 'make all', 'not ok'), { tree: true }).tree!;
    expect(step).toMatchObject({
      arguments: { path: 'command', left: '“make”', right: '“make all”' },
      result: { path: '', left: '“ok”', right: '“not ok”' },
    });
  });

  test('of all runs: each side reads as its own tree, and the lines are those that are counted', () => {
    fc.assert(
      fc.property(RUNS, RUNS, (some, others) => {
        const [left, right] = [runOf('left', some), runOf('right', others)];
        const { tree = [], ...diff } = diffRuns(left, right, { tree: true });
        for (const [side, run] of [
          ['left', left],
          ['right', right],
        ] as const) {
          const { order, parent } = prepare(run).tree;
          expect(tree.flatMap((line) => line[side]?.no ?? [])).toEqual([...order]);
          for (const { up, [side]: span } of tree)
            if (span !== null) expect(tree[up]?.[side]?.no ?? -1).toBe(Math.max(-1, parent[span.no]!));
        }
        const both = tree.filter((line) => line.left !== null && line.right !== null);
        expect(both).toHaveLength(diff.matched);
        expect(both.filter(({ differs }) => differs.length === 0)).toHaveLength(diff.same);
        const pairs = (lines: RunDiff['changed']): string[] =>
          lines.map((line) => [line.left.spanId, line.right.spanId, ...line.differs].join(' ')).sort();
        expect(pairs(both.filter(({ differs }) => differs.length > 0) as RunDiff['changed'])).toEqual(
          pairs(diff.changed),
        );
        // Swapped sides, swapped lines; only which of two neighbours without partners comes first may change.
        const texts = (lines: RunDiff['tree'], mirrored: boolean): string[] =>
          lines!
            .map(({ left: one, right: two }) => (mirrored ? [two, one] : [one, two]))
            .map(([a, b]) => `${a?.no ?? ''} ${b?.no ?? ''}`)
            .sort();
        expect(texts(diffRuns(right, left, { tree: true }).tree, true)).toEqual(texts(tree, false));
      }),
    );
  });

  test('a chain of ten thousand', () => {
    const chain = (runId: string): Run =>
      runOf(
        runId,
        Array.from({ length: 10_000 }, (_, no) => ({
          id: `s${no}`,
          name: 'step',
          ...(no > 0 && { up: `s${no - 1}` }),
          from: no / 1e4,
          to: 2,
        })),
      );
    expect(diffRuns(chain('a'), chain('b'), { tree: true }).tree).toHaveLength(10_000);
  });
});

test('errors are those of the run: an agent that hands on what its call said is no second one', () => {
  const failed = { status: 'error', error: { message: 'no such file' } };
  const diff = diffRuns(
    runOf('one', [
      { id: 'agent', kind: 'agent', from: 0, to: 2, more: failed },
      { id: 'call', up: 'agent', from: 0, to: 1, more: failed },
    ]),
    runOf('two', [{ id: 'agent', kind: 'agent', from: 0, to: 2 }]),
  );
  expect(diff.totals.errors).toEqual({ left: 1, right: 0, delta: -1 });
});

function swap(diff: RunDiff): RunDiff {
  const sides = <Sides extends { left: unknown; right: unknown }>(one: Sides): Sides => ({
    ...one,
    left: one.right,
    right: one.left,
  });
  const delta = <D extends { left: unknown; right: unknown; delta: number | null }>(one: D): D => ({
    ...sides(one),
    delta: one.delta === null ? null : 0 - one.delta,
  });
  const { totals } = diff;
  return {
    ...sides(diff),
    totals: {
      durationUs: delta(totals.durationUs),
      tokens: delta(totals.tokens),
      costUsd: delta(totals.costUsd),
      spans: delta(totals.spans),
      errors: delta(totals.errors),
    },
    firstDivergence: diff.firstDivergence && sides(diff.firstDivergence),
    removed: diff.added,
    added: diff.removed,
    changed: diff.changed.map(sides),
    steps: diff.steps.map((step) => ({
      ...step,
      calls: delta(step.calls),
      us: delta(step.us),
      tokens: delta(step.tokens),
    })),
  };
}

test('steps that failing runs have and passing ones do not', () => {
  const collector = new StepsApartCollector();
  const good = { id: 'test', from: 1, to: 2, more: { inputs: { command: 'npm test' } } };
  const bad = {
    ...good,
    more: { ...good.more, status: 'error', error: { type: 'ExitCode', message: 'exit 1' } },
  };
  const force = { id: 'push', name: 'push', from: 3, to: 4, more: { inputs: { force: true } } };
  for (let no = 0; no < 5; no++) {
    collector.add(runOf(`good${no}`, [good]), false);
    collector.add(runOf(`bad${no}`, no < 4 ? [bad, force, { ...force, id: 'again' }] : [bad]), true);
  }
  const { failing, passing, steps } = collector.result();
  expect([failing, passing]).toEqual([5, 5]);
  expect(steps[0]).toMatchObject({ name: 'test', error: 'ExitCode', failing: 5, passing: 0, difference: 1 });
  // Both margins are 5: 2 of C(10, 5) = 252 tables are as far apart.
  expect(steps[0]!.p).toBeCloseTo(2 / 252, 10);
  expect(steps[1]).toMatchObject({ name: 'push', failing: 4, passing: 0, difference: 0.8 });
  expect(steps.some(({ name, error }) => name === 'test' && error === undefined)).toBe(false);
});
