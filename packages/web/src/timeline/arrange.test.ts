import type { Lane } from '@tacho/trace/analysis/lanes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoRun } from '../../dev/sample-runs.ts';
import {
  type Arrangement,
  anchoredScroll,
  arrange,
  bandAt,
  HEADING_PX,
  stickyHeading,
  workingScroll,
} from './arrange.ts';
import { groupLanes } from './order.ts';
import { sceneOf } from './scene.ts';

const lane = (key: string, stage: number): Lane => ({
  key,
  kind: 'agent',
  name: key,
  agent: -1,
  stage,
  rows: 1,
  firstUs: 0,
});

const run = demoRun(false);
const scene = sceneOf(run.columns, run.header, run.header.lastUs);
const arranged = (closed: readonly number[] = [], open: readonly string[] = []): Arrangement =>
  arrange(scene.layout.lanes, scene.groups, scene.strips, {
    closedStages: new Set(closed),
    openLanes: new Set(open),
  });
const stageNo = (arrangement: Arrangement, nth: number): number =>
  arrangement.bands.filter((band) => band.kind === 'stage')[nth]!.stage;

describe('the order of lanes', () => {
  it('keeps every lane in its place and adds newcomers at the end of their stage', () => {
    const first = groupLanes([lane('root', -1), lane('a', 1), lane('b', 1), lane('x', 2)]);
    // The analysis now has another order: c began before a, and a third stage stands before the second.
    const lanes = [lane('root', -1), lane('c', 1), lane('b', 1), lane('a', 1), lane('z', 3), lane('x', 2)];
    const second = groupLanes(lanes, first.order);
    const keys = second.groups.map((group) => group.lanes.map((index) => lanes[index]!.key));
    expect(keys).toEqual([['root'], ['a', 'b', 'c'], ['x'], ['z']]);
  });

  it('puts what belongs to no stage first', () => {
    const { groups } = groupLanes([lane('a', 1), lane('late', -1)]);
    expect(groups.map((group) => group.stage)).toEqual([-1, 1]);
  });
});

describe('following the work', () => {
  const live = demoRun(true);
  const now = sceneOf(live.columns, live.header, live.header.lastUs);
  const arrangement = arrange(now.layout.lanes, now.groups, now.strips, {
    closedStages: new Set(),
    openLanes: new Set(),
  });

  it('scrolls to the stage at work when it is out of sight, and then stays', () => {
    const top = workingScroll(arrangement, now.strips, 0, 300)!;
    expect(top).toBeGreaterThan(0);
    expect(workingScroll(arrangement, now.strips, top, 300)).toBeUndefined();
    expect(workingScroll(arrangement, now.strips, 0, arrangement.heightPx)).toBeUndefined();
  });

  it('has nowhere to go in a run that is over', () => {
    expect(workingScroll(arranged(), scene.strips, 0, 300)).toBeUndefined();
  });
});

describe('bands', () => {
  it('follow each other without gaps, in any folding', () => {
    const keys = scene.layout.lanes.map(({ key }) => key);
    const stages = arranged()
      .bands.filter((band) => band.kind === 'stage')
      .map((band) => band.stage);
    fc.assert(
      fc.property(fc.subarray(stages), fc.subarray(keys), (closed, open) => {
        const { bands, heightPx } = arranged(closed, open);
        let top = 0;
        for (const band of bands) {
          expect(band.top).toBe(top);
          expect(band.height).toBeGreaterThan(0);
          top += band.height;
        }
        expect(heightPx).toBe(top);
      }),
    );
  });

  it('are found by height', () => {
    const arrangement = arranged();
    for (const [index, band] of arrangement.bands.entries()) {
      expect(bandAt(arrangement, band.top)).toBe(index);
      expect(bandAt(arrangement, band.top + band.height - 0.5)).toBe(index);
    }
    expect(bandAt(arrangement, -1)).toBe(-1);
    expect(bandAt(arrangement, arrangement.heightPx)).toBe(-1);
  });

  it('show a stage’s own work in its heading', () => {
    const { bands } = arranged();
    const discovery = bands.find((band) => band.kind === 'stage')!;
    expect(scene.layout.lanes[discovery.lane]!.kind).toBe('stage');
    expect(bands.some((band) => band.kind === 'lane' && band.lane === discovery.lane)).toBe(false);
  });
});

describe('scrolling', () => {
  const { lanes } = scene.layout;

  it('stays on the row under the pointer when something above it closes', () => {
    const before = arranged();
    const after = arranged([stageNo(before, 1)]);
    const y = 200;
    const under = before.bands[bandAt(before, 300 + y)]!;
    const scrollTop = anchoredScroll({ arrangement: before, lanes }, { arrangement: after, lanes }, 300, y);
    const same = after.bands.find((band) => band.kind === under.kind && band.lane === under.lane)!;
    expect(same.top - scrollTop).toBe(under.top - 300);
    expect(scrollTop).toBeLessThan(300);
  });

  it('stays where it was when nothing above has changed, or the row is gone', () => {
    const before = arranged();
    const after = arranged([stageNo(before, 1)]);
    const inClosed = before.bands.findIndex(
      (band) => band.stage === stageNo(before, 1) && band.kind === 'lane',
    );
    const y = before.bands[inClosed]!.top + 3;
    expect(anchoredScroll({ arrangement: before, lanes }, { arrangement: after, lanes }, 0, y)).toBe(0);
    expect(anchoredScroll({ arrangement: before, lanes }, { arrangement: before, lanes }, 50, 80)).toBe(50);
  });
});

describe('the heading that stays', () => {
  const arrangement = arranged();
  const headings = arrangement.bands.filter((band) => band.kind === 'stage');

  it('is that of the first visible lane, and none before the first stage', () => {
    expect(stickyHeading(arrangement, 0)).toBeUndefined();
    const heading = headings[1]!;
    const sticky = stickyHeading(arrangement, heading.top + 60)!;
    expect(arrangement.bands[sticky.index]).toBe(heading);
    expect(sticky.top).toBe(0);
  });

  it('is pushed out by the next one', () => {
    const next = headings[2]!;
    const sticky = stickyHeading(arrangement, next.top - 10)!;
    expect(arrangement.bands[sticky.index]).toBe(headings[1]);
    expect(sticky.top).toBe(10 - HEADING_PX);
    expect(stickyHeading(arrangement, next.top)).toBeUndefined();
  });
});
