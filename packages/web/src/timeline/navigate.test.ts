import { expect, it } from 'vitest';
import { demoRun, emptyRun, failedRun } from '../../dev/sample-runs.ts';
import { arrange } from './arrange.ts';
import { type Step, stepFrom } from './navigate.ts';
import { sceneOf } from './scene.ts';

function ground(run: ReturnType<typeof demoRun>) {
  const scene = sceneOf(run.columns, run.header, run.header.lastUs);
  const folding = { closedStages: new Set<number>(), openLanes: new Set<string>() };
  return { ...scene, arrangement: arrange(scene.layout.lanes, scene.groups, scene.strips, folding) };
}
const demo = ground(demoRun(false));
const step = (from: number | null, to: Step) => stepFrom(demo, from, to);

it('begins at the first span in sight, and nowhere in an empty run', () => {
  expect(step(null, 'next')).toBe(0);
  expect(stepFrom(ground(emptyRun(false)), null, 'next')).toBeNull();
});

it('goes along a lane and back, and stops at its ends', () => {
  const agent = [...demo.columns.kind].indexOf(1);
  const first = step(agent, 'child')!;
  const second = step(first, 'next')!;
  expect(demo.columns.startUs[second]).toBeGreaterThan(demo.columns.startUs[first]!);
  expect(step(second, 'previous')).toBe(first);
  expect(step(first, 'previous')).toBeNull();
});

it('goes up to the parent and stops at the root', () => {
  const agent = [...demo.columns.kind].indexOf(1);
  expect(step(step(agent, 'child')!, 'parent')).toBe(agent);
  expect(step(0, 'parent')).toBeNull();
});

it('visits every error once and begins again', () => {
  const all = ground(failedRun());
  const seen: number[] = [];
  let at: number | null = null;
  for (let count = 0; count < all.columns.count; count++) {
    at = stepFrom(all, at, 'next-error')!;
    seen.push(at);
  }
  expect(new Set(seen).size).toBe(all.columns.count);
  expect(stepFrom(all, at, 'next-error')).toBe(seen[0]);
  expect(stepFrom(all, seen[5]!, 'previous-error')).toBe(seen[4]);
  expect(stepFrom(all, seen[0]!, 'previous-error')).toBe(seen.at(-1));
});
