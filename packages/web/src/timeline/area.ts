import type { Arrangement } from './arrange.ts';
import type { Scene } from './scene.ts';
import { firstAfter } from './strips.ts';
import type { TimeRange } from './view.ts';

/** A selected area: a stretch of time in some lanes. Lanes by key, so that it stays on them when rows move. */
export type Area = TimeRange & { readonly lanes: ReadonlySet<string> };

/** Keys of the lanes that a vertical stretch (content pixels) touches; a stage's heading stands for its lanes when closed. */
export function lanesBetween(
  scene: Scene,
  arrangement: Arrangement,
  top: number,
  bottom: number,
): Set<string> {
  const keys = new Set<string>();
  const add = (lane: number): void => {
    if (lane >= 0) keys.add(scene.layout.lanes[lane]!.key);
  };
  for (const band of arrangement.bands) {
    if (band.top + band.height <= top) continue;
    if (band.top >= bottom) break;
    if (band.kind === 'stage' && band.closed) band.lanes.forEach(add);
    else add(band.lane);
  }
  return keys;
}

/** The vertical stretch (content pixels) that an area's lanes take up; null when none is in the arrangement. */
export function stretchOf(
  scene: Scene,
  arrangement: Arrangement,
  lanes: ReadonlySet<string>,
): { top: number; bottom: number } | null {
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  const has = (lane: number): boolean => lane >= 0 && lanes.has(scene.layout.lanes[lane]!.key);
  for (const band of arrangement.bands) {
    if (!has(band.lane) && !(band.kind === 'stage' && band.closed && band.lanes.some(has))) continue;
    top = Math.min(top, band.top);
    bottom = Math.max(bottom, band.top + band.height);
  }
  return top < bottom ? { top, bottom } : null;
}

/** Numbers of the spans that touch the area, by lane and start. */
export function spansIn(scene: Scene, area: Area, openEndUs: number): number[] {
  const { strips, layout } = scene;
  const found: number[] = [];
  for (const [lane, { key }] of layout.lanes.entries()) {
    if (!area.lanes.has(key)) continue;
    const from = strips.rowFirst[strips.laneFirst[lane]!]!;
    const to = strips.rowFirst[strips.laneFirst[lane + 1]!]!;
    for (let strip = from; strip < to; strip++) {
      const end = strips.first[strip + 1]!;
      const low = firstAfter(strips.endUs, strips.first[strip]!, end, area.fromUs);
      for (let at = low; at < end && strips.startUs[at]! < area.toUs; at++) {
        if (strips.endUs[at] === Number.POSITIVE_INFINITY && openEndUs <= area.fromUs) continue;
        found.push(strips.spans[at]!);
      }
    }
  }
  return found;
}
