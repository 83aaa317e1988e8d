import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoRun } from '../../dev/sample-runs.ts';
import { HEAD_PX, MINIMAP_PX } from './frame.ts';
import { intentOf, pinched, wheelIntent, zoneAt } from './gestures.ts';
import { sceneOf } from './scene.ts';
import { usAt } from './view.ts';

const run = demoRun(false);
const scene = sceneOf(run.columns, run.header, run.header.lastUs);
const { extent } = scene;
const width = extent.toUs - extent.fromUs;
const frame = {
  scene,
  view: { fromUs: extent.fromUs + width * 0.25, toUs: extent.fromUs + width * 0.5 },
  openEndUs: extent.toUs,
  gutterPx: 150,
  widthPx: 1030,
};

it('knows the zones of the canvas', () => {
  // The minimap shows 103 % of the run: a quarter of the run is 250 px of 1030.
  expect(zoneAt(frame, 150 + 250, 10)).toBe('minimap-left');
  expect(zoneAt(frame, 150 + 500, 10)).toBe('minimap-right');
  expect(zoneAt(frame, 150 + 375, 10)).toBe('minimap-view');
  expect(zoneAt(frame, 150 + 800, 10)).toBe('minimap');
  expect(zoneAt(frame, 400, MINIMAP_PX + 2)).toBe('ruler');
  expect(zoneAt(frame, 400, HEAD_PX + 2)).toBe('rows');
  expect(zoneAt(frame, 151, HEAD_PX + 2)).toBe('gutter-edge');
  expect(zoneAt(frame, 60, HEAD_PX + 2)).toBe('gutter');
});

describe('a drag', () => {
  const start = { zone: 'rows', button: 0, shift: false, space: false, touch: false } as const;

  it('selects an area, and time on the ruler', () => {
    expect(intentOf(start)).toBe('area');
    expect(intentOf({ ...start, zone: 'ruler' })).toBe('time');
  });

  it('pans with shift, space, the middle button and a finger', () => {
    expect(intentOf({ ...start, shift: true })).toBe('pan');
    expect(intentOf({ ...start, space: true })).toBe('pan');
    expect(intentOf({ ...start, button: 1 })).toBe('pan');
    expect(intentOf({ ...start, touch: true })).toBe('pan');
  });

  it('moves the minimap’s window and its edges, by touch too', () => {
    expect(intentOf({ ...start, zone: 'minimap-left', touch: true })).toBe('view-left');
    expect(intentOf({ ...start, zone: 'minimap-right' })).toBe('view-right');
    expect(intentOf({ ...start, zone: 'minimap' })).toBe('view-move');
  });

  it('leaves the secondary button to the browser', () => {
    expect(intentOf({ ...start, button: 2 })).toBe('none');
    expect(intentOf({ ...start, zone: 'minimap-view', button: 1 })).toBe('none');
  });
});

describe('a wheel', () => {
  const wheel = { deltaX: 0, deltaY: 100, deltaMode: 0, ctrl: false, shift: false };

  it('scrolls, zooms with ctrl, pans with shift or sideways', () => {
    expect(wheelIntent(wheel)).toEqual({ kind: 'scroll' });
    expect(wheelIntent({ ...wheel, shift: true })).toEqual({ kind: 'pan', px: 100 });
    // Chromium turns shift and wheel into a sideways wheel itself.
    expect(wheelIntent({ ...wheel, deltaX: 100, deltaY: 0, shift: true })).toEqual({ kind: 'pan', px: 100 });
    expect(wheelIntent({ ...wheel, deltaX: -120, deltaY: 10 })).toEqual({ kind: 'pan', px: -120 });
    expect(wheelIntent({ ...wheel, ctrl: true })).toMatchObject({ kind: 'zoom' });
  });

  it('zooms as far in as out, in any unit, and never more than by a factor of two at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(0, 1, 2), (deltaY, deltaMode) => {
        const there = wheelIntent({ ...wheel, deltaY, deltaMode, ctrl: true });
        const back = wheelIntent({ ...wheel, deltaY: -deltaY, deltaMode, ctrl: true });
        if (there.kind !== 'zoom' || back.kind !== 'zoom') throw new Error('not a zoom');
        expect(there.factor * back.factor).toBeCloseTo(1);
        expect(there.factor).toBeLessThan(2);
        expect(there.factor > 1).toBe(deltaY > 0);
      }),
    );
  });
});

it('two fingers keep the times under them', () => {
  const view = { fromUs: 1.7e15, toUs: 1.7e15 + 1e6 };
  const next = pinched(view, 1000, [400, 600], [300, 800]);
  expect(usAt(next, 1000, 300)).toBeCloseTo(usAt(view, 1000, 400), 0);
  expect(usAt(next, 1000, 800)).toBeCloseTo(usAt(view, 1000, 600), 0);
});
