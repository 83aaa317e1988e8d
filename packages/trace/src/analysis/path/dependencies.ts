import type { SpanColumns } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import { endAt } from '../extent.ts';
import { sortByStart } from '../start-order.ts';
import type { SpanTree } from '../tree.ts';

/** The run itself, where a span's number is asked for: what no span did, and what no span waited for. */
export const THE_RUN = -1;

/**
 * What waited for what, read off the times. A span's work is started by the span above it and joined by the nearest
 * ancestor that lasts long enough; a start waits for every sibling that had ended before. Times in µs since the epoch.
 */
export type Dependencies = {
  readonly count: number;
  /** The run's own time: from its start, or the first span's, to its end, or the last span's. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Starts and ends, never before the parent's start and the own start. */
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  /** Every start (`2 * no`) and end (`2 * no + 1`) in the order in which they happened. */
  readonly events: Uint32Array;
  /** The span in whose time a span was started: its parent, or what lasts longer above it. THE_RUN for roots. */
  readonly startedIn: Int32Array;
  /** The nearest ancestor that had not ended when the span ended. THE_RUN where none is left. */
  readonly endedIn: Int32Array;
  /** Spans that had ended before the start of a span that waited for them by its own word. */
  readonly waitsFor: ReadonlyMap<number, readonly number[]>;
  /**
   * 1 for spans that somebody may have waited for. A moment that takes no time, with nothing in it, says when it was, not
   * that work had to wait for it: it counts only where a link says so.
   */
  readonly joins: Uint8Array;
  /** For every event the time since the last one that it waited for: own work of the span it happened in. */
  readonly gapUs: Float64Array;
};

/** Pairs of span numbers: the first says that it waited for the second. */
export type Waits = Iterable<readonly [no: number, awaited: number]>;

/** What a run says of itself, beside its spans: when it began and ended, and what waited for what. */
type RunFacts = { fromUs: number; toUs: number; waits: Waits };

/** The same with what the run says of itself: it may begin before its first span, and end after its last one. */
export function runDependencies(run: Run, columns: SpanColumns, tree: SpanTree, nowUs: number): Dependencies {
  const toUs = run.status === 'running' ? nowUs : (run.endUs ?? run.lastUs);
  // Of a run that nobody started, and without spans, the start is not known.
  const fromUs = run.startUs > 0 ? run.startUs : Number.POSITIVE_INFINITY;
  return dependenciesOf(columns, tree, nowUs, { fromUs, toUs, waits: waitsOf(run) });
}

const NOTHING_SAID: RunFacts = {
  fromUs: Number.POSITIVE_INFINITY,
  toUs: Number.NEGATIVE_INFINITY,
  waits: [],
};

export function dependenciesOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  facts: RunFacts = NOTHING_SAID,
): Dependencies {
  const { count } = columns;
  const startUs = new Float64Array(count);
  const endUs = new Float64Array(count);
  let { fromUs, toUs } = facts;
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    const start = Math.max(columns.startUs[no]!, up >= 0 ? startUs[up]! : Number.NEGATIVE_INFINITY);
    startUs[no] = start;
    endUs[no] = Math.max(start, endAt(columns, no, nowUs));
    fromUs = Math.min(fromUs, start);
    toUs = Math.max(toUs, endUs[no]!);
  }
  // Without spans, and without a word of the run.
  if (fromUs === Number.POSITIVE_INFINITY) fromUs = Math.max(nowUs, toUs);
  toUs = Math.max(fromUs, toUs);
  const events = eventsInOrder(tree, startUs, endUs);
  const rank = new Uint32Array(2 * count);
  for (let at = 0; at < events.length; at++) rank[events[at]!] = at;
  const startedIn = new Int32Array(count);
  const endedIn = new Int32Array(count);
  for (const no of tree.order) {
    // Whoever had ended before an ancestor's own joining did had ended before this as well: its ancestors are skipped.
    const lasting = (event: number): number => {
      let up = Math.max(THE_RUN, tree.parent[no]!);
      while (up >= 0 && rank[2 * up + 1]! < rank[event]!) up = endedIn[up]!;
      return up;
    };
    endedIn[no] = lasting(2 * no + 1);
    startedIn[no] = lasting(2 * no);
  }
  const waitsFor = new Map<number, number[]>();
  for (const [no, awaited] of facts.waits) {
    if (rank[2 * awaited + 1]! > rank[2 * no]!) continue;
    const known = waitsFor.get(no);
    if (known) known.push(awaited);
    else waitsFor.set(no, [awaited]);
  }
  const joins = new Uint8Array(count);
  for (let no = 0; no < count; no++) joins[no] = endUs[no]! > startUs[no]! ? 1 : 0;
  for (const frame of startedIn) if (frame >= 0) joins[frame] = 1;
  for (const no of waitsFor.keys()) joins[no] = 1;
  const known = { count, fromUs, toUs, startUs, endUs, events, startedIn, endedIn, waitsFor, joins };
  return { ...known, gapUs: gapsOf(known) };
}

function gapsOf(known: Omit<Dependencies, 'gapUs'>): Float64Array {
  const { count, events, startedIn, endedIn, waitsFor, joins, startUs, endUs, fromUs } = known;
  const gaps = new Float64Array(2 * count);
  // The newest end inside each span so far, and inside the run in the last place.
  const joined = new Float64Array(count + 1).fill(Number.NEGATIVE_INFINITY);
  for (const event of events) {
    const no = event >> 1;
    if ((event & 1) === 1) {
      gaps[event] = endUs[no]! - Math.max(startUs[no]!, joined[no]!);
      if (joins[no] === 1) joined[endedIn[no]! < 0 ? count : endedIn[no]!] = endUs[no]!;
      continue;
    }
    const frame = startedIn[no]!;
    let before = frame < 0 ? Math.max(fromUs, joined[count]!) : Math.max(startUs[frame]!, joined[frame]!);
    for (const awaited of waitsFor.get(no) ?? []) before = Math.max(before, endUs[awaited]!);
    gaps[event] = startUs[no]! - before;
  }
  return gaps;
}

/**
 * Starts and ends by time. At one moment ends come first (what touches, follows), and spans that take no time stand as
 * they nest.
 */
function eventsInOrder(tree: SpanTree, startUs: Float64Array, endUs: Float64Array): Uint32Array {
  const count = startUs.length;
  const times = new Float64Array(2 * count);
  const tour = new Uint32Array(2 * count);
  for (let at = 0; at < count; at++) {
    const no = tree.order[at]!;
    const depth = tree.depth[no]!;
    // Where a walk through the tree enters the span and leaves it.
    tour[2 * at - depth] = 2 * no;
    tour[2 * tree.end[at]! - depth - 1] = 2 * no + 1;
    times[2 * no] = startUs[no]!;
    times[2 * no + 1] = endUs[no]!;
  }
  const comesFirst = (event: number): boolean => (event & 1) === 1 && times[event]! > times[event - 1]!;
  const events = new Uint32Array(2 * count);
  let filled = 0;
  for (const event of tour) if (comesFirst(event)) events[filled++] = event;
  for (const event of tour) if (!comesFirst(event)) events[filled++] = event;
  // Stable: what happens at one moment keeps this order.
  sortByStart(events, times);
  return events;
}

/** The links of a run by which one span says that it waited for another one. */
function* waitsOf(run: Run): Generator<readonly [number, number]> {
  const numbers = new Map(run.spans.map((span, no) => [span.spanId, no]));
  for (const [no, span] of run.spans.entries()) {
    for (const { type, spanId, runId } of span.links ?? []) {
      const awaited = numbers.get(spanId);
      if (type !== 'waits_for' && type !== 'follows_from') continue;
      if (awaited !== undefined && awaited !== no && (runId === undefined || runId === run.runId))
        yield [no, awaited];
    }
  }
}
