import { endAt } from '@tacho/trace/analysis/extent';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoRun } from '../../dev/sample-runs.ts';
import { lanesBetween, spansIn, stretchOf } from './area.ts';
import { AREA_GROUPINGS, areaFigures, areaRows, sortRows } from './area-rows.ts';
import { arrange } from './arrange.ts';
import { sceneOf } from './scene.ts';

const run = demoRun(true);
const nowUs = run.header.lastUs;
const scene = sceneOf(run.columns, run.header, nowUs);
const arrangement = arrange(scene.layout.lanes, scene.groups, scene.strips, {
  closedStages: new Set(),
  openLanes: new Set(),
});
const { columns, layout, extent } = scene;
const everyLane = new Set(layout.lanes.map(({ key }) => key));
const numbers = [...Array(columns.count).keys()];

describe('an area', () => {
  it('holds exactly the spans that touch it', () => {
    fc.assert(
      fc.property(fc.nat(240e6), fc.nat(240e6), fc.subarray([...everyLane]), (one, two, keys) => {
        const area = {
          fromUs: extent.fromUs + Math.min(one, two),
          toUs: extent.fromUs + Math.max(one, two),
          lanes: new Set(keys),
        };
        const expected = numbers.filter(
          (no) =>
            area.lanes.has(layout.lanes[layout.lane[no]!]!.key) &&
            columns.startUs[no]! < area.toUs &&
            endAt(columns, no, nowUs) > area.fromUs,
        );
        expect(spansIn(scene, area, nowUs).sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  it('takes the lanes that it touches, and finds its place again', () => {
    const lanes = arrangement.bands.filter((band) => band.kind === 'lane' && band.stage >= 0);
    const [first, second] = [lanes[0]!, lanes[1]!];
    const keys = lanesBetween(scene, arrangement, first.top + 5, second.top + 5);
    expect([...keys]).toEqual([first.lane, second.lane].map((lane) => layout.lanes[lane]!.key));
    expect(stretchOf(scene, arrangement, keys)).toEqual({
      top: first.top,
      bottom: second.top + second.height,
    });
    expect(stretchOf(scene, arrangement, new Set())).toBeNull();
  });
});

describe('its table', () => {
  const figures = areaFigures(columns, scene.tree, nowUs);

  it('counts every span once, by any grouping, and adds up to the same', () => {
    for (const grouping of AREA_GROUPINGS) {
      const rows = areaRows(columns, figures, numbers, grouping, nowUs);
      const sum = (pick: (row: (typeof rows)[number]) => number): number =>
        rows.reduce((total, row) => total + pick(row), 0);
      expect(sum((row) => row.count)).toBe(columns.count);
      expect(sum((row) => row.tokens)).toBe(figures.tokens.reduce((total, value) => total + value, 0));
      expect(sum((row) => row.errors)).toBe(2);
      expect(new Set(rows.flatMap((row) => row.spans)).size).toBe(columns.count);
    }
  });

  it('tells unknown cost from none', () => {
    const rows = areaRows(columns, figures, numbers, 'kind', nowUs);
    expect(rows.find((row) => row.key === 'llm')!.costUsd).toBeGreaterThan(0);
    expect(rows.find((row) => row.key === 'tool')!.costUsd).toBeNull();
  });

  it('has quantiles between the shortest and the longest', () => {
    const [row] = areaRows(columns, figures, numbers.slice(10, 60), 'kind', nowUs);
    expect(row!.p50Us).toBeLessThanOrEqual(row!.p95Us);
    expect(row!.p95Us).toBeLessThanOrEqual(row!.totalUs);
  });

  it('sorts by any column, unknown costs last in both directions', () => {
    const rows = areaRows(columns, figures, numbers, 'kind', nowUs);
    expect(sortRows(rows, 'key', false).map((row) => row.key)).toEqual(rows.map((row) => row.key).sort());
    for (const descending of [true, false]) {
      const costs = sortRows(rows, 'costUsd', descending).map((row) => row.costUsd);
      const firstUnknown = costs.indexOf(null);
      expect(costs.slice(firstUnknown).every((cost) => cost === null)).toBe(true);
    }
    const counts = sortRows(rows, 'count', true).map((row) => row.count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });
});
