import type { Lane } from '@tacho/trace/analysis/lanes';
import type { LaneGroup } from './order.ts';
import { isSlim, levelsOf, type Strips } from './strips.ts';

export const ROW_PX = 20;
/** A row of what overlapped inside the row above it. */
export const SLIM_PX = 11;
/** A row of a lane that is opened into a flame graph: one line for each level. */
export const FLAME_PX = 18;
export const HEADING_PX = 26;
const HEADING_PAD_PX = 3;
const EXPANDED_PAD_PX = 6;

/** One horizontal band: the heading of a stage, or a lane with its rows. Pixels from the top of the content. */
export type Band = { readonly top: number; readonly height: number } & (
  | {
      readonly kind: 'stage';
      readonly stage: number;
      /** The stage's own lane, -1 when it has none. */
      readonly lane: number;
      readonly open: boolean;
      readonly closed: boolean;
      /** All lanes of the group, its own included. */
      readonly lanes: readonly number[];
    }
  | { readonly kind: 'lane'; readonly lane: number; readonly stage: number; readonly open: boolean }
);

/** Everything's place from top to bottom. */
export type Arrangement = {
  readonly bands: readonly Band[];
  readonly heightPx: number;
  /** Top of each row (counted over all lanes as in Strips), NaN inside a closed stage. */
  readonly rowTop: Float64Array;
  /** Band by lane, -1 inside a closed stage. */
  readonly bandOfLane: Int32Array;
};

/** What the person opened and closed: stages by span number, lanes by key. */
export type Folding = { readonly closedStages: ReadonlySet<number>; readonly openLanes: ReadonlySet<string> };

/** Height of a row of a lane that is not opened. */
export function rowHeight(strips: Strips, lane: number, row: number): number {
  return isSlim(strips, lane, row) ? SLIM_PX : ROW_PX;
}

export function arrange(
  lanes: readonly Lane[],
  groups: readonly LaneGroup[],
  strips: Strips,
  folding: Folding,
): Arrangement {
  const bands: Band[] = [];
  const rowTop = new Float64Array(strips.rowFirst.length - 1).fill(Number.NaN);
  const bandOfLane = new Int32Array(lanes.length).fill(-1);
  let top = 0;
  for (const { stage, lanes: members } of groups) {
    const closed = stage >= 0 && folding.closedStages.has(stage);
    // The stage's own bar, and the work that belongs to it directly, stand in its heading.
    const own = members.find((lane) => lanes[lane]!.kind === 'stage') ?? -1;
    const rowsFrom = (lane: number, from: number): number => {
      let at = from;
      const open = folding.openLanes.has(lanes[lane]!.key);
      for (let row = strips.laneFirst[lane]!; row < strips.laneFirst[lane + 1]!; row++) {
        rowTop[row] = at;
        at += open ? levelsOf(strips, row) * FLAME_PX : rowHeight(strips, lane, row);
      }
      bandOfLane[lane] = bands.length;
      return open ? at + EXPANDED_PAD_PX : at;
    };
    if (stage >= 0) {
      const end =
        own >= 0 && !closed ? rowsFrom(own, top + HEADING_PAD_PX) + HEADING_PAD_PX : top + HEADING_PX;
      const open = own >= 0 && folding.openLanes.has(lanes[own]!.key);
      bands.push({ kind: 'stage', stage, lane: own, open, closed, lanes: members, top, height: end - top });
      top = end;
    }
    if (closed) continue;
    for (const lane of members) {
      if (lane === own && stage >= 0) continue;
      const end = rowsFrom(lane, top);
      const open = folding.openLanes.has(lanes[lane]!.key);
      bands.push({ kind: 'lane', lane, stage, open, top, height: end - top });
      top = end;
    }
  }
  return { bands, heightPx: top, rowTop, bandOfLane };
}

/** Index of the band at `y`; -1 above the first and below the last. */
export function bandAt(arrangement: Arrangement, y: number): number {
  const { bands } = arrangement;
  if (y < 0 || y >= arrangement.heightPx) return -1;
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bands[middle]!.top > y) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

/**
 * Where to scroll so that what was at `y` in the old arrangement (0 = the top of the window) is at the same height in
 * the new one: rows that appear above must not push what the person looks at.
 */
export function anchoredScroll(
  before: { arrangement: Arrangement; lanes: readonly Lane[] },
  after: { arrangement: Arrangement; lanes: readonly Lane[] },
  scrollTop: number,
  y: number,
): number {
  const index = bandAt(before.arrangement, scrollTop + y);
  const band = before.arrangement.bands[index];
  if (!band) return scrollTop;
  const same = after.arrangement.bands.find((other) =>
    band.kind === 'stage'
      ? other.kind === 'stage' && other.stage === band.stage
      : other.kind === 'lane' && after.lanes[other.lane]!.key === before.lanes[band.lane]!.key,
  );
  return same ? scrollTop + same.top - band.top : scrollTop;
}

/** The heading that stays at the top of the window while its lanes scroll by, and where: the next one pushes it out. */
export function stickyHeading(
  arrangement: Arrangement,
  scrollTop: number,
): { readonly index: number; readonly top: number } | undefined {
  const { bands } = arrangement;
  const first = bandAt(arrangement, scrollTop);
  let index = first;
  while (index >= 0 && bands[index]!.kind === 'lane') index--;
  const heading = bands[index];
  if (!heading || heading.top >= scrollTop) return undefined;
  // The lanes before the first heading belong to no stage; a lane knows which one is its.
  if (bands[first]!.stage !== heading.stage) return undefined;
  const bottom = Math.min(heading.height, HEADING_PX);
  let next = first + 1;
  while (next < bands.length && bands[next]!.kind === 'lane' && bands[next]!.top < scrollTop + bottom) next++;
  const following = bands[next];
  const pushed = following?.kind === 'stage' ? following.top - scrollTop - bottom : 0;
  return { index, top: Math.min(0, pushed) };
}

/**
 * Where to scroll so that the lanes at work are seen: to the heading of the lowest stage that has any, when its lowest
 * working lane is out of sight. Undefined when all is well.
 */
export function workingScroll(
  arrangement: Arrangement,
  strips: Strips,
  scrollTop: number,
  heightPx: number,
): number | undefined {
  const { bands } = arrangement;
  let last = bands.length - 1;
  while (last >= 0 && !isWorking(strips, bands[last]!)) last--;
  const lowest = bands[last];
  if (!lowest) return undefined;
  const bottom = lowest.top + lowest.height;
  if (lowest.top >= scrollTop && bottom <= scrollTop + heightPx) return undefined;
  let first = last;
  while (first > 0 && bands[first]!.kind === 'lane' && bands[first]!.stage === lowest.stage) first--;
  // A stage that is higher than the window gives way to the lane.
  return Math.max(0, Math.min(lowest.top, Math.max(bands[first]!.top, bottom - heightPx)));
}

/** Whether the outermost span that came last in a lane is still open. */
function isWorking(strips: Strips, band: Band): boolean {
  if (band.kind !== 'lane') return false;
  const strip = strips.rowFirst[strips.laneFirst[band.lane]!]!;
  const end = strips.first[strip + 1]!;
  return end > strips.first[strip]! && strips.endUs[end - 1] === Number.POSITIVE_INFINITY;
}
