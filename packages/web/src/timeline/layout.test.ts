import { ColumnBuilder, emptyColumns, type SpanColumns } from '@tacho/trace/model/columns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepRun, demoRun, largeRun, type SampleRun } from '../../dev/sample-runs.ts';
import { arrange, FLAME_PX, type Folding, HEADING_PX, ROW_PX } from './arrange.ts';
import { type Bars, DIM, FLAME, RUNNING, SUMMARY, TORN } from './bars.ts';
import { hitAt } from './hit.ts';
import { type LayoutRequest, layoutBars, rectOf } from './layout.ts';
import { COLOR_MASK, ERROR_COLOR } from './paint.ts';
import { openEndOf, sceneOf } from './scene.ts';
import { usAt, wholeView, xOf } from './view.ts';

const NOTHING: Folding = { closedStages: new Set(), openLanes: new Set() };

function requestOf(run: SampleRun, change: Partial<LayoutRequest> = {}, folding = NOTHING): LayoutRequest {
  const scene = sceneOf(run.columns, run.header, run.header.lastUs);
  return {
    strips: scene.strips,
    blocks: scene.blocks,
    arrangement: arrange(scene.layout.lanes, scene.groups, scene.strips, folding),
    view: wholeView(scene.extent, false),
    widthPx: 1200,
    heightPx: 800,
    scrollTop: 0,
    openEndUs: openEndOf(scene, run.header.lastUs),
    live: scene.live,
    pixelRatio: 1,
    bright: null,
    ...change,
  };
}

const all = (bars: Bars, column: 'merged' | 'flags' | 'span'): number[] => [
  ...bars[column].subarray(0, bars.count),
];

/** One lane of calls: `[gap, length]` in ms. */
function calls(pieces: readonly (readonly [gap: number, length: number, failed?: boolean])[]): SampleRun {
  const builder = new ColumnBuilder(emptyColumns(pieces.length + 1));
  let at = 1.7e15;
  pieces.forEach(([gap, length, failed], no) => {
    const startUs = at + gap * 1000;
    at = startUs + length * 1000;
    builder.set({
      no,
      parent: -1,
      name: `call ${no}`,
      kind: 'llm',
      status: failed ? 'error' : 'ok',
      startUs,
      endUs: at,
      tokens: 0,
      flags: 0,
      ...(failed && { error: 'TypeError: no' }),
    });
  });
  return { columns: builder.columns, header: { status: 'ok', startUs: 1.7e15, lastUs: at } };
}

describe('bars', () => {
  it('stand for every span in the window exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400), fc.nat(400), fc.boolean()), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 2, 3),
        fc.integer({ min: 50, max: 2000 }),
        (pieces, pixelRatio, widthPx) => {
          const run = calls(pieces);
          const bars = layoutBars(requestOf(run, { pixelRatio, widthPx }));
          expect(all(bars, 'merged').reduce((sum, count) => sum + count, 0)).toBe(pieces.length);
        },
      ),
    );
  });

  it('keep errors visible, however many spans share a pixel', () => {
    const pieces = Array.from({ length: 5000 }, (_, at) => [1, 1, at === 2500] as const);
    const bars = layoutBars(requestOf(calls(pieces), { widthPx: 300 }));
    const red = [...Array(bars.count).keys()].filter(
      (bar) => (bars.paint[bar]! & COLOR_MASK) === ERROR_COLOR,
    );
    expect(bars.count).toBeLessThan(700);
    expect(red).toHaveLength(1);
    expect(bars.width[red[0]!]).toBeGreaterThanOrEqual(2);
    expect(bars.span[red[0]!]).toBe(2500);
  });

  it('are only those in the window', () => {
    const run = calls(Array.from({ length: 100 }, () => [0, 1000] as const));
    const view = { fromUs: 1.7e15 + 10.5e6, toUs: 1.7e15 + 12.5e6 };
    expect(all(layoutBars(requestOf(run, { view })), 'span')).toEqual([10, 11, 12]);
  });

  it('lie on whole device pixels', () => {
    const bars = layoutBars(requestOf(demoRun(false), { pixelRatio: 2 }));
    for (let bar = 0; bar < bars.count; bar++) expect(Number.isInteger(bars.x[bar]! * 2)).toBe(true);
  });

  it('run up to now in a live run and are torn off in one that is over', () => {
    const live = layoutBars(requestOf(demoRun(true)));
    expect(all(live, 'flags').some((flags) => flags & RUNNING)).toBe(true);
    expect(all(live, 'flags').some((flags) => flags & TORN)).toBe(false);
    const { columns, header } = demoRun(true);
    const over = layoutBars(requestOf({ columns, header: { ...header, status: 'interrupted' } }));
    expect(all(over, 'flags').some((flags) => flags & RUNNING)).toBe(false);
    expect(all(over, 'flags').some((flags) => flags & TORN)).toBe(true);
  });

  it('are dimmed unless they are among the bright', () => {
    const run = demoRun(false);
    const bright = new Uint8Array(run.columns.count);
    bright[5] = 1;
    const bars = layoutBars(requestOf(run, { bright }));
    for (let bar = 0; bar < bars.count; bar++) {
      expect((bars.flags[bar]! & DIM) === 0).toBe(bars.span[bar] === 5);
    }
  });

  it('of a hundred thousand spans are a few thousand', () => {
    const bars = layoutBars(requestOf(largeRun(100_000)));
    expect(bars.count).toBeGreaterThan(2000);
    expect(bars.count).toBeLessThan(20_000);
  });

  it('of an empty run are none', () => {
    expect(layoutBars(requestOf(calls([]))).count).toBe(0);
  });
});

describe('an opened lane', () => {
  it('gives each level a line, and lays out only the lines in the window', () => {
    const run = deepRun(10_000);
    const { columns } = run;
    const openLanes = new Set([sceneOf(columns, run.header, run.header.lastUs).layout.lanes[0]!.key]);
    const request = requestOf(run, { scrollTop: 90_000 }, { closedStages: new Set(), openLanes });
    expect(request.arrangement.heightPx).toBeGreaterThan(10_000 * FLAME_PX);
    const bars = layoutBars(request);
    expect(bars.count).toBeLessThanOrEqual(Math.ceil(request.heightPx / FLAME_PX) + 1);
    expect(all(bars, 'flags').every((flags) => flags & FLAME)).toBe(true);
    expect(bars.span[0]).toBe(90_000 / FLAME_PX);
  });
});

describe('a closed stage', () => {
  it('takes one heading and shows its lanes in it', () => {
    const run = demoRun(false);
    const stage = [...run.columns.kind].indexOf(4, 3);
    const request = requestOf(run, {}, { closedStages: new Set([stage]), openLanes: new Set() });
    const band = request.arrangement.bands.find((found) => found.kind === 'stage' && found.stage === stage)!;
    expect(band.height).toBe(HEADING_PX);
    const bars = layoutBars(request);
    const inside = all(bars, 'flags').filter((flags) => flags & SUMMARY);
    expect(inside.length).toBeGreaterThanOrEqual(9);
  });
});

describe('hits', () => {
  const middles = (columns: SpanColumns, request: LayoutRequest) =>
    [...Array(columns.count).keys()].flatMap((no) => {
      const rect = rectOf(request, no);
      return rect && rect.width >= 8 && (request.strips.paint[request.strips.position[no]!]! & 16) === 0
        ? [{ no, x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }]
        : [];
    });

  it('find the span in the middle of its bar, wherever the window is', () => {
    const run = demoRun(false);
    for (const scrollTop of [0, 137, 400]) {
      const request = requestOf(run, { scrollTop });
      const found = middles(run.columns, request);
      expect(found.length).toBeGreaterThan(100);
      for (const { no, x, y } of found) expect(hitAt(request, x, y)).toMatchObject({ kind: 'span', no });
    }
  });

  it('find what the bar at that place stands for', () => {
    const run = largeRun(20_000);
    const request = requestOf(run);
    const bars = layoutBars(request);
    for (let bar = 0; bar < bars.count; bar += 7) {
      const y = bars.y[bar]! + bars.height[bar]! / 2;
      expect(hitAt(request, bars.x[bar]! + bars.width[bar]! / 2, y).kind).toBe('span');
    }
  });

  it('prefer an error among spans narrower than the pointer', () => {
    const pieces = Array.from({ length: 2000 }, (_, at) => [1, 1, at === 1000] as const);
    const request = requestOf(calls(pieces), { widthPx: 400 });
    const rect = rectOf(request, 1000)!;
    const hit = hitAt(request, rect.x + 1, rect.y + 4);
    expect(hit).toMatchObject({ kind: 'span', no: 1000 });
    expect(hit.kind === 'span' && hit.merged).toBeGreaterThan(5);
  });

  it('find the lane beside its bars, the heading of a stage, and nothing below the last lane', () => {
    const run = demoRun(false);
    const request = requestOf(run);
    const { bands } = request.arrangement;
    const lane = bands.findIndex((band) => band.kind === 'lane' && band.stage >= 0);
    const heading = bands.findIndex((band) => band.kind === 'stage');
    const far = xOf(request.view, request.widthPx, usAt(request.view, request.widthPx, 1199));
    expect(hitAt(request, far, bands[lane]!.top + ROW_PX / 2)).toEqual({ kind: 'lane', band: lane });
    expect(hitAt(request, far, bands[heading]!.top + 2)).toEqual({ kind: 'stage', band: heading });
    expect(hitAt(request, 10, request.arrangement.heightPx + 5)).toEqual({ kind: 'nothing' });
  });
});
