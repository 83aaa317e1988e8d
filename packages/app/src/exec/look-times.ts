/** Most commands are short. A look takes some 40 µs for each process. */
const LEAST_MS = 1;
/** A command that goes on is looked at this often, and one that goes on for long less often. */
const USUAL_MS = 25;
const SELDOM_MS = 100;
/** While memory grows, the end may come at any moment: of the peak no more than this part is to be missed. */
const MOST_MISSED = 1 / 20;
const LEAST_GROWING_MS = 5;
/** Never more than a fiftieth of the time is spent on looking, however large the tree; at first a tenth, since no code is warm. */
export const LOOK_SHARE = 50;
const EARLY_MS = 100;
const EARLY_LOOK_SHARE = 10;
/**
 * A command's memory is known when it was looked at late enough: what it holds at its start is not yet it. How late is told
 * by the pages that it was given; time alone says little of a process that had to wait for the processor.
 */
const SEEN_SHARE = 0.9;
/** Where nobody counts pages. */
const LATE_SHARE = 0.75;

export type LastLook = {
  /** From the command's start. */
  elapsedMs: number;
  /** Since the look before. */
  sinceMs: number;
  /** By how much memory has grown since then, as a part of all there is now. */
  grownShare: number;
  /** What the look itself took. */
  spentMs: number;
};

/** How long to wait until the next look. */
export function waitAfter({ elapsedMs, sinceMs, grownShare, spentMs }: LastLook): number {
  const usual = Math.max(Math.min(USUAL_MS, elapsedMs / 10), Math.min(SELDOM_MS, elapsedMs / 100));
  const growing = Math.max(LEAST_GROWING_MS, (sinceMs * MOST_MISSED) / grownShare);
  const share = elapsedMs < EARLY_MS ? EARLY_LOOK_SHARE : LOOK_SHARE;
  return Math.max(LEAST_MS, Math.min(usual, growing), spentMs * share);
}

/** Whether the last look came late enough in a command's life to know its memory by. */
export function lateEnough(lastLookMs: number, wallMs: number): boolean {
  return lastLookMs >= wallMs * LATE_SHARE;
}

/** Page faults of a command: at the first look and at the last one, and of its whole life. */
export function enoughSeen({ first, last, all }: { first: number; last: number; all: number }): boolean {
  return last - first >= (all - first) * SEEN_SHARE;
}
