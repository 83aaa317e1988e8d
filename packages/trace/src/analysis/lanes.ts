import type { SpanColumns } from '../model/columns.ts';
import type { Lane } from './lane.ts';
import { laneMembership } from './lane-members.ts';
import { laneRows } from './lane-rows.ts';
import type { SpanTree } from './tree.ts';

export type { Lane, LaneKind } from './lane.ts';

export type LaneLayout = {
  /** By stage (first activity first), within a stage its own lane first, then by first activity. */
  lanes: readonly Lane[];
  /** Lane by span number. */
  lane: Int32Array;
  /** Sub-lane by span number. */
  row: Int32Array;
  /** Nesting within lane and row, 0 = outermost. */
  level: Int32Array;
};

/**
 * Lays a run out in lanes. Within one lane and row spans only nest or follow one another, and nest only in their own
 * ancestors. Every span has a lane, stages included. A later look at the run gives the same rows, as long as children end
 * within their parents.
 */
export function lanesOf(columns: SpanColumns, tree: SpanTree, nowUs: number): LaneLayout {
  const { lanes, lane } = laneMembership(columns, tree);
  const { row, level, rows } = laneRows(columns, tree, nowUs, lane, lanes.length);
  lanes.forEach((found, at) => {
    found.rows = rows[at]!;
  });
  return { lanes, lane, row, level };
}
