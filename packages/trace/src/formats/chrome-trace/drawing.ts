import { endAt } from '../../analysis/extent.ts';
import { type LaneLayout, lanesOf } from '../../analysis/lanes.ts';
import { type SpanTree, treeOf } from '../../analysis/tree.ts';
import { columnsOf, type SpanColumns } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';

/** Lanes begin here: a thread whose number is its process's would be the "main thread" and sorted before all others. */
const FIRST_TID = 100;

/** A run laid out for a trace viewer. Times are µs since `originUs`. */
export type Drawing = {
  readonly run: Run;
  readonly columns: SpanColumns;
  readonly tree: SpanTree;
  readonly layout: LaneLayout;
  /** Time 0 of the trace: epoch µs in a double would leave viewers a quarter of a µs, and no nanoseconds. */
  readonly originUs: number;
  readonly endUs: number;
  /** Spans in the order in which they are written: by start, parents before children. */
  readonly sequence: Uint32Array;
  /** Threads by lane and row. */
  readonly firstTid: Int32Array;
  /** Ends as drawn, relative; below its start for a span that takes no room: it is written as an instant. */
  readonly drawnEnd: Float64Array;
};

export function draw(run: Run): Drawing {
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  let originUs = run.startUs > 0 ? run.startUs : Number.POSITIVE_INFINITY;
  let endUs = Math.max(run.lastUs, run.endUs ?? 0);
  for (let no = 0; no < columns.count; no++) {
    originUs = Math.min(originUs, columns.startUs[no]!);
    endUs = Math.max(endUs, endAt(columns, no, 0));
  }
  if (originUs === Number.POSITIVE_INFINITY) originUs = endUs;
  const layout = lanesOf(columns, tree, endUs);
  const firstTid = new Int32Array(layout.lanes.length);
  let tid = FIRST_TID;
  layout.lanes.forEach((lane, at) => {
    firstTid[at] = tid;
    tid += lane.rows;
  });
  const sequence = Uint32Array.from(tree.order);
  sequence.sort((a, b) => columns.startUs[a]! - columns.startUs[b]! || tree.position[a]! - tree.position[b]!);
  const partial = { run, columns, tree, layout, originUs, endUs, sequence, firstTid };
  return { ...partial, drawnEnd: drawnEnds(partial) };
}

/** The thread of a span. */
export function tidOf(drawing: Pick<Drawing, 'firstTid' | 'layout'>, no: number): number {
  return drawing.firstTid[drawing.layout.lane[no]!]! + drawing.layout.row[no]!;
}

/** µs since the trace's time 0. */
export function startOf(drawing: Pick<Drawing, 'columns' | 'originUs'>, no: number): number {
  return drawing.columns.startUs[no]! - drawing.originUs;
}

/** Marks a span that is written as an instant. */
export const INSTANT = -1;

/**
 * Ends as drawn. A span without duration gets a microsecond where that leaves its neighbours alone; elsewhere a viewer
 * would nest it in what starts at the same time, so it becomes an instant.
 */
function drawnEnds(drawing: Omit<Drawing, 'drawnEnd'>): Float64Array {
  const { columns, layout, sequence } = drawing;
  const ends = new Float64Array(columns.count);
  const next = new Int32Array(columns.count).fill(-1);
  const newest = new Map<number, number>();
  for (const no of sequence) {
    const tid = tidOf(drawing, no);
    const before = newest.get(tid);
    if (before !== undefined) next[before] = no;
    newest.set(tid, no);
  }
  /** Ends of what is open on each thread, by level. */
  const open = new Map<number, number[]>();
  for (const no of sequence) {
    const tid = tidOf(drawing, no);
    const level = layout.level[no]!;
    const enclosing = open.get(tid) ?? [];
    open.set(tid, enclosing);
    const start = startOf(drawing, no);
    let end = endAt(columns, no, drawing.endUs) - drawing.originUs;
    const limit = level === 0 ? Number.POSITIVE_INFINITY : enclosing[level - 1]!;
    if (end <= start) {
      const after = next[no]!;
      const room = limit > start && (after < 0 || startOf(drawing, after) > start);
      end = room ? start + 1 : INSTANT;
    }
    enclosing.length = level;
    enclosing[level] = end;
    ends[no] = end;
  }
  return ends;
}
