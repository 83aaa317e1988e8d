import { endAt, isOpen } from '../../analysis/extent.ts';
import type { LaneLayout } from '../../analysis/lanes.ts';
import { numbered, sortByStart } from '../../analysis/start-order.ts';
import type { SpanTree } from '../../analysis/tree.ts';
import { kindAt, type SpanColumns, statusAt } from '../../model/columns.ts';
import type { SpanKind } from '../../model/span.ts';
import type { LaneRows } from './lane-choice.ts';

/** How a bar is drawn: a body with its children inside, a line over work in other lanes, or a bar. */
export type Shape = 'container' | 'spanning' | 'leaf';

/** One bar of the drawing: a span, or neighbours too narrow to be told apart. */
export type Slice = {
  row: number;
  /** Nesting of containers, from 0; leaves are drawn alike at every level. */
  level: number;
  shape: Shape;
  fromUs: number;
  toUs: number;
  kind: SpanKind;
  error: boolean;
  /** Never ended. */
  open: boolean;
  /** How many spans it stands for. */
  count: number;
  /** The longest of them. */
  no: number;
};

/** Columns of pixels of the widest drawing: what is narrower is drawn together with its like beside it. */
const COLUMNS = 1400;
/** Neighbours are drawn together up to this many columns, so that a crowd still shows where it changes. */
const MERGED_COLUMNS = 3;
/** Containers deeper than this are drawn as part of what is around them: there is no room for more frames in a row. */
const MOST_LEVELS = 3;

/** All spans of the lanes that are drawn, as at most about `most` bars; with fewer columns of pixels until they are. */
export function slicesOf(
  columns: SpanColumns,
  tree: SpanTree,
  layout: LaneLayout,
  rows: LaneRows,
  range: { fromUs: number; toUs: number },
  most: number,
): Slice[] {
  const order = numbered(columns.count);
  sortByStart(order, columns.startUs);
  const shapes = shapesOf(columns, tree, layout);
  for (let pixelUs = (range.toUs - range.fromUs) / COLUMNS; ; pixelUs *= 2) {
    const slices = merged(columns, layout, rows, { order, shapes, pixelUs, untilUs: range.toUs });
    // Bars as wide as the drawing merge no further.
    if (slices.length <= most || pixelUs > range.toUs - range.fromUs) return slices.slice(0, most);
  }
}

const SHAPES: readonly Shape[] = ['leaf', 'container', 'spanning'];

/** By span: a position in SHAPES. */
function shapesOf(columns: SpanColumns, tree: SpanTree, layout: LaneLayout): Uint8Array {
  const shapes = new Uint8Array(columns.count);
  for (let no = 0; no < columns.count; no++) {
    const up = tree.parent[no]!;
    if (up < 0) continue;
    const within = layout.lane[up] === layout.lane[no] && layout.row[up] === layout.row[no];
    if (within) shapes[up] = 1;
    else if (shapes[up] === 0) shapes[up] = 2;
  }
  return shapes;
}

function merged(
  columns: SpanColumns,
  layout: LaneLayout,
  rows: LaneRows,
  facts: { order: Uint32Array; shapes: Uint8Array; pixelUs: number; untilUs: number },
): Slice[] {
  const { order, shapes, pixelUs, untilUs } = facts;
  const slices: Slice[] = [];
  /** The newest narrow bar by row, level, shape and outcome. */
  const newest = new Map<number, Slice>();
  for (const no of order) {
    const row = rows.rowOf(layout.lane[no]!, layout.row[no]!);
    const level = layout.level[no]!;
    const shape = SHAPES[shapes[no]!]!;
    // Frames of many lanes in one row would hide what is in them.
    const framed = level < MOST_LEVELS && !rows.isRest(row);
    if (row < 0 || (shape !== 'leaf' && !framed)) continue;
    const fromUs = columns.startUs[no]!;
    const toUs = endAt(columns, no, untilUs);
    const error = statusAt(columns, no) === 'error';
    const depth = shape === 'leaf' ? 0 : level;
    const place = ((row * MOST_LEVELS + depth) * SHAPES.length + shapes[no]!) * 2 + Number(error);
    const before = newest.get(place);
    const narrow = toUs - fromUs < pixelUs;
    const near = before !== undefined && fromUs - before.toUs < pixelUs;
    const room = before !== undefined && toUs - before.fromUs < pixelUs * MERGED_COLUMNS;
    if (near && (narrow || rows.isRest(row)) && (room || toUs <= before.toUs)) {
      const longest = toUs - fromUs > endAt(columns, before.no, untilUs) - columns.startUs[before.no]!;
      if (longest) Object.assign(before, { no, kind: kindAt(columns, no) });
      before.toUs = Math.max(before.toUs, toUs);
      before.count++;
      continue;
    }
    const slice: Slice = {
      row,
      level: depth,
      shape,
      fromUs,
      toUs,
      kind: kindAt(columns, no),
      error,
      open: isOpen(columns, no),
      count: 1,
      no,
    };
    slices.push(slice);
    if (narrow || rows.isRest(row)) newest.set(place, slice);
    else newest.delete(place);
  }
  return slices;
}
