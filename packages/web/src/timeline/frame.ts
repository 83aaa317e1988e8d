import type { Arrangement } from './arrange.ts';
import type { Palette } from './palette.ts';
import type { Scene } from './scene.ts';
import type { Strips } from './strips.ts';
import type { TimeRange } from './view.ts';

/** One picture: what is shown, from where, and how large. Painters read it, nothing else. */
export type Frame = {
  readonly scene: Scene;
  /** The scene's. */
  readonly strips: Strips;
  readonly arrangement: Arrangement;
  readonly view: TimeRange;
  readonly nowUs: number;
  readonly openEndUs: number;
  readonly scrollTop: number;
  /** Width of the names at the left. */
  readonly gutterPx: number;
  /** The plot right of the names. */
  readonly widthPx: number;
  /** The window on the rows, below minimap and ruler. */
  readonly heightPx: number;
  readonly pixelRatio: number;
  readonly palette: Palette;
};

export const MINIMAP_PX = 38;
export const RULER_PX = 24;
/** Everything above the rows. */
export const HEAD_PX = MINIMAP_PX + RULER_PX;

/** The stretch of time the minimap shows: the whole run, and what of the view lies beyond it while following. */
export function minimapRange(frame: Pick<Frame, 'scene' | 'view' | 'openEndUs'>): TimeRange {
  const { extent } = frame.scene;
  const end = Math.max(extent.toUs, frame.openEndUs);
  const width = Math.max(end - extent.fromUs, 1);
  return { fromUs: extent.fromUs, toUs: extent.fromUs + width * (frame.scene.live ? 1 / 0.92 : 1.03) };
}
