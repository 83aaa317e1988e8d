import { endAt } from '../../analysis/extent.ts';
import type { SpanTree } from '../../analysis/tree.ts';
import { kindCode, type SpanColumns, statusCode } from '../../model/columns.ts';

/** Levels of the tree that are shown: browsers stop nesting at 512, and nobody indents so far. */
export const MOST_DEPTH = 48;

const [AGENT, STAGE] = [kindCode('agent'), kindCode('stage')];
const ERROR = statusCode('error');

/**
 * The spans that the page's tree shows, at most `most`: all, or what `named` asks for, what failed, stages and agents,
 * and then level by level the longest. Each comes with all spans above it; spans too deep are left out.
 */
export function chooseSpans(
  columns: SpanColumns,
  tree: SpanTree,
  named: readonly number[],
  untilUs: number,
  most: number,
): Set<number> {
  const chosen = new Set<number>();
  const take = (no: number): void => {
    if (tree.depth[no]! >= MOST_DEPTH) return;
    const path: number[] = [];
    for (let up = no; up >= 0 && !chosen.has(up); up = tree.parent[up]!) path.push(up);
    if (chosen.size + path.length <= most) for (const at of path) chosen.add(at);
  };
  for (const no of named) take(no);
  const rank = (no: number): number => {
    if (columns.status[no] === ERROR) return 0;
    return columns.kind[no] === STAGE ? 1 : columns.kind[no] === AGENT ? 2 : 3;
  };
  const ranks = Uint8Array.from({ length: columns.count }, (_, no) => rank(no));
  const length = Float64Array.from(
    { length: columns.count },
    (_, no) => endAt(columns, no, untilUs) - columns.startUs[no]!,
  );
  const order = Uint32Array.from(tree.order).sort(
    (a, b) => ranks[a]! - ranks[b]! || tree.depth[a]! - tree.depth[b]! || length[b]! - length[a]! || a - b,
  );
  // A crowd of failures must not keep the run's own shape out: half of the room at most.
  let failures = 0;
  for (const no of order) {
    if (chosen.size >= most) break;
    if (ranks[no] === 0 && failures++ >= most / 2) continue;
    take(no);
  }
  return chosen;
}
