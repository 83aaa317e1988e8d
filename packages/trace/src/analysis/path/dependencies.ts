import type { SpanColumns } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import { endAt } from '../extent.ts';
import type { SpanTree } from '../tree.ts';

/** The run itself, where a span's number is asked for: what no span did, and what no span waited for. */
export const THE_RUN = -1;

/**
 * What waited for what, read off the times. A span's work is started by the span above it and joined by the nearest
 * ancestor that lasts long enough; a start waits for every sibling that had ended before. Times in µs since the epoch.
 */
export type Dependencies = {
  readonly count: number;
  /** When the first span began, and when the last one ended. */
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
};

/** Pairs of span numbers: the first says that it waited for the second. */
export type Waits = Iterable<readonly [no: number, awaited: number]>;

export function dependenciesOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  waits: Waits = [],
): Dependencies {
  const { count } = columns;
  const startUs = new Float64Array(count);
  const endUs = new Float64Array(count);
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    const start = Math.max(columns.startUs[no]!, up >= 0 ? startUs[up]! : Number.NEGATIVE_INFINITY);
    startUs[no] = start;
    endUs[no] = Math.max(start, endAt(columns, no, nowUs));
    fromUs = Math.min(fromUs, start);
    toUs = Math.max(toUs, endUs[no]!);
  }
  if (count === 0) fromUs = toUs = nowUs;
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
  for (const [no, awaited] of waits) {
    if (rank[2 * awaited + 1]! > rank[2 * no]!) continue;
    const known = waitsFor.get(no);
    if (known) known.push(awaited);
    else waitsFor.set(no, [awaited]);
  }
  return { count, fromUs, toUs, startUs, endUs, events, startedIn, endedIn, waitsFor };
}

/**
 * Starts and ends by time. At one moment ends come first (what touches, follows), and spans that take no time stand as
 * they nest.
 */
function eventsInOrder(tree: SpanTree, startUs: Float64Array, endUs: Float64Array): Uint32Array {
  const count = startUs.length;
  const tour = new Uint32Array(2 * count);
  for (let at = 0; at < count; at++) {
    const no = tree.order[at]!;
    const depth = tree.depth[no]!;
    tour[2 * no] = 2 * at - depth;
    tour[2 * no + 1] = 2 * tree.end[at]! - depth - 1;
  }
  const timeOf = (event: number): number => (event & 1 ? endUs : startUs)[event >> 1]!;
  const isLater = (event: number): number => (event & 1 && endUs[event >> 1]! > startUs[event >> 1]! ? 0 : 1);
  return new Uint32Array(2 * count)
    .map((_, event) => event)
    .sort((a, b) => timeOf(a) - timeOf(b) || isLater(a) - isLater(b) || tour[a]! - tour[b]!);
}

/** The links of a run by which one span says that it waited for another one. */
export function* waitsOf(run: Run): Generator<readonly [number, number]> {
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
