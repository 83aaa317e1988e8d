import { type Arrangement, type Band, bandAt, FLAME_PX, ROW_PX, rowHeight } from './arrange.ts';
import { Bars, DIM, FLAME, RUNNING, SUMMARY, TORN } from './bars.ts';
import { type BlockCache, tickFor } from './blocks.ts';
import { COLOR_MASK, ERROR_COLOR, SPANNING } from './paint.ts';
import { firstAfter, isSlim, levelsOf, type Strips } from './strips.ts';
import type { TimeRange } from './view.ts';

/** What of a run is laid out, and where the window on it is. */
export type LayoutRequest = {
  readonly strips: Strips;
  readonly blocks: BlockCache;
  readonly arrangement: Arrangement;
  readonly view: TimeRange;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollTop: number;
  /** The time to which open spans are drawn. */
  readonly openEndUs: number;
  /** Whether open spans are running; else they were torn off. */
  readonly live: boolean;
  readonly pixelRatio: number;
  /** By span number, 1 = stays bright; null = all do. */
  readonly bright: Uint8Array | null;
};

/** Distance of a bar from the top of its row, and its height, by nesting level. */
export const INSETS = [
  { top: 3, height: 14 },
  { top: 6, height: 8 },
  { top: 8, height: 4 },
] as const;
/** The bars of a slim row are as high as the insets above them. */
export const SLIM_BAR = { top: 0, height: 8 } as const;
/** Levels deeper than the insets show only what failed, until the lane is opened. */
const DEEP = { top: 8, height: 4 } as const;
const SUMMARY_BAR = { top: 10, height: 6 } as const;
const FLAME_BAR = { top: 1, height: FLAME_PX - 2 } as const;
/** What only spans other lanes, as a line in the middle of its row. */
const LINE = { top: 8, height: 4 } as const;
/** Below this many visible spans in a strip, merging would cost more than it saves. */
const FEW = 64;
/** Narrower bars touch their neighbours; wider ones leave a pixel of air. */
const GAP_FROM_PX = 4;
/** An error is never thinner than this. */
const ERROR_LEAST_PX = 2;

type Place = {
  readonly top: number;
  readonly height: number;
  readonly depth: number;
  readonly flags: number;
};

/** Fills `bars` with everything in the window. Touches only strips in sight, and of those only the visible stretch. */
export function layoutBars(request: LayoutRequest, bars: Bars = new Bars()): Bars {
  bars.clear();
  const { arrangement, scrollTop, heightPx } = request;
  if (request.widthPx <= 0 || arrangement.bands.length === 0) return bars;
  const first = Math.max(0, bandAt(arrangement, Math.max(0, scrollTop)));
  for (let index = first; index < arrangement.bands.length; index++) {
    const band = arrangement.bands[index]!;
    if (band.top >= scrollTop + heightPx) break;
    if (band.kind === 'stage' && band.closed) layoutSummary(request, bars, band);
    else if (band.lane >= 0) layoutLane(request, bars, band);
  }
  return bars;
}

function layoutLane(request: LayoutRequest, bars: Bars, band: Band): void {
  const { strips, arrangement, scrollTop, heightPx } = request;
  for (let row = strips.laneFirst[band.lane]!; row < strips.laneFirst[band.lane + 1]!; row++) {
    const top = arrangement.rowTop[row]! - scrollTop;
    const levels = levelsOf(strips, row);
    const strip = strips.rowFirst[row]!;
    if (band.open) {
      const from = Math.max(0, Math.floor(-top / FLAME_PX));
      const to = Math.min(levels, Math.ceil((heightPx - top) / FLAME_PX));
      for (let level = from; level < to; level++) {
        const y = top + level * FLAME_PX + FLAME_BAR.top;
        layoutStrip(request, bars, strip + level, {
          top: y,
          height: FLAME_BAR.height,
          depth: 0,
          flags: FLAME,
        });
      }
      continue;
    }
    if (top + ROW_PX <= 0) continue;
    if (top >= heightPx) return;
    if (isSlim(strips, band.lane, row)) {
      layoutStrip(request, bars, strip, { top, height: SLIM_BAR.height, depth: 1, flags: 0 });
      continue;
    }
    for (let level = 0; level < levels; level++) {
      const inset = INSETS[level];
      if (inset === undefined && strips.errors[strip + level] === 0) continue;
      const { top: offset, height } = inset ?? DEEP;
      const depth = Math.min(level, INSETS.length);
      layoutStrip(request, bars, strip + level, { top: top + offset, height, depth, flags: 0 }, !inset);
    }
  }
}

/** A closed stage keeps its outline: the outermost spans of all its lanes over each other. */
function layoutSummary(request: LayoutRequest, bars: Bars, band: Band & { kind: 'stage' }): void {
  const { strips } = request;
  const top = band.top - request.scrollTop + SUMMARY_BAR.top;
  for (const lane of band.lanes) {
    if (lane === band.lane && band.lanes.length > 1) continue;
    for (let row = strips.laneFirst[lane]!; row < strips.laneFirst[lane + 1]!; row++) {
      const place = { top, height: SUMMARY_BAR.height, depth: 0, flags: SUMMARY };
      layoutStrip(request, bars, strips.rowFirst[row]!, place);
    }
  }
}

function layoutStrip(
  request: LayoutRequest,
  bars: Bars,
  strip: number,
  place: Place,
  errorsOnly = false,
): void {
  const { strips, view, widthPx } = request;
  const base = strips.first[strip]!;
  const end = strips.first[strip + 1]!;
  const low = firstAfter(strips.endUs, base, end, view.fromUs);
  const high = firstAfter(strips.startUs, low, end, view.toUs);
  if (high - low <= FEW) {
    for (let at = low; at < high; at++) {
      const paint = strips.paint[at]!;
      if (errorsOnly && (paint & COLOR_MASK) !== ERROR_COLOR) continue;
      put(request, bars, strip, place, strips.startUs[at]!, strips.endUs[at]!, at, at + 1, paint);
    }
    return;
  }
  const blocks = request.blocks.at(strip, tickFor((view.toUs - view.fromUs) / widthPx));
  const from = firstAfter(blocks.endUs, 0, blocks.count, view.fromUs);
  const to = firstAfter(blocks.startUs, from, blocks.count, view.toUs);
  for (let block = from; block < to; block++) {
    const paint = blocks.paint[block]!;
    if (errorsOnly && (paint & COLOR_MASK) !== ERROR_COLOR) continue;
    const first = base + blocks.from[block]!;
    const last = base + blocks.to[block]!;
    put(request, bars, strip, place, blocks.startUs[block]!, blocks.endUs[block]!, first, last, paint);
  }
}

function put(
  request: LayoutRequest,
  bars: Bars,
  strip: number,
  place: Place,
  startUs: number,
  endUs: number,
  from: number,
  to: number,
  paint: number,
): void {
  const { strips, bright } = request;
  const open = endUs === Number.POSITIVE_INFINITY;
  const { x, width } = spread(request, startUs, open ? Math.max(request.openEndUs, startUs) : endUs);
  const isError = (paint & COLOR_MASK) === ERROR_COLOR;
  let speaker = from;
  if (isError && to - from > 1) {
    for (let at = from; at < to; at++) if ((strips.paint[at]! & COLOR_MASK) === ERROR_COLOR) speaker = at;
  }
  let dim = bright === null ? 0 : DIM;
  for (let at = from; at < to && dim !== 0; at++) if (bright![strips.spans[at]!] === 1) dim = 0;

  const index = bars.add();
  bars.x[index] = x;
  const line = (paint & SPANNING) !== 0 && (place.flags & (FLAME | SUMMARY)) === 0;
  bars.y[index] = line ? place.top + LINE.top - INSETS[0].top : place.top;
  bars.width[index] = isError ? Math.max(width, ERROR_LEAST_PX) : width;
  bars.height[index] = line ? LINE.height : place.height;
  bars.span[index] = strips.spans[speaker]!;
  bars.merged[index] = to - from;
  bars.strip[index] = strip;
  bars.paint[index] = paint;
  bars.depth[index] = place.depth;
  bars.flags[index] = place.flags | dim | (open ? (request.live ? RUNNING : TORN) : 0);
}

/** A stretch of time in the plot: on whole device pixels, so that edges are crisp and filling is cheap. */
export function spread(
  request: Pick<LayoutRequest, 'view' | 'widthPx' | 'pixelRatio'>,
  startUs: number,
  endUs: number,
): { x: number; width: number } {
  const { view, widthPx, pixelRatio } = request;
  const scale = (widthPx / (view.toUs - view.fromUs)) * pixelRatio;
  // Beyond the window nothing is seen, but coordinates of millions of pixels would lose their fractions.
  const left = Math.max(Math.round((startUs - view.fromUs) * scale), -64 * pixelRatio);
  const right = Math.min(Math.round((endUs - view.fromUs) * scale), (widthPx + 64) * pixelRatio);
  const width = (right - left) / pixelRatio;
  return { x: left / pixelRatio, width: width >= GAP_FROM_PX ? width - 1 : Math.max(width, 1) };
}

export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Where a span's bar is, whether in the window or not; undefined inside a closed stage or without a lane. */
export function rectOf(
  request: Pick<
    LayoutRequest,
    'strips' | 'arrangement' | 'view' | 'widthPx' | 'scrollTop' | 'openEndUs' | 'pixelRatio'
  >,
  no: number,
): (Rect & { readonly rowTop: number; readonly rowHeight: number }) | undefined {
  const { strips, arrangement } = request;
  const strip = strips.strip[no] ?? -1;
  if (strip < 0) return undefined;
  const row = rowOfStrip(strips, strip);
  const rowTop = arrangement.rowTop[row]! - request.scrollTop;
  if (Number.isNaN(rowTop)) return undefined;
  const level = strip - strips.rowFirst[row]!;
  const lane = laneOfRow(strips, row);
  const band = arrangement.bands[arrangement.bandOfLane[lane]!]!;
  const { open } = band;
  const at = strips.position[no]!;
  const line = (strips.paint[at]! & SPANNING) !== 0;
  const slim = isSlim(strips, lane, row);
  const { top, height } = open ? FLAME_BAR : slim ? SLIM_BAR : line ? LINE : (INSETS[level] ?? DEEP);
  const startUs = strips.startUs[at]!;
  const endUs = strips.endUs[at]!;
  const end = endUs === Number.POSITIVE_INFINITY ? Math.max(request.openEndUs, startUs) : endUs;
  const { x, width } = spread(request, startUs, end);
  const lineTop = open ? rowTop + level * FLAME_PX : rowTop;
  return {
    x,
    width,
    y: lineTop + top,
    height,
    rowTop: lineTop,
    rowHeight: open ? FLAME_PX : rowHeight(strips, lane, row),
  };
}

/** The row that a strip belongs to. */
export function rowOfStrip(strips: Strips, strip: number): number {
  return lastAtMost(strips.rowFirst, strip);
}

/** The lane that a row belongs to. */
export function laneOfRow(strips: Strips, row: number): number {
  return lastAtMost(strips.laneFirst, row);
}

/** The last index whose value is at most `limit`, in ascending values that begin with 0. */
function lastAtMost(values: Int32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
