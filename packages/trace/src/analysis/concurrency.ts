import { kindAt, type SpanColumns } from '../model/columns.ts';
import { endAt, extentOf } from './extent.ts';
import { countBelow } from './owners.ts';
import { arrivedAt, evenTimes, type Ramp } from './ramps.ts';
import { selfTimes } from './self-time.ts';
import { sortByStart } from './start-order.ts';
import type { SpanTree } from './tree.ts';

/**
 * Speed-up over serial: how long everything would have taken one after another (the sum of self times, so that a parent
 * waiting for its children adds nothing) divided by the time in which anything ran at all. 1 for serial work, never less.
 */
export function parallelismOf(columns: SpanColumns, tree: SpanTree, nowUs: number): number {
  let busy = 0;
  for (const self of selfTimes(columns, tree, nowUs)) busy += self;
  const wall = busyTime(columns, nowUs);
  return wall > 0 ? Math.max(1, busy / wall) : 1;
}

/** µs in which at least one span ran: pauses between the turns of a long session are not in it. */
export function busyTime(columns: SpanColumns, nowUs: number): number {
  const numbers = new Uint32Array(columns.count).map((_, no) => no);
  sortByStart(numbers, columns.startUs);
  let busy = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const no of numbers) {
    const end = endAt(columns, no, nowUs);
    const from = Math.max(columns.startUs[no]!, covered);
    if (end <= from) continue;
    busy += end - from;
    covered = end;
  }
  return busy;
}

export type ActivityOptions = { nowUs: number; fromUs?: number; toUs?: number; points?: number };

/**
 * How many agents were at work, on average, in the interval that starts at each time: what the minimap draws. An agent
 * that only waits for agents below it is not counted; in a run without agents, its calls are.
 */
export function activeAgents(
  columns: SpanColumns,
  tree: SpanTree,
  options: ActivityOptions,
): { tsUs: Float64Array; active: Float64Array } {
  const { nowUs, points = 240 } = options;
  const extent = extentOf(columns, nowUs) ?? { fromUs: nowUs, toUs: nowUs };
  const fromUs = options.fromUs ?? extent.fromUs;
  const toUs = Math.max(fromUs, options.toUs ?? extent.toUs);
  const edges = evenTimes(fromUs, toUs, points + 1);
  const arrived = arrivedAt(workers(columns, tree, nowUs), edges);
  const width = (toUs - fromUs) / points;
  const active = new Float64Array(points);
  if (width > 0) for (let at = 0; at < points; at++) active[at] = (arrived[at + 1]! - arrived[at]!) / width;
  return { tsUs: edges.slice(0, points), active };
}

function workers(columns: SpanColumns, tree: SpanTree, nowUs: number): Ramp[] {
  const isAgent = (no: number): boolean => kindAt(columns, no) === 'agent';
  const below = countBelow(columns, tree, isAgent);
  const ramps: Ramp[] = [];
  let agents = 0;
  for (let no = 0; no < columns.count; no++) {
    if (!isAgent(no)) continue;
    agents++;
    if (below[no]! === 0) ramps.push(rampOf(columns, no, nowUs));
  }
  if (agents > 0) return ramps;
  for (let no = 0; no < columns.count; no++) {
    if (tree.end[tree.position[no]!] === tree.position[no]! + 1) ramps.push(rampOf(columns, no, nowUs));
  }
  return ramps;
}

function rampOf(columns: SpanColumns, no: number, nowUs: number): Ramp {
  const fromUs = columns.startUs[no]!;
  const toUs = endAt(columns, no, nowUs);
  return { fromUs, toUs, amount: toUs - fromUs };
}
