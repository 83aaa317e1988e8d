import type { SpanColumns } from '../model/columns.ts';
import { laneMembership } from './lane-members.ts';
import { laneRows } from './lane-rows.ts';
import type { SpanTree } from './tree.ts';

/**
 * A strip of the timeline. `agent`: an agent's own. `named`: asked for by name (nameLane), one for each stage it is used
 * in. `stage`: the stage's own bar and the work that belongs to it directly; it heads its group. `run`: what belongs to
 * no agent and no stage. `missing`: work whose parent is not in the run.
 */
export type LaneKind = 'agent' | 'named' | 'stage' | 'run' | 'missing';

export type Lane = {
  /** Stays the same while the run goes on. */
  key: string;
  kind: LaneKind;
  name: string;
  /** Number of the (first) agent in it, or -1. */
  agent: number;
  /** Number of the stage whose group it is in, or -1. */
  stage: number;
  /** Sub-lanes, at least 1. */
  rows: number;
  firstUs: number;
};

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
 * ancestors. Every span has a lane, stages included. Rows already given do not change when later spans arrive.
 */
export function lanesOf(columns: SpanColumns, tree: SpanTree, nowUs: number): LaneLayout {
  const { lanes, lane } = laneMembership(columns, tree);
  const { row, level, rows } = laneRows(columns, tree, nowUs, lane, lanes.length);
  lanes.forEach((found, at) => {
    found.rows = rows[at]!;
  });
  return { lanes, lane, row, level };
}
