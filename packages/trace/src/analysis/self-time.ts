import type { SpanColumns } from '../model/columns.ts';
import { endAt } from './extent.ts';
import type { SpanTree } from './tree.ts';

/**
 * Self time of every span in µs: its duration minus the union of its children's times inside it. Open spans last until
 * `nowUs`. Never negative, whatever the children overlap.
 */
export function selfTimes(columns: SpanColumns, tree: SpanTree, nowUs: number): Float64Array {
  const { count } = columns;
  const self = new Float64Array(count);
  /** How far the children seen so far cover their parent. */
  const covered = new Float64Array(count);
  for (const no of tree.order) {
    const start = columns.startUs[no]!;
    const end = endAt(columns, no, nowUs);
    self[no] = end - start;
    covered[no] = start;
    const up = tree.parent[no]!;
    if (up < 0) continue;
    // Siblings come by start, so that one running edge is enough for their union.
    const from = Math.max(start, covered[up]!);
    const to = Math.min(end, endAt(columns, up, nowUs));
    if (to <= from) continue;
    self[up] = self[up]! - (to - from);
    covered[up] = to;
  }
  return self;
}
