import type { SpanColumns } from '../model/columns.ts';
import { Arrivals } from './arrivals.ts';
import { endAt, extentOf } from './extent.ts';
import { type Judgement, judge } from './ledger.ts';
import type { SpanTree } from './tree.ts';

const WINDOW_US = 30e6;
/** The window is no longer than the run so far, or a young run would seem slow; but no shorter than this, or its first call would be a spike. */
const SHORTEST_WINDOW_US = 5e6;
const MINUTE_US = 60e6;

export type BurnOptions = {
  nowUs: number;
  /** Length of the rolling window; 30 s. */
  windowUs?: number;
  /** First point; the run's first start. */
  fromUs?: number;
  /** How many points, evenly up to `nowUs`; 240. */
  points?: number;
  judgement?: Judgement;
};

/**
 * Token burn: tokens a minute over a rolling window that looks back from each point. The tokens of a call are spread
 * evenly over its time, so that a long call is no spike at its end; the curve's area is the counted tokens.
 */
export function tokenBurn(
  columns: SpanColumns,
  tree: SpanTree,
  options: BurnOptions,
): { tsUs: Float64Array; perMinute: Float64Array } {
  const { nowUs, windowUs = WINDOW_US, points = 240 } = options;
  const beganUs = extentOf(columns, nowUs)?.fromUs ?? nowUs;
  const fromUs = Math.min(nowUs, options.fromUs ?? beganUs);
  const { tokens } = options.judgement ?? judge(columns, tree);
  const until = new Arrivals(fromUs, nowUs, points);
  const before = new Arrivals(fromUs - windowUs, nowUs - windowUs, points);
  for (let no = 0; no < columns.count; no++) {
    const amount = tokens[no]!;
    if (amount === 0) continue;
    const start = columns.startUs[no]!;
    const end = endAt(columns, no, nowUs);
    until.add(start, end, amount);
    before.add(start, end, amount);
  }
  const past = before.totals();
  const perMinute = until.totals().map((arrived, at) => {
    const elapsedUs = Math.max(SHORTEST_WINDOW_US, until.timesUs[at]! - beganUs);
    return (Math.max(0, arrived - past[at]!) * MINUTE_US) / Math.min(windowUs, elapsedUs);
  });
  return { tsUs: until.timesUs, perMinute };
}

/** Tokens a minute over the last 30 s. */
export function burnNow(columns: SpanColumns, tree: SpanTree, nowUs: number, judgement?: Judgement): number {
  const options: BurnOptions = { nowUs, fromUs: nowUs, points: 1 };
  return tokenBurn(columns, tree, judgement ? { ...options, judgement } : options).perMinute[0]!;
}
