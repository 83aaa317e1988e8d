import { type Arrangement, bandAt, FLAME_PX, ROW_PX } from './arrange.ts';
import { INSETS } from './layout.ts';
import { COLOR_MASK, ERROR_COLOR } from './paint.ts';
import { firstAfter, isSlim, levelsOf, type Strips } from './strips.ts';
import { type TimeRange, usAt } from './view.ts';

/** What lies under a point of the plot. */
export type Hit =
  | { readonly kind: 'span'; readonly no: number; readonly merged: number }
  | { readonly kind: 'lane'; readonly band: number }
  | { readonly kind: 'stage'; readonly band: number }
  | { readonly kind: 'nothing' };

export type HitRequest = {
  readonly strips: Strips;
  readonly arrangement: Arrangement;
  readonly view: TimeRange;
  readonly widthPx: number;
  readonly scrollTop: number;
  readonly openEndUs: number;
};

/** A pointer is this exact, in pixels. */
const REACH_PX = 2;

/** @param x, y pixels from the left edge of the plot and the top of its window */
export function hitAt(request: HitRequest, x: number, y: number): Hit {
  const { arrangement, strips } = request;
  const contentY = y + request.scrollTop;
  const index = bandAt(arrangement, contentY);
  const band = arrangement.bands[index];
  if (!band) return { kind: 'nothing' };
  const missed: Hit = { kind: band.kind, band: index };
  if (band.lane < 0 || (band.kind === 'stage' && band.closed)) return missed;
  let row = strips.laneFirst[band.lane]!;
  while (row + 1 < strips.laneFirst[band.lane + 1]! && arrangement.rowTop[row + 1]! <= contentY) row++;
  const inRow = contentY - arrangement.rowTop[row]!;
  const strip = strips.rowFirst[row]!;
  const levels = levelsOf(strips, row);
  if (band.open) {
    const level = Math.floor(inRow / FLAME_PX);
    const found = level < levels ? spanNear(request, strip + level, x) : undefined;
    return found ?? missed;
  }
  if (isSlim(strips, band.lane, row)) return spanNear(request, strip, x) ?? missed;
  // Innermost first: what lies on top is meant.
  for (let level = Math.min(levels, INSETS.length) - 1; level >= 0; level--) {
    const inset = INSETS[level]!;
    const slack = level === 0 ? ROW_PX : 1;
    if (inRow < inset.top - slack || inRow > inset.top + inset.height + slack) continue;
    const found = spanNear(request, strip + level, x);
    if (found) return found;
  }
  return missed;
}

function spanNear(request: HitRequest, strip: number, x: number): (Hit & { kind: 'span' }) | undefined {
  const { strips, view, widthPx } = request;
  const usPerPx = (view.toUs - view.fromUs) / widthPx;
  const atUs = usAt(view, widthPx, x);
  const reachUs = REACH_PX * usPerPx;
  const from = firstAfter(strips.endUs, strips.first[strip]!, strips.first[strip + 1]!, atUs - reachUs);
  const to = firstAfter(strips.startUs, from, strips.first[strip + 1]!, atUs + reachUs);
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  let small = 0;
  for (let at = from; at < to; at++) {
    const startUs = strips.startUs[at]!;
    const endUs = strips.endUs[at]!;
    const end = endUs === Number.POSITIVE_INFINITY ? Math.max(request.openEndUs, startUs) : endUs;
    if (end < atUs - reachUs) continue;
    if (end - startUs < usPerPx) small++;
    const distance = Math.max(0, startUs - atUs, atUs - end);
    // Of several within reach an error is what one came for.
    const bonus = (strips.paint[at]! & COLOR_MASK) === ERROR_COLOR && end - startUs < reachUs ? -reachUs : 0;
    if (distance + bonus < bestDistance) {
      best = at;
      bestDistance = distance + bonus;
    }
  }
  return best < 0 ? undefined : { kind: 'span', no: strips.spans[best]!, merged: Math.max(1, small) };
}
