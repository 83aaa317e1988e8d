import { type Bars, DIM, SUMMARY } from './bars.ts';
import { COLOR_MASK, CONTAINER, HOLLOW } from './paint.ts';
import type { Palette } from './palette.ts';

const KEYS = 512;
/** Rounded corners cost a path each; beyond this many bars nobody sees them. */
const ROUND_UP_TO = 4000;
const ROUND_FROM_PX = 5;

const starts = new Int32Array(KEYS + 1);
let sorted = new Int32Array(0);

/**
 * Paints the bars, outer levels first, all of one colour together: changing the fill for every bar is what makes canvas
 * slow. Bars of one level never overlap, so their order does not matter.
 */
export function drawBars(context: CanvasRenderingContext2D, bars: Bars, palette: Palette): void {
  const { count } = bars;
  if (sorted.length < count) sorted = new Int32Array(count * 2);
  starts.fill(0);
  for (let bar = 0; bar < count; bar++) starts[keyOf(bars, bar) + 1]!++;
  for (let key = 0; key < KEYS; key++) starts[key + 1] = starts[key + 1]! + starts[key]!;
  const next = starts.slice();
  for (let bar = 0; bar < count; bar++) sorted[next[keyOf(bars, bar)]!++] = bar;
  const round = count <= ROUND_UP_TO;
  for (let key = 0; key < KEYS; key++) {
    const from = starts[key]!;
    const to = starts[key + 1]!;
    if (from < to) drawAlike(context, bars, palette, key, from, to, round);
  }
}

/** Depth (2 bits), dimmed (1 bit), paint (6 bits). */
function keyOf(bars: Bars, bar: number): number {
  const flags = bars.flags[bar]!;
  const paint = (flags & SUMMARY) !== 0 ? bars.paint[bar]! & COLOR_MASK : bars.paint[bar]!;
  return (bars.depth[bar]! << 7) | ((flags & DIM) !== 0 ? 64 : 0) | (paint & 63);
}

function drawAlike(
  context: CanvasRenderingContext2D,
  bars: Bars,
  palette: Palette,
  key: number,
  from: number,
  to: number,
  round: boolean,
): void {
  const dim = (key & 64) !== 0;
  const paint = key & 63;
  const color = paint & COLOR_MASK;
  const solid = (dim ? palette.dimSolid : palette.solid)[color]!;
  context.fillStyle = solid;
  fillAll(context, bars, from, to, round, 0);
  if ((paint & (CONTAINER | HOLLOW)) === 0) return;
  context.fillStyle = (paint & HOLLOW) !== 0 ? palette.bg : (dim ? palette.dimBody : palette.body)[color]!;
  fillAll(context, bars, from, to, round, 1);
}

function fillAll(
  context: CanvasRenderingContext2D,
  bars: Bars,
  from: number,
  to: number,
  round: boolean,
  inset: number,
): void {
  let path = false;
  for (let at = from; at < to; at++) {
    const bar = sorted[at]!;
    const width = bars.width[bar]! - inset * 2;
    const height = bars.height[bar]! - inset * 2;
    if (width <= 0) continue;
    const x = bars.x[bar]! + inset;
    const y = bars.y[bar]! + inset;
    if (!round || width < ROUND_FROM_PX) {
      context.fillRect(x, y, width, height);
      continue;
    }
    if (!path) context.beginPath();
    path = true;
    context.roundRect(x, y, width, height, Math.max(0, (bars.height[bar]! >= 12 ? 3 : 2) - inset));
  }
  if (path) context.fill();
}
