import { type Band, HEADING_PX, ROW_PX, stickyHeading } from './arrange.ts';
import { type Frame, HEAD_PX, MINIMAP_PX, minimapRange, RULER_PX } from './frame.ts';
import { ticksOf } from './ruler.ts';
import type { LaneState } from './scene.ts';
import type { TextFit } from './text-fit.ts';
import { xOf } from './view.ts';

const NAME_LEFT_PX = 20;
const DOT_LEFT_PX = 10;
/** Half the width of the flag that says how late it is. */
const FLAG_PX = 24;

/** Grid and headings behind the bars. The origin is the top left of the plot's window. */
export function drawBackdrop(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, widthPx, heightPx, view, scene } = frame;
  context.fillStyle = palette.bg;
  context.fillRect(0, 0, widthPx, heightPx);
  context.fillStyle = palette.panel;
  for (const band of visibleBands(frame)) {
    if (band.kind === 'stage') context.fillRect(0, band.top - frame.scrollTop, widthPx, band.height);
  }
  context.fillStyle = palette.line;
  const hair = 1 / frame.pixelRatio;
  for (const tick of ticksOf(view, widthPx, scene.extent.fromUs)) {
    context.fillRect(Math.round(tick.x), 0, Math.max(hair, 0.5), heightPx);
  }
}

/** Names at the left. The origin is the top left of the names' window. */
export function drawGutter(context: CanvasRenderingContext2D, frame: Frame, fit: TextFit): void {
  const { palette, gutterPx, heightPx, scene } = frame;
  context.fillStyle = palette.bg;
  context.fillRect(0, 0, gutterPx, heightPx);
  const name = `12px ${palette.font}`;
  const sticky = stickyHeading(frame.arrangement, frame.scrollTop);
  const covered = sticky ? Math.max(0, sticky.top + HEADING_PX) : 0;
  for (const band of visibleBands(frame)) {
    const top = band.top - frame.scrollTop;
    // In a tall lane the name comes along, as far as the lane goes.
    const nameTop = Math.min(Math.max(top, covered), Math.max(top, top + band.height - ROW_PX));
    const middle = nameTop + ROW_PX / 2 + 0.5;
    if (band.kind === 'stage') {
      drawHeading(context, frame, band, top, fit);
      continue;
    }
    const lane = scene.layout.lanes[band.lane]!;
    const state = scene.laneState[band.lane]!;
    drawState(context, frame, state, middle, band.open);
    context.fillStyle = state === 'idle' ? palette.mute : palette.text;
    context.font = name;
    context.fillText(fit.fit(lane.name, name, gutterPx - NAME_LEFT_PX - 10), NAME_LEFT_PX, middle);
  }
  context.fillStyle = palette.line;
  context.fillRect(gutterPx - 1, 0, 1, heightPx);
}

function drawHeading(
  context: CanvasRenderingContext2D,
  frame: Frame,
  band: Band & { kind: 'stage' },
  top: number,
  fit: TextFit,
): void {
  const { palette, gutterPx, scene } = frame;
  const bold = `600 12px ${palette.font}`;
  const small = `11px ${palette.font}`;
  const middle = top + HEADING_PX / 2 + 0.5;
  context.fillStyle = palette.panel;
  context.fillRect(0, top, gutterPx, band.height);
  const lanes = band.lanes.length - (band.lane >= 0 ? 1 : 0);
  const count = lanes > 0 ? String(lanes) : '';
  const countWidth = count === '' ? 0 : fit.width(count, small) + 8;
  drawChevron(context, DOT_LEFT_PX, middle, band.closed ? 'right' : 'down', palette.mute);
  context.fillStyle = palette.text;
  context.font = bold;
  const title = scene.columns.strings[scene.columns.name[band.stage]!]!;
  context.fillText(fit.fit(title, bold, gutterPx - NAME_LEFT_PX - 10 - countWidth), NAME_LEFT_PX, middle);
  context.fillStyle = palette.faint;
  context.font = small;
  context.textAlign = 'right';
  context.fillText(count, gutterPx - 10, middle);
  context.textAlign = 'left';
}

/** The stage one is in, at the top of the window. The origin is the top left of the names' window. */
export function drawSticky(context: CanvasRenderingContext2D, frame: Frame, fit: TextFit): void {
  const sticky = stickyHeading(frame.arrangement, frame.scrollTop);
  const band = sticky && frame.arrangement.bands[sticky.index];
  if (!sticky || band?.kind !== 'stage') return;
  const { palette, gutterPx, widthPx } = frame;
  context.fillStyle = palette.panel;
  context.fillRect(0, sticky.top, gutterPx + widthPx, HEADING_PX);
  drawHeading(context, frame, { ...band, height: HEADING_PX }, sticky.top, fit);
  context.fillStyle = palette.line;
  context.fillRect(0, sticky.top + HEADING_PX - 1, gutterPx + widthPx, 1);
}

function drawState(
  context: CanvasRenderingContext2D,
  frame: Frame,
  state: LaneState,
  y: number,
  open: boolean,
): void {
  const { palette } = frame;
  const color = { idle: '', running: palette.solid[AGENT]!, error: palette.error, stalled: palette.accent }[
    state
  ];
  if (open) {
    drawChevron(context, DOT_LEFT_PX, y, 'down', color || palette.mute);
    return;
  }
  if (color === '') return;
  context.fillStyle = color;
  context.beginPath();
  context.arc(DOT_LEFT_PX, y - 0.5, 3, 0, Math.PI * 2);
  context.fill();
}

const AGENT = 1;

export function drawChevron(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  to: 'down' | 'right',
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  if (to === 'down') {
    context.moveTo(x - 4, y - 2.5);
    context.lineTo(x + 4, y - 2.5);
    context.lineTo(x, y + 2.5);
  } else {
    context.moveTo(x - 2.5, y - 4);
    context.lineTo(x + 2.5, y);
    context.lineTo(x - 2.5, y + 4);
  }
  context.fill();
}

/** The bands in the window. */
export function* visibleBands(frame: Pick<Frame, 'arrangement' | 'scrollTop' | 'heightPx'>): Generator<Band> {
  const { bands } = frame.arrangement;
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const band = bands[middle]!;
    if (band.top + band.height > frame.scrollTop) high = middle;
    else low = middle + 1;
  }
  for (let at = low; at < bands.length && bands[at]!.top < frame.scrollTop + frame.heightPx; at++)
    yield bands[at]!;
}

/** Minimap and ruler. The origin is the top left of the canvas. */
export function drawHead(context: CanvasRenderingContext2D, frame: Frame, fit: TextFit): void {
  const { palette, gutterPx, widthPx } = frame;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, gutterPx + widthPx, MINIMAP_PX);
  context.fillStyle = palette.bg;
  context.fillRect(0, MINIMAP_PX, gutterPx + widthPx, RULER_PX);
  drawMinimap(context, frame);
  context.font = `11px ${palette.font}`;
  context.save();
  context.beginPath();
  context.rect(gutterPx, MINIMAP_PX, widthPx, RULER_PX);
  context.clip();
  const needle = frame.scene.live ? xOf(frame.view, widthPx, frame.nowUs) : Number.NEGATIVE_INFINITY;
  for (const tick of ticksOf(frame.view, widthPx, frame.scene.extent.fromUs)) {
    const x = gutterPx + Math.round(tick.x);
    context.fillStyle = palette.line;
    context.fillRect(x, HEAD_PX - 7, 1, 7);
    // A label that the edge or the flag of now would cut is left out.
    const end = tick.x + 4 + fit.width(tick.label, context.font);
    if (end > widthPx || (end > needle - FLAG_PX && tick.x < needle + FLAG_PX)) continue;
    context.fillStyle = palette.faint;
    context.fillText(tick.label, x + 4, MINIMAP_PX + RULER_PX / 2);
  }
  context.restore();
  context.fillStyle = palette.line;
  context.fillRect(0, HEAD_PX - 1, gutterPx + widthPx, 1);
  context.fillRect(gutterPx - 1, MINIMAP_PX, 1, RULER_PX);
}

/** How many agents were at work, and where something failed. */
function drawMinimap(context: CanvasRenderingContext2D, frame: Frame): void {
  const { palette, scene, gutterPx, widthPx } = frame;
  const range = minimapRange(frame);
  const { tsUs, active } = scene.activity;
  const most = active.reduce((peak, value) => Math.max(peak, value), 1);
  const floor = MINIMAP_PX - 5;
  const room = MINIMAP_PX - 12;
  // One path: rectangles side by side would show their seams.
  const area = new Path2D();
  area.moveTo(gutterPx, floor);
  for (let at = 0; at < tsUs.length; at++) {
    const left = gutterPx + xOf(range, widthPx, tsUs[at]!);
    const right = gutterPx + xOf(range, widthPx, tsUs[at + 1] ?? scene.extent.toUs);
    const height = active[at]! <= 0 ? 0 : Math.max(1, (active[at]! / most) * room);
    area.lineTo(left, floor - height);
    area.lineTo(right, floor - height);
  }
  area.lineTo(gutterPx + xOf(range, widthPx, scene.extent.toUs), floor);
  area.closePath();
  context.fillStyle = palette.solid[AGENT]!;
  context.globalAlpha = 0.6;
  context.fill(area);
  context.globalAlpha = 1;
  context.fillStyle = palette.error;
  let last = Number.NEGATIVE_INFINITY;
  for (const us of scene.errorUs) {
    const x = Math.round(gutterPx + xOf(range, widthPx, us));
    if (x === last) continue;
    last = x;
    context.fillRect(x - 1, MINIMAP_PX - 5, 2, 4);
  }
}
