import type { Frame } from './frame.ts';
import { HEAD_PX, MINIMAP_PX, minimapRange } from './frame.ts';
import { usAt, xOf } from './view.ts';

/** The part of the canvas a pointer is over. */
export type Zone =
  | 'minimap-left'
  | 'minimap-right'
  | 'minimap-view'
  | 'minimap'
  | 'ruler'
  | 'gutter-edge'
  | 'gutter'
  | 'rows';

/** What a drag that begins here does. */
export type DragIntent =
  | 'pan'
  | 'area'
  | 'time'
  | 'resize-gutter'
  | 'view-left'
  | 'view-right'
  | 'view-move'
  | 'none';

export type DragStart = {
  readonly zone: Zone;
  /** As in PointerEvent: 0 primary, 1 middle, 2 secondary. */
  readonly button: number;
  readonly shift: boolean;
  readonly space: boolean;
  readonly touch: boolean;
};

/** How far a pointer may move and still click, in pixels. Fingers are less steady. */
export const CLICK_PX = { mouse: 4, touch: 9 } as const;

/** How near to an edge counts as on it. */
const EDGE_PX = 4;
const HANDLE_PX = 6;

type ZoneFrame = Pick<Frame, 'scene' | 'view' | 'openEndUs' | 'gutterPx' | 'widthPx'>;

/** @param x, y pixels from the top left of the canvas */
export function zoneAt(frame: ZoneFrame, x: number, y: number): Zone {
  const { gutterPx, widthPx, view } = frame;
  if (Math.abs(x - gutterPx) <= EDGE_PX && y >= MINIMAP_PX) return 'gutter-edge';
  if (x < gutterPx) return 'gutter';
  if (y >= HEAD_PX) return 'rows';
  if (y >= MINIMAP_PX) return 'ruler';
  const range = minimapRange(frame);
  const left = Math.max(0, xOf(range, widthPx, view.fromUs));
  const right = Math.min(widthPx, xOf(range, widthPx, view.toUs));
  const plotX = x - gutterPx;
  if (Math.abs(plotX - right) <= HANDLE_PX) return 'minimap-right';
  if (Math.abs(plotX - left) <= HANDLE_PX) return 'minimap-left';
  return plotX > left && plotX < right ? 'minimap-view' : 'minimap';
}

const BY_ZONE: Record<Zone, DragIntent> = {
  'minimap-left': 'view-left',
  'minimap-right': 'view-right',
  'minimap-view': 'view-move',
  minimap: 'view-move',
  ruler: 'time',
  'gutter-edge': 'resize-gutter',
  gutter: 'none',
  rows: 'area',
};

/** A plain drag selects; shift, space or the middle button pan; a finger pans, since it has no modifiers. */
export function intentOf(start: DragStart): DragIntent {
  if (start.button === 2) return 'none';
  const intent = BY_ZONE[start.zone];
  const overTime = intent === 'area' || intent === 'time';
  if (overTime && (start.button === 1 || start.shift || start.space || start.touch)) return 'pan';
  return start.button === 0 ? intent : 'none';
}

export const CURSORS: Record<Zone, string> = {
  'minimap-left': 'ew-resize',
  'minimap-right': 'ew-resize',
  'minimap-view': 'grab',
  minimap: 'pointer',
  ruler: 'col-resize',
  'gutter-edge': 'col-resize',
  gutter: 'pointer',
  rows: 'default',
};

export type WheelInput = {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
  readonly ctrl: boolean;
  readonly shift: boolean;
};

export type WheelIntent =
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly px: number }
  | { readonly kind: 'scroll' };

const LINE_PX = 16;
const PAGE_PX = 400;
/** A notch of a wheel (100 px) zooms by a quarter; a pinch on a trackpad comes in small steps of the same scale. */
const ZOOM_PER_PX = Math.log(1.25) / 100;
/** A free-spinning wheel must not zoom out of everything in one event. */
const MOST_ZOOM_PX = 240;

/** Ctrl (or a trackpad's pinch, which browsers report as ctrl) zooms, sideways or shift pans, the rest scrolls. */
export function wheelIntent(wheel: WheelInput): WheelIntent {
  const unit = [1, LINE_PX, PAGE_PX][wheel.deltaMode] ?? 1;
  const x = wheel.deltaX * unit;
  const y = wheel.deltaY * unit;
  if (wheel.ctrl) {
    const px = Math.min(Math.max(y, -MOST_ZOOM_PX), MOST_ZOOM_PX);
    return { kind: 'zoom', factor: Math.exp(px * ZOOM_PER_PX) };
  }
  if (wheel.shift) return { kind: 'pan', px: x === 0 ? y : x };
  return Math.abs(x) > Math.abs(y) ? { kind: 'pan', px: x } : { kind: 'scroll' };
}

/** Two fingers: the times under them stay under them. */
export function pinched(
  before: { readonly fromUs: number; readonly toUs: number },
  widthPx: number,
  start: readonly [number, number],
  now: readonly [number, number],
): { fromUs: number; toUs: number } {
  const startGap = Math.max(Math.abs(start[1] - start[0]), 1);
  const gap = Math.max(Math.abs(now[1] - now[0]), 1);
  const width = ((before.toUs - before.fromUs) * startGap) / gap;
  const middleUs = usAt(before, widthPx, (start[0] + start[1]) / 2);
  const fromUs = middleUs - ((now[0] + now[1]) / 2 / widthPx) * width;
  return { fromUs, toUs: fromUs + width };
}
