import type { SpanColumns } from '../model/columns.ts';
import { endsOf } from './extent.ts';
import { NumberHeap } from './number-heap.ts';
import { sortByStart } from './start-order.ts';
import { isWithin, type SpanTree } from './tree.ts';

/**
 * Rows within lanes, by greedy interval partitioning: spans by start, each on its parent's row when it nests there,
 * else on the first row of its lane that is free. O(n log rows).
 */
export function laneRows(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  lane: Int32Array,
  laneCount: number,
): { row: Int32Array; level: Int32Array; rows: Int32Array } {
  const { count } = columns;
  const row = new Int32Array(count);
  const level = new Int32Array(count);
  const ends = endsOf(columns, nowUs);
  const lanes = Array.from({ length: laneCount }, () => new RowSet());
  // The tree's order stands for ties: parents before children that start with them.
  const sequence = Uint32Array.from(tree.order);
  sortByStart(sequence, columns.startUs);

  /** What lies under each span on its row; -1 at the bottom. */
  const under = new Int32Array(count).fill(-1);

  for (const no of sequence) {
    const rows = lanes[lane[no]!]!;
    const start = columns.startUs[no]!;
    const end = ends[no]!;
    const up = tree.parent[no]!;
    if (up >= 0 && lane[up] === lane[no]) {
      const candidate = row[up]!;
      let top = rows.top[candidate]!;
      while (top >= 0) {
        const topEnd = ends[top]!;
        // A child without duration at its parent's very end still lies in it.
        if (topEnd > start || (topEnd === end && isWithin(tree, top, no))) break;
        top = under[top]!;
      }
      rows.top[candidate] = top;
      if (top >= 0 && isWithin(tree, top, no) && ends[top]! >= end) {
        row[no] = candidate;
        level[no] = level[top]! + 1;
        under[no] = top;
        rows.top[candidate] = no;
        continue;
      }
    }
    const free = rows.take(start, end);
    row[no] = free;
    rows.top[free] = no;
  }
  return { row, level, rows: Int32Array.from(lanes, (rows) => rows.top.length) };
}

/** The rows of one lane: which are free, and until when the others are taken by their outermost span. */
class RowSet {
  /** Innermost open span of each row; -1 for none. */
  readonly top: number[] = [];
  readonly #taken = new NumberHeap();
  readonly #free = new NumberHeap();

  /** The first row that is free at `startUs`, taken until `endUs`. */
  take(startUs: number, endUs: number): number {
    while (this.#taken.size > 0 && this.#taken.leastKey <= startUs) {
      const row = this.#taken.pop();
      this.#free.push(row, row);
    }
    const row = this.#free.size > 0 ? this.#free.pop() : this.top.push(-1) - 1;
    this.#taken.push(endUs, row);
    return row;
  }
}
