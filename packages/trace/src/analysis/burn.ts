import type { SpanColumns } from '../model/columns.ts';
import { endAt, extentOf } from './extent.ts';
import { type Judgement, judge } from './ledger.ts';
import { arrivedAt, evenTimes, type Ramp } from './ramps.ts';
import type { SpanTree } from './tree.ts';

const WINDOW_US = 30e6;
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
  const fromUs = Math.min(nowUs, options.fromUs ?? extentOf(columns, nowUs)?.fromUs ?? nowUs);
  const tsUs = evenTimes(fromUs, nowUs, points);
  const ramps = rampsOf(columns, nowUs, options.judgement ?? judge(columns, tree));
  const until = arrivedAt(ramps, tsUs);
  const before = arrivedAt(
    ramps,
    tsUs.map((time) => time - windowUs),
  );
  const perMinute = until.map((tokens, at) => ((tokens - before[at]!) * MINUTE_US) / windowUs);
  return { tsUs, perMinute };
}

/** Tokens a minute over the last 30 s. */
export function burnNow(columns: SpanColumns, tree: SpanTree, nowUs: number, judgement?: Judgement): number {
  const options: BurnOptions = { nowUs, fromUs: nowUs, points: 1 };
  return tokenBurn(columns, tree, judgement ? { ...options, judgement } : options).perMinute[0]!;
}

function rampsOf(columns: SpanColumns, nowUs: number, judgement: Judgement): Ramp[] {
  const ramps: Ramp[] = [];
  for (let no = 0; no < columns.count; no++) {
    const amount = judgement.tokens[no]!;
    if (amount > 0) ramps.push({ fromUs: columns.startUs[no]!, toUs: endAt(columns, no, nowUs), amount });
  }
  return ramps;
}
