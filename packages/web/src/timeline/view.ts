/** A stretch of time, in µs since the epoch. */
export type TimeRange = { readonly fromUs: number; readonly toUs: number };

/** What the timeline looks at. `follow`: the right edge keeps up with now. */
export type TimelineView = TimeRange & { readonly follow: boolean };

/** The share of the width that stays empty right of now while following. */
const HEADROOM = 0.08;
/** A run that has only begun is shown in a window of ten seconds, so that its bars do not race to the left. */
const FIRST_WINDOW_US = 10e6;
/** Closer is useless: times are whole microseconds. */
const NARROWEST_US = 20;
/** How far beyond the run one may zoom out. */
const WIDEST = 3;

export function xOf(view: TimeRange, widthPx: number, us: number): number {
  return ((us - view.fromUs) / (view.toUs - view.fromUs)) * widthPx;
}

export function usAt(view: TimeRange, widthPx: number, xPx: number): number {
  return view.fromUs + (xPx / widthPx) * (view.toUs - view.fromUs);
}

/** Everything, with a little air at the right so that the last bar does not touch the edge. */
export function wholeView(run: TimeRange, follow: boolean): TimelineView {
  const elapsed = Math.max(0, run.toUs - run.fromUs);
  const width = follow
    ? Math.max(elapsed / (1 - HEADROOM), FIRST_WINDOW_US)
    : Math.max(elapsed * 1.03, NARROWEST_US);
  return { fromUs: run.fromUs, toUs: run.fromUs + width, follow };
}

/** The view a moment later: the whole run grows into the headroom, a closer window slides. `run.toUs` is now. */
export function followed(view: TimelineView, run: TimeRange): TimelineView {
  if (view.fromUs <= run.fromUs) return wholeView(run, true);
  const width = view.toUs - view.fromUs;
  const toUs = run.toUs + width * HEADROOM;
  return { fromUs: toUs - width, toUs, follow: true };
}

/** Zooms by `factor` (2 shows twice as much) so that the time `atUs` stays where it is. */
export function zoomed(view: TimeRange, factor: number, atUs: number, run: TimeRange): TimelineView {
  const width = view.toUs - view.fromUs;
  const widest = Math.max((run.toUs - run.fromUs) * WIDEST, FIRST_WINDOW_US * WIDEST, NARROWEST_US);
  const next = Math.min(Math.max(width * factor, NARROWEST_US), widest);
  const share = (atUs - view.fromUs) / width;
  const fromUs = atUs - share * next;
  return kept({ fromUs, toUs: fromUs + next }, run);
}

export function panned(view: TimeRange, byUs: number, run: TimeRange): TimelineView {
  return kept({ fromUs: view.fromUs + byUs, toUs: view.toUs + byUs }, run);
}

/** A view of exactly this stretch, with a margin of a twentieth on both sides. */
export function fitted(range: TimeRange, run: TimeRange): TimelineView {
  const width = Math.max(range.toUs - range.fromUs, NARROWEST_US);
  return kept({ fromUs: range.fromUs - width * 0.05, toUs: range.fromUs + width * 1.05 }, run);
}

/** Keeps the run in sight: its start never leaves through the right edge, its end never through the left one. */
function kept(view: TimeRange, run: TimeRange): TimelineView {
  const width = view.toUs - view.fromUs;
  const earliest = run.fromUs - width * 0.5;
  const latest = Math.max(run.toUs - width * 0.5, run.fromUs);
  const fromUs = Math.min(Math.max(view.fromUs, earliest), latest);
  return { fromUs, toUs: fromUs + width, follow: false };
}

/** The view between two, for a glide: widths change by ratio, so that a zoom feels even. */
export function between(from: TimeRange, to: TimelineView, share: number): TimelineView {
  if (share >= 1) return to;
  const fromWidth = from.toUs - from.fromUs;
  const toWidth = to.toUs - to.fromUs;
  const width = fromWidth * (toWidth / fromWidth) ** share;
  // The fixed point of the zoom keeps its place; without one (a plain pan) the way is straight.
  const progress =
    Math.abs(toWidth - fromWidth) < fromWidth * 1e-6 ? share : (width - fromWidth) / (toWidth - fromWidth);
  const fromUs = from.fromUs + (to.fromUs - from.fromUs) * progress;
  return { fromUs, toUs: fromUs + width, follow: to.follow };
}
