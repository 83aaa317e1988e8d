import type { PathSegment } from '@tacho/trace/analysis/path/critical-path';
import { type Bars, DIM, FLAME, TORN } from './bars.ts';
import type { Frame } from './frame.ts';
import { rectOf, spread } from './layout.ts';
import { drawNotes } from './notes.ts';
import { COLOR_MASK, CONTAINER, HOLLOW } from './paint.ts';
import type { TextFit } from './text-fit.ts';
import { xOf } from './view.ts';

const LABEL_FROM_PX = 28;
/** In narrower bars the pale head would be all there is to see. */
const FIRST_TOKEN_FROM_PX = 24;

/** What is drawn on and beside the bars. */
export function drawDetails(context: CanvasRenderingContext2D, bars: Bars, frame: Frame, fit: TextFit): void {
  drawFirstTokens(context, bars, frame);
  drawTornEdges(context, bars, frame);
  drawLabels(context, bars, frame, fit);
  drawNotes(context, bars, frame, fit);
}

/** The moment a model began to answer: a notch, and a paler bar before it. */
function drawFirstTokens(context: CanvasRenderingContext2D, bars: Bars, frame: Frame): void {
  const { palette, scene, view, widthPx } = frame;
  for (let bar = 0; bar < bars.count; bar++) {
    if (bars.merged[bar] !== 1 || bars.width[bar]! < FIRST_TOKEN_FROM_PX) continue;
    const firstUs = scene.columns.firstTokenUs[bars.span[bar]!]!;
    if (Number.isNaN(firstUs)) continue;
    const x = Math.round(xOf(view, widthPx, firstUs));
    const left = bars.x[bar]!;
    if (x <= left + 2 || x >= left + bars.width[bar]! - 2) continue;
    context.fillStyle = palette.bg;
    context.globalAlpha = 0.34;
    context.fillRect(left, bars.y[bar]! + 1, x - left, bars.height[bar]! - 2);
    context.globalAlpha = 1;
    context.fillRect(x, bars.y[bar]!, 1, bars.height[bar]!);
  }
}

/** A bar whose end nobody recorded ends in teeth. */
function drawTornEdges(context: CanvasRenderingContext2D, bars: Bars, frame: Frame): void {
  const { palette } = frame;
  context.lineWidth = 1;
  for (let bar = 0; bar < bars.count; bar++) {
    const height = bars.height[bar]!;
    if ((bars.flags[bar]! & TORN) === 0) continue;
    const right = bars.x[bar]! + bars.width[bar]! + 1;
    const top = bars.y[bar]! - 0.5;
    const teeth = Math.max(1, Math.round(height / 4.5));
    const depth = Math.min(4, bars.width[bar]! / 2);
    const step = (height + 1) / teeth;
    const edge = new Path2D();
    edge.moveTo(right - depth, top);
    for (let tooth = 0; tooth < teeth; tooth++) {
      edge.lineTo(right, top + (tooth + 0.5) * step);
      edge.lineTo(right - depth, top + (tooth + 1) * step);
    }
    const gap = new Path2D(edge);
    gap.lineTo(right + 1, top + height + 1);
    gap.lineTo(right + 1, top);
    gap.closePath();
    context.fillStyle = palette.bg;
    context.fill(gap);
    if ((bars.paint[bar]! & (CONTAINER | HOLLOW)) === 0) continue;
    context.strokeStyle = palette.solid[bars.paint[bar]! & COLOR_MASK]!;
    context.stroke(edge);
  }
}

/** Names inside the bars of opened lanes, and of plain bars that are high and wide enough. */
function drawLabels(context: CanvasRenderingContext2D, bars: Bars, frame: Frame, fit: TextFit): void {
  const { palette, scene } = frame;
  const font = `11px ${palette.font}`;
  const small = `10px ${palette.font}`;
  for (let bar = 0; bar < bars.count; bar++) {
    const flame = (bars.flags[bar]! & FLAME) !== 0;
    const plain = bars.depth[bar] === 0 && (bars.paint[bar]! & CONTAINER) === 0 && bars.height[bar]! >= 12;
    if ((!flame && !plain) || bars.merged[bar] !== 1) continue;
    const firstUs = scene.columns.firstTokenUs[bars.span[bar]!]!;
    const begins = Number.isNaN(firstUs) ? 0 : Math.max(0, xOf(frame.view, frame.widthPx, firstUs));
    // On the pale head of a model call a name would not be read.
    const left = Math.max(bars.x[bar]!, begins, 0) + 5;
    const room = Math.min(bars.x[bar]! + bars.width[bar]!, frame.widthPx) - left - 4;
    if (room < LABEL_FROM_PX) continue;
    const own = flame ? font : small;
    const name = scene.columns.strings[scene.columns.name[bars.span[bar]!]!]!;
    const text = fit.fit(name, own, room);
    if (text === '') continue;
    const color = bars.paint[bar]! & COLOR_MASK;
    const dim = (bars.flags[bar]! & DIM) !== 0;
    const hollow = (bars.paint[bar]! & (CONTAINER | HOLLOW)) !== 0;
    context.fillStyle = dim ? palette.mute : hollow ? palette.text : palette.onSolid[color]!;
    context.font = own;
    context.fillText(text, left, bars.y[bar]! + bars.height[bar]! / 2 + 0.5);
  }
}

/** The chain that decided how long the run took: a line under its bars, with a halo, and its handovers. */
export function drawCriticalPath(
  context: CanvasRenderingContext2D,
  path: readonly PathSegment[],
  frame: Frame,
): void {
  const { palette } = frame;
  const lines = new Path2D();
  const handovers = new Path2D();
  let before: { right: number; y: number } | undefined;
  for (const { no, fromUs, toUs } of path) {
    const rect = no < 0 ? undefined : rectOf(frame, no);
    if (!rect) continue;
    // Bars leave a pixel free between them; the line does not.
    const { x, width } = spread(frame, fromUs, toUs);
    const y = Math.round(rect.rowTop + rect.rowHeight - 2);
    if (before && before.y !== y)
      handovers.rect(Math.round(x), Math.min(before.y, y), 1, Math.abs(y - before.y) + 2);
    // Stretches that share a pixel with the one before are drawn already.
    if (before?.y !== y || x + width > before.right) lines.rect(x, y, width + 1, 2);
    before = { right: x + width, y };
  }
  context.lineJoin = 'round';
  context.strokeStyle = palette.bg;
  context.lineWidth = 3;
  context.stroke(lines);
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.55;
  context.fill(handovers);
  context.globalAlpha = 1;
  context.fill(lines);
}
