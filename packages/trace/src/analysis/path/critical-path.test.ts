import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, type SpanColumns } from '../../model/columns.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { type SpanTree, treeOf } from '../tree.ts';
import { criticalPathOf, outlivingOf, slackOf } from './critical-path.ts';
import { type Dependencies, runDependencies } from './dependencies.ts';
import { floorOf } from './floor.ts';
import { scheduleOf } from './schedule.ts';
import { savingOf } from './what-if.ts';

const T = 1_775_000_000;

/** Spans by id: parent, from and to in seconds after T, kind. */
type Spans = Record<
  string,
  readonly [parent: string, from: number, to: number, kind?: string, waitsFor?: string]
>;

type Made = {
  run: Run;
  columns: SpanColumns;
  tree: SpanTree;
  dependencies: Dependencies;
  no: (id: string) => number;
};

/** `said`: when the run began and ended by its own word. */
function made(spans: Spans, said?: readonly [from: number, to: number]): Made {
  const records: TraceRecord[] = Object.entries(spans).map(
    ([id, [parent, from, to, kind = 'task', awaited]]) => ({
      event: 'span',
      run_id: 'r',
      span_id: id,
      ...(parent !== '' && { parent }),
      kind,
      ts: T + from,
      end_ts: T + to,
      ...(awaited !== undefined && { links: [{ type: 'waits_for', span_id: awaited }] }),
    }),
  );
  if (said !== undefined) {
    records.unshift({ event: 'run_start', run_id: 'r', ts: T + said[0] });
    records.push({ event: 'run_end', run_id: 'r', ts: T + said[1] });
  }
  const run = foldRun(records, 'r');
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  const dependencies = runDependencies(run, columns, tree, run.lastUs);
  return {
    run,
    columns,
    tree,
    dependencies,
    no: (id) => run.spans.findIndex(({ spanId }) => spanId === id),
  };
}

function pathOf({ run, dependencies }: Made): [string, number, number][] {
  return criticalPathOf(dependencies).segments.map(({ no, fromUs, toUs }) => [
    no < 0 ? '-' : run.spans[no]!.spanId,
    fromUs / 1e6 - T,
    toUs / 1e6 - T,
  ]);
}

describe('the critical path', () => {
  test('goes through the child that ended last, and what started it', () => {
    const run = made({
      root: ['', 0, 10],
      a: ['root', 1, 4],
      b: ['root', 1, 6],
      c: ['root', 7, 9],
    });
    expect(pathOf(run)).toEqual([
      ['root', 0, 1],
      ['b', 1, 6],
      ['root', 6, 7],
      ['c', 7, 9],
      ['root', 9, 10],
    ]);
  });

  test('follows what touches exactly', () => {
    const run = made({ root: ['', 0, 6], a: ['root', 0, 2], b: ['root', 2, 4], c: ['root', 4, 6] });
    expect(pathOf(run)).toEqual([
      ['a', 0, 2],
      ['b', 2, 4],
      ['c', 4, 6],
    ]);
  });

  test('goes through work that outlives the span that started it, where something above waited', () => {
    const run = made({
      root: ['', 0, 10],
      spawn: ['root', 1, 2],
      agent: ['spawn', 1.5, 9],
    });
    expect(pathOf(run)).toEqual([
      ['root', 0, 1],
      ['spawn', 1, 1.5],
      ['agent', 1.5, 9],
      ['root', 9, 10],
    ]);
    expect(outlivingOf(run.dependencies, run.tree.parent)).toEqual([run.no('agent')]);
  });

  test('several roots, a pause between them, and one that nobody waited for', () => {
    const run = made({ one: ['', 0, 2], two: ['', 5, 8], late: ['two', 6, 9] });
    expect(pathOf(run)).toEqual([
      ['one', 0, 2],
      ['-', 2, 5],
      ['two', 5, 6],
      ['late', 6, 9],
    ]);
  });

  test('begins and ends with the run, also where no span does', () => {
    const run = made({ root: ['', 50, 55] }, [0, 100]);
    expect(pathOf(run)).toEqual([
      ['-', 0, 50],
      ['root', 50, 55],
      ['-', 55, 100],
    ]);
    expect(savingOf(run.dependencies, run.tree, () => true) / 1e6).toBe(5);
    expect(slackOf(run.dependencies)[0]).toBe(0);
    expect(floorOf(run.columns, run.dependencies).wallUs / 1e6).toBe(100);
    expect(pathOf(made({}, [0, 3]))).toEqual([['-', 0, 3]]);
    // Clocks differ: a span that began before its run is in the run's time.
    expect(pathOf(made({ root: ['', 0, 4] }, [1, 3]))).toEqual([['root', 0, 4]]);
  });

  test('a link says what was waited for, wherever it ran', () => {
    const run = made({
      left: ['', 0, 8],
      producer: ['left', 1, 5],
      right: ['', 0, 9.5],
      consumer: ['right', 5.5, 9, 'task', 'producer'],
    });
    expect(pathOf(run)).toEqual([
      ['left', 0, 1],
      ['producer', 1, 5],
      ['right', 5, 5.5],
      ['consumer', 5.5, 9],
      ['right', 9, 9.5],
    ]);
  });

  test('a moment that takes no time is nothing that others waited for', () => {
    const run = made({ root: ['', 0, 4], a: ['root', 0, 4], mark: ['root', 3, 3], last: ['', 9, 9] });
    expect(pathOf(run)).toEqual([
      ['a', 0, 4],
      ['-', 4, 9],
    ]);
    expect(savingOf(run.dependencies, run.tree, (no) => no === run.no('a')) / 1e6).toBe(4);
    expect(pathOf(made({ one: ['', 1, 1], two: ['', 3, 3] }))).toEqual([['-', 1, 3]]);
  });

  test('a chain ten thousand deep, and nothing at all', () => {
    const depth = 10_000;
    const deep = made(
      Object.fromEntries(
        Array.from({ length: depth }, (_, at) => [
          `s${at}`,
          [at === 0 ? '' : `s${at - 1}`, at / 1e3, 100 - at / 1e3],
        ]),
      ),
    );
    expect(criticalPathOf(deep.dependencies).segments.length).toBe(2 * depth - 1);
    expect(criticalPathOf(made({}).dependencies).segments).toEqual([]);
    expect(floorOf(made({}).columns, made({}).dependencies).wallUs).toBe(0);
  });
});

describe('slack', () => {
  test('is how much later a span could have ended', () => {
    const run = made({ root: ['', 0, 10], a: ['root', 1, 4], b: ['root', 1, 6], c: ['root', 7, 9] });
    const slack = slackOf(run.dependencies);
    const of = (id: string): number => slack[run.no(id)]! / 1e6;
    expect(['root', 'a', 'b', 'c'].map(of)).toEqual([0, 2, 0, 0]);
  });

  test('inside a span that has slack itself', () => {
    const run = made({ root: ['', 0, 10], a: ['root', 0, 4], inner: ['a', 1, 2], b: ['root', 0, 10] });
    const slack = slackOf(run.dependencies);
    expect(slack[run.no('a')]! / 1e6).toBe(6);
    // Two seconds of `a` come after it.
    expect(slack[run.no('inner')]! / 1e6).toBe(6);
  });
});

describe('what if', () => {
  const run = made({
    root: ['', 0, 10],
    a: ['root', 1, 4],
    b: ['root', 1, 6],
    c: ['root', 7, 9],
  });
  const saving = (id: string, factor?: number): number =>
    savingOf(run.dependencies, run.tree, (no) => no === run.no(id), factor) / 1e6;

  test('a span that others wait for saves its time, up to what runs beside it', () => {
    expect(saving('b')).toBe(2);
    expect(saving('b', 0.5)).toBe(2);
    expect(saving('b', 0.9)).toBeCloseTo(0.5, 6);
    expect(saving('c')).toBe(2);
    expect(saving('a')).toBe(0);
    expect(saving('root')).toBe(10);
  });

  test('both of two that run side by side save more than either', () => {
    const both = savingOf(run.dependencies, run.tree, (no) => no === run.no('a') || no === run.no('b'));
    expect(both / 1e6).toBe(5);
  });

  test('a factor that is none is an error', () => {
    expect(() => saving('b', 2)).toThrow(RangeError);
    expect(() => saving('b', Number.NaN)).toThrow(RangeError);
  });
});

describe('the floor', () => {
  test('agents in line start with their wave, what follows the wave waits for all of it', () => {
    // Two workers, three agents of 3, 4 and 5 seconds, and a summary.
    const run = made({
      root: ['', 0, 10],
      a: ['root', 0, 3, 'agent'],
      b: ['root', 0, 4, 'agent'],
      c: ['root', 3, 8, 'agent'],
      sum: ['root', 8, 10, 'llm'],
    });
    const { wallUs, waves, path } = floorOf(run.columns, run.dependencies);
    expect(wallUs / 1e6).toBe(7);
    expect(waves.queuedUs[run.no('c')]! / 1e6).toBe(3);
    expect(path.segments.map(({ no }) => run.run.spans[no]!.spanId)).toEqual(['c', 'sum']);
  });

  test('agents one after the other stay so: each may need what the one before found', () => {
    const run = made({ root: ['', 0, 6], a: ['root', 0, 3, 'agent'], b: ['root', 3, 6, 'agent'] });
    expect(floorOf(run.columns, run.dependencies).wallUs / 1e6).toBe(6);
  });

  test('a second wave starts after the whole first one', () => {
    const run = made({
      root: ['', 0, 9],
      a: ['root', 0, 3, 'agent'],
      b: ['root', 0, 4, 'agent'],
      c: ['root', 5, 7, 'agent'],
      d: ['root', 6, 9, 'agent'],
    });
    // Its second agent was started a second after the first, by whoever started it.
    expect(floorOf(run.columns, run.dependencies).wallUs / 1e6).toBe(9);
  });
});

/** When runs begin and end by their own word: before, within or after what their spans say, or nowhere. */
const said = fc.option(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.nat(80)), { nil: undefined });

/** Random forests of spans whose times say anything. */
const forests = fc
  .tuple(
    fc.array(
      fc.record({
        up: fc.nat(),
        from: fc.nat(40),
        length: fc.oneof(fc.constant(0), fc.nat(20)),
        kind: fc.constantFrom('agent', 'llm', 'tool', 'stage', 'task'),
      }),
      { minLength: 1, maxLength: 25 },
    ),
    said,
  )
  .map(([list, ofRun]) =>
    made(
      Object.fromEntries(
        list.map(({ up, from, length, kind }, at) => [
          `s${at}`,
          [at === 0 || up % 4 === 0 ? '' : `s${up % at}`, from, from + length, kind],
        ]),
      ),
      ofRun,
    ),
  );

describe('for every run', () => {
  test('segments of the path are exactly the time of the run', () => {
    fc.assert(
      fc.property(forests, ({ run, dependencies }) => {
        const { segments, onPathUs } = criticalPathOf(dependencies);
        expect(dependencies.fromUs).toBe(Math.min(run.startUs, ...dependencies.startUs));
        expect(dependencies.toUs).toBe(Math.max(run.endUs ?? 0, ...dependencies.endUs));
        let at = dependencies.fromUs;
        for (const { fromUs, toUs } of segments) {
          expect(fromUs).toBe(at);
          expect(toUs).toBeGreaterThan(fromUs);
          at = toUs;
        }
        if (dependencies.toUs > dependencies.fromUs) expect(at).toBe(dependencies.toUs);
        const slack = slackOf(dependencies);
        // A span may be on the path only until it started what outlives it: its own end may then wait.
        for (const { no, toUs } of segments)
          if (no >= 0 && toUs === dependencies.endUs[no]) expect(slack[no]).toBe(0);
        const sum = onPathUs.reduce((total, us) => total + us, 0);
        expect(sum).toBeLessThanOrEqual(dependencies.toUs - dependencies.fromUs);
      }),
    );
  });

  test('played again without a change everything happens when it did', () => {
    fc.assert(
      fc.property(forests, ({ dependencies }) => {
        const { startUs, endUs, toUs } = scheduleOf(dependencies);
        expect(startUs).toEqual(dependencies.startUs);
        expect(endUs).toEqual(dependencies.endUs);
        expect(toUs).toBe(dependencies.toUs);
      }),
    );
  });

  test('what a span saves is never negative and never more than the span, and nothing where it is off the path', () => {
    fc.assert(
      fc.property(forests, fc.nat(), fc.constantFrom(0, 0.25, 0.5, 1), (run, pick, factor) => {
        const { dependencies, tree } = run;
        const chosen = pick % dependencies.count;
        const saving = savingOf(dependencies, tree, (no) => no === chosen, factor);
        const length = dependencies.endUs[chosen]! - dependencies.startUs[chosen]!;
        expect(saving).toBeGreaterThanOrEqual(0);
        expect(saving).toBeLessThanOrEqual(length * (1 - factor));
      }),
    );
  });

  test('a span that takes longer by its slack makes the run no longer, and by more it does', () => {
    fc.assert(
      fc.property(forests, fc.nat(), ({ dependencies }, pick) => {
        const { count, startUs, endUs, startedIn, endedIn } = dependencies;
        const no = pick % count;
        const length = endUs[no]! - startUs[no]!;
        // Of a span with something inside, only its own work would take longer.
        fc.pre(length > 0 && !startedIn.includes(no) && !endedIn.includes(no));
        const slack = slackOf(dependencies)[no]!;
        const longer = (us: number): number => {
          const scale = new Float64Array(count).fill(1);
          scale[no] = (length + us) / length;
          return scheduleOf(dependencies, { scale }).toUs - dependencies.toUs;
        };
        expect(longer(slack)).toBeLessThan(1);
        expect(longer(slack + 1e6)).toBeGreaterThan(0.99e6);
      }),
    );
  });

  test('the floor is between the longest agent and the run', () => {
    fc.assert(
      fc.property(forests, ({ columns, dependencies }) => {
        const { wallUs } = floorOf(columns, dependencies);
        expect(wallUs).toBeLessThanOrEqual(dependencies.toUs - dependencies.fromUs);
      }),
    );
  });
});
