import { kindCode, type SpanColumns } from '../model/columns.ts';
import { AverageAtOnce, intervalEdges, mostAtOnce } from './at-once.ts';
import { endAt, extentOf } from './extent.ts';
import { countBelow } from './owners.ts';
import { selfTimes } from './self-time.ts';
import { numbered, sortByStart } from './start-order.ts';
import { isLeaf, type SpanTree } from './tree.ts';

const AGENT = kindCode('agent');

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
  const numbers = numbered(columns.count);
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
 * How many agents were at work, on average, in the interval that starts at each time: what the minimap draws. Of a run shorter
 * than `points` µs there are fewer intervals. An agent
 * that only waits for agents below it is not counted; in a run without agents, its calls are.
 */
export function activeAgents(
  columns: SpanColumns,
  tree: SpanTree,
  options: ActivityOptions,
  workers: Workers = workersOf(columns, tree),
): { tsUs: Float64Array; active: Float64Array } {
  const { nowUs, points = 240 } = options;
  const extent = extentOf(columns, nowUs) ?? { fromUs: nowUs, toUs: nowUs };
  const fromUs = options.fromUs ?? extent.fromUs;
  const toUs = Math.max(fromUs, options.toUs ?? extent.toUs);
  const edges = intervalEdges(fromUs, toUs, points);
  const average = new AverageAtOnce(edges);
  for (const [from, to] of workSpells(columns, workers, nowUs)) average.add(from, to);
  return { tsUs: edges.slice(0, -1), active: average.averages() };
}

/** Workers at one moment, at most. */
export function mostWorkers(columns: SpanColumns, workers: Workers, nowUs: number): number {
  return mostAtOnce(workSpells(columns, workers, nowUs));
}

function* workSpells(
  columns: SpanColumns,
  { numbers }: Workers,
  nowUs: number,
): Generator<readonly [fromUs: number, toUs: number]> {
  for (const no of numbers) yield [columns.startUs[no]!, endAt(columns, no, nowUs)];
}

export type Workers = { what: 'agents' | 'calls'; numbers: readonly number[] };

/** Agents with no agent below them; in a run without agents, the spans with nothing below them. */
export function workersOf(columns: SpanColumns, tree: SpanTree): Workers {
  const isAgent = (no: number): boolean => columns.kind[no] === AGENT;
  const below = countBelow(columns, tree, isAgent);
  const innermost: number[] = [];
  const leaves: number[] = [];
  let agents = 0;
  for (let no = 0; no < columns.count; no++) {
    if (isAgent(no)) {
      agents++;
      if (below[no] === 0) innermost.push(no);
    } else if (agents === 0 && isLeaf(tree, no)) leaves.push(no);
  }
  return agents > 0 ? { what: 'agents', numbers: innermost } : { what: 'calls', numbers: leaves };
}
