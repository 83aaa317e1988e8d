import type { LaneLayout } from '@tacho/trace/analysis/lanes';
import { sortByStart } from '@tacho/trace/analysis/start-order';
import type { SpanColumns } from '@tacho/trace/model/columns';
import { SPAN_KINDS, SPAN_STATUSES, type SpanKind } from '@tacho/trace/model/span';
import { CONTAINER, paintOf, SPANNING } from './paint.ts';

/**
 * The spans of a run, sorted for drawing. A strip is one nesting level of one row (sub-lane) of one lane: its spans
 * follow each other and never overlap, so that both ends are sorted and a moment is found by binary search.
 */
export type Strips = {
  /** Span numbers by strip, then start. */
  readonly spans: Int32Array;
  readonly startUs: Float64Array;
  /** Infinity for an open span. */
  readonly endUs: Float64Array;
  /** What a span is painted with, see paint.ts. */
  readonly paint: Uint8Array;
  /** Position in `spans` at which a strip begins; one entry more than there are strips. */
  readonly first: Int32Array;
  /** First strip of a row, rows counted over all lanes; one entry more than there are rows. */
  readonly rowFirst: Int32Array;
  /** First row of a lane; one entry more than there are lanes. */
  readonly laneFirst: Int32Array;
  /** Spans that failed, by strip. */
  readonly errors: Int32Array;
  /** Strip by span number, -1 for a span without a lane. */
  readonly strip: Int32Array;
  /** Position in `spans` by span number. */
  readonly position: Int32Array;
};

/** Sorts the spans into strips: by start, then by counting. Linear, so that a live run can do it at every update. */
export function stripsOf(columns: SpanColumns, lanes: LaneLayout, parent: Int32Array): Strips {
  const { count } = columns;
  const laneFirst = new Int32Array(lanes.lanes.length + 1);
  for (const [index, lane] of lanes.lanes.entries()) laneFirst[index + 1] = laneFirst[index]! + lane.rows;
  const rows = laneFirst.at(-1)!;

  const levels = new Int32Array(rows);
  const row = new Int32Array(count);
  for (let no = 0; no < count; no++) {
    const lane = lanes.lane[no]!;
    row[no] = lane < 0 ? -1 : laneFirst[lane]! + lanes.row[no]!;
    if (lane >= 0) levels[row[no]!] = Math.max(levels[row[no]!]!, lanes.level[no]! + 1);
  }
  const rowFirst = new Int32Array(rows + 1);
  for (let index = 0; index < rows; index++) rowFirst[index + 1] = rowFirst[index]! + levels[index]!;
  const stripCount = rowFirst[rows]!;

  const strip = new Int32Array(count);
  const first = new Int32Array(stripCount + 1);
  for (let no = 0; no < count; no++) {
    strip[no] = row[no]! < 0 ? -1 : rowFirst[row[no]!]! + lanes.level[no]!;
    if (strip[no]! >= 0) first[strip[no]! + 1]!++;
  }
  for (let index = 0; index < stripCount; index++) first[index + 1] = first[index + 1]! + first[index]!;

  const total = first[stripCount]!;
  const spans = new Int32Array(total);
  const startUs = new Float64Array(total);
  const endUs = new Float64Array(total);
  const paint = new Uint8Array(total);
  const errors = new Int32Array(stripCount);
  const position = new Int32Array(count).fill(-1);
  const shapes = shapesOf(columns, lanes, row, parent);
  const next = first.slice();
  for (const no of byStart(columns)) {
    const own = strip[no]!;
    if (own < 0) continue;
    const at = next[own]!++;
    spans[at] = no;
    position[no] = at;
    startUs[at] = columns.startUs[no]!;
    endUs[at] = Number.isNaN(columns.endUs[no]!) ? Number.POSITIVE_INFINITY : columns.endUs[no]!;
    paint[at] = paintOf(columns.kind[no]!, columns.status[no]!, shapes[no]!);
    if (columns.status[no] === ERROR_STATUS) errors[own]!++;
  }
  return { spans, startUs, endUs, paint, first, rowFirst, laneFirst, errors, strip, position };
}

const ERROR_STATUS = SPAN_STATUSES.indexOf('error');

/** Kinds whose whole purpose may lie in other lanes. A tool that starts an agent stays a solid bar: someone waits for it. */
const SPANNING_KINDS: ReadonlySet<number> = new Set(
  ['task', 'agent', 'stage'].map((kind) => SPAN_KINDS.indexOf(kind as SpanKind)),
);

/** Containers have children drawn inside them; the outermost whose children are all in other lanes only span them. */
function shapesOf(columns: SpanColumns, lanes: LaneLayout, row: Int32Array, parent: Int32Array): Uint8Array {
  const shapes = new Uint8Array(row.length);
  for (let no = 0; no < row.length; no++) {
    const up = parent[no]!;
    if (up < 0) continue;
    if (row[up] === row[no]) shapes[up] = CONTAINER;
    else if (shapes[up] === 0 && lanes.level[up] === 0 && SPANNING_KINDS.has(columns.kind[up]!))
      shapes[up] = SPANNING;
  }
  return shapes;
}

function byStart(columns: SpanColumns): Uint32Array {
  const order = new Uint32Array(columns.count).map((_, no) => no);
  sortByStart(order, columns.startUs);
  return order;
}

/** The first position in [low, high) whose value is greater than `limit` (values ascending); `high` when none is. */
export function firstAfter(values: Float64Array, low: number, high: number, limit: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The number of levels in a row. */
/**
 * Whether a row only holds what overlapped inside a container of its lane: tools that ran beside each other. Such a row
 * is drawn slim, as one more line of insets, so that ten parallel agents fit on a screen.
 */
export function isSlim(strips: Strips, lane: number, row: number): boolean {
  const first = strips.laneFirst[lane]!;
  return row > first && levelsOf(strips, row) === 1 && levelsOf(strips, first) > 1;
}

export function levelsOf(strips: Strips, row: number): number {
  return strips.rowFirst[row + 1]! - strips.rowFirst[row]!;
}
