import { type Bars, RUNNING, SUMMARY } from './bars.ts';
import { type Frame, HEAD_PX, MINIMAP_PX, minimapRange } from './frame.ts';
import { type Rect, rectOf } from './layout.ts';
import { CONTAINER, SPANNING } from './paint.ts';
import { tickLabel, tickStep } from './ruler.ts';
import { usAt, xOf } from './view.ts';

/** What changes with the pointer and the clock, drawn over the picture so that the picture need not be painted again. */
export type Pointing = {
  readonly hovered: number | null;
  readonly selected: number | null;
  /** Index of the band under the pointer, -1 for none. */
  readonly hoveredBand: number;
  /** In the plot, from its left edge; null outside. */
  readonly cursorX: number | null;
  /** The area being selected or selected; rows in content pixels. */
  readonly area: {
    readonly fromUs: number;
    readonly toUs: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
  /** 0 to 1: how far the stripes have moved; null to hold them still. */
  readonly stripePhase: number;
};

const STRIPE_PX = 8;
const CONTAINER_STRIPE_PX = 20;

export function drawOverlay(
  context: CanvasRenderingContext2D,
  bars: Bars,
  frame: Frame,
  pointing: Pointing,
): void {
  const { gutterPx, widthPx, heightPx, palette } = frame;
  context.clearRect(0, 0, gutterPx + widthPx, HEAD_PX + heightPx);
  drawViewport(context, frame);
  context.save();
  context.beginPath();
  context.rect(0, HEAD_PX, gutterPx + widthPx, heightPx);
  context.clip();
  drawHoveredBand(context, frame, pointing.hoveredBand);
  context.beginPath();
  context.rect(gutterPx, HEAD_PX, widthPx, heightPx);
  context.clip();
  context.translate(gutterPx, HEAD_PX);
  drawStripes(context, bars, frame, pointing.stripePhase);
  if (pointing.area) drawArea(context, frame, pointing.area);
  outline(context, frame, pointing.hovered, palette.text, 1);
  outline(context, frame, pointing.selected, palette.text, 2);
  context.restore();
  if (pointing.cursorX !== null) drawCursor(context, frame, pointing.cursorX);
  if (frame.scene.live) drawNeedle(context, frame);
}

function drawHoveredBand(context: CanvasRenderingContext2D, frame: Frame, index: number): void {
  const band = frame.arrangement.bands[index];
  if (!band) return;
  context.fillStyle = frame.palette.text;
  context.globalAlpha = 0.045;
  context.fillRect(0, HEAD_PX + band.top - frame.scrollTop, frame.gutterPx + frame.widthPx, band.height);
  context.globalAlpha = 1;
}

function outline(
  context: CanvasRenderingContext2D,
  frame: Frame,
  no: number | null,
  color: string,
  width: number,
): void {
  const rect = no === null ? undefined : rectOf(frame, no);
  if (!rect) return;
  const grow = width === 1 ? 0.5 : 1.5;
  const trace = (by: number): void => {
    context.beginPath();
    context.roundRect(rect.x - by, rect.y - by, Math.max(rect.width, 2) + by * 2, rect.height + by * 2, 3);
    context.stroke();
  };
  if (width > 1) {
    context.strokeStyle = frame.palette.bg;
    context.lineWidth = width + 2;
    trace(grow);
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  trace(grow);
}

let stripes: { ink: string; ratio: number; pattern: CanvasPattern } | undefined;

function stripePattern(
  context: CanvasRenderingContext2D,
  ink: string,
  ratio: number,
): CanvasPattern | undefined {
  if (stripes?.ink === ink && stripes.ratio === ratio) return stripes.pattern;
  const size = Math.round(STRIPE_PX * ratio);
  const tile = new OffscreenCanvas(size, size);
  const paint = tile.getContext('2d');
  if (!paint) return undefined;
  paint.strokeStyle = ink;
  paint.lineWidth = size * 0.36;
  paint.lineCap = 'square';
  for (const shift of [-size, 0, size]) {
    paint.beginPath();
    paint.moveTo(shift, size);
    paint.lineTo(shift + size, 0);
    paint.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return undefined;
  stripes = { ink, ratio, pattern };
  return pattern;
}

/** Running bars: stripes that move to the right, over the whole of a working bar and the head of a container. */
function drawStripes(context: CanvasRenderingContext2D, bars: Bars, frame: Frame, phase: number): void {
  const pattern = stripePattern(context, frame.palette.bg, frame.pixelRatio);
  if (!pattern) return;
  pattern.setTransform(
    new DOMMatrix([1 / frame.pixelRatio, 0, 0, 1 / frame.pixelRatio, phase * STRIPE_PX, 0]),
  );
  context.fillStyle = pattern;
  context.globalAlpha = 0.42;
  for (let bar = 0; bar < bars.count; bar++) {
    const flags = bars.flags[bar]!;
    if ((flags & RUNNING) === 0 || (flags & SUMMARY) !== 0) continue;
    const container = (bars.paint[bar]! & (CONTAINER | SPANNING)) !== 0;
    const end = bars.x[bar]! + bars.width[bar]!;
    const width = container ? Math.min(CONTAINER_STRIPE_PX, bars.width[bar]!) : bars.width[bar]!;
    context.fillRect(end - width, bars.y[bar]!, width, bars.height[bar]!);
  }
  context.globalAlpha = 1;
}

function drawArea(
  context: CanvasRenderingContext2D,
  frame: Frame,
  area: NonNullable<Pointing['area']>,
): void {
  const left = xOf(frame.view, frame.widthPx, area.fromUs);
  const right = xOf(frame.view, frame.widthPx, area.toUs);
  const top = area.top - frame.scrollTop;
  const rect: Rect = { x: left, y: top, width: right - left, height: area.bottom - area.top };
  context.fillStyle = frame.palette.focus;
  context.globalAlpha = 0.13;
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  context.globalAlpha = 1;
  context.strokeStyle = frame.palette.focus;
  context.lineWidth = 1;
  context.strokeRect(
    Math.round(rect.x) + 0.5,
    Math.round(rect.y) + 0.5,
    Math.round(rect.width),
    Math.round(rect.height) - 1,
  );
}

/** Time under the pointer. */
function drawCursor(context: CanvasRenderingContext2D, frame: Frame, x: number): void {
  const { palette, gutterPx, view, widthPx, heightPx, scene } = frame;
  context.fillStyle = palette.faint;
  context.globalAlpha = 0.45;
  context.fillRect(gutterPx + Math.round(x), HEAD_PX, 1, heightPx);
  context.globalAlpha = 1;
  const us = usAt(view, widthPx, x) - scene.extent.fromUs;
  const precision = tickStep((view.toUs - view.fromUs) / widthPx, 72) / 10;
  drawFlag(context, frame, gutterPx + x, tickLabel(us, precision), palette.raise, palette.text);
}

/** Now: a dotted line that a flag with the elapsed time hangs on. */
function drawNeedle(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, gutterPx, view, widthPx, heightPx, scene, nowUs } = frame;
  const x = xOf(view, widthPx, nowUs);
  if (x < 0 || x > widthPx) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.setLineDash([1.5, 3]);
  context.beginPath();
  context.moveTo(gutterPx + Math.round(x) + 0.5, HEAD_PX);
  context.lineTo(gutterPx + Math.round(x) + 0.5, HEAD_PX + heightPx);
  context.stroke();
  context.setLineDash([]);
  drawFlag(
    context,
    frame,
    gutterPx + x,
    tickLabel(Math.floor((nowUs - scene.extent.fromUs) / 1e6) * 1e6),
    palette.accent,
    palette.onAccent,
  );
}

function drawFlag(
  context: CanvasRenderingContext2D,
  frame: Frame,
  x: number,
  text: string,
  ground: string,
  ink: string,
): void {
  context.font = `600 11px ${frame.palette.font}`;
  const width = Math.ceil(context.measureText(text).width) + 12;
  const left = Math.round(
    Math.min(Math.max(x - width / 2, frame.gutterPx), frame.gutterPx + frame.widthPx - width),
  );
  context.fillStyle = ground;
  context.beginPath();
  context.roundRect(left, MINIMAP_PX + 4, width, 16, 4);
  context.fill();
  context.fillStyle = ink;
  context.textBaseline = 'middle';
  context.fillText(text, left + 6, MINIMAP_PX + 12.5);
}

/** The stretch of the minimap that the view shows; the rest is veiled. */
function drawViewport(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, gutterPx, widthPx, view } = frame;
  const range = minimapRange(frame);
  const left = Math.max(0, Math.min(widthPx - 3, xOf(range, widthPx, view.fromUs)));
  const right = Math.min(widthPx, Math.max(left + 3, xOf(range, widthPx, view.toUs)));
  context.fillStyle = palette.bg;
  context.globalAlpha = 0.62;
  context.fillRect(gutterPx, 0, left, MINIMAP_PX);
  context.fillRect(gutterPx + right, 0, widthPx - right, MINIMAP_PX);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(gutterPx + left + 0.75, 1.25, Math.max(right - left - 1.5, 1), MINIMAP_PX - 2.5, 4);
  context.stroke();
  context.fillStyle = palette.accent;
  for (const x of [left, right - 3]) {
    context.beginPath();
    context.roundRect(gutterPx + x, MINIMAP_PX / 2 - 7, 3, 14, 1.5);
    context.fill();
  }
}
