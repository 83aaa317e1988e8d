import { kindCode, MISSING_PARENT, type SpanColumns, textAt } from '../model/columns.ts';
import type { Lane, LaneKind } from './lane.ts';
import { countBelow } from './owners.ts';
import type { SpanTree } from './tree.ts';

const AGENT = kindCode('agent');
const STAGE = kindCode('stage');

/** Which lane every span belongs to, and the lanes in order. Rows are not known yet. */
export function laneMembership(columns: SpanColumns, tree: SpanTree): { lanes: Lane[]; lane: Int32Array } {
  const { count } = columns;
  const lane = new Int32Array(count);
  const lanes: Lane[] = [];
  const byKey = new Map<string, number>();
  const stageOf = new Int32Array(count).fill(-1);
  const groups = groupingStages(columns, tree);

  const laneFor = (key: string, kind: LaneKind, name: string, no: number): number => {
    let at = byKey.get(key);
    if (at === undefined) {
      const firstUs = columns.startUs[no]!;
      at = lanes.push({ key, kind, name, agent: -1, stage: stageOf[no]!, rows: 1, firstUs }) - 1;
      byKey.set(key, at);
    }
    return at;
  };
  /** Undefined: the lane of the parent. */
  const ownLane = (no: number): number | undefined => {
    if (columns.lane[no] !== 0) {
      const asked = textAt(columns, 'lane', no);
      return laneFor(`name:${stageOf[no]}:${asked}`, 'named', asked, no);
    }
    if (columns.kind[no] === AGENT) return laneFor(`agent:${no}`, 'agent', textAt(columns, 'name', no), no);
    if (groups[no] === 1) return laneFor(`stage:${no}`, 'stage', textAt(columns, 'name', no), no);
    const up = tree.parent[no]!;
    if (up >= 0) return undefined;
    return up === MISSING_PARENT
      ? laneFor('missing', 'missing', 'missing parent', no)
      : laneFor('run', 'run', textAt(columns, 'name', no), no);
  };

  for (const no of tree.order) {
    const up = tree.parent[no]!;
    stageOf[no] = groups[no] === 1 ? no : up >= 0 ? stageOf[up]! : -1;
    const at = ownLane(no) ?? lane[up]!;
    lane[no] = at;
    const found = lanes[at]!;
    if (columns.kind[no] === AGENT && found.agent < 0) found.agent = no;
    if (columns.startUs[no]! < found.firstUs) found.firstUs = columns.startUs[no]!;
  }
  const roots = tree.parent.reduce((sum, up) => sum + (up < 0 ? 1 : 0), 0);
  const run = byKey.get('run');
  if (run !== undefined && roots > 1) lanes[run]!.name = 'run';
  return inOrder(lanes, lane);
}

/**
 * Stages that head a group of lanes: those with agents in them, and those of the run itself (discovery has no agents, its
 * work must still be visible). A stage without agents inside an agent is a bar in that agent's lane.
 */
function groupingStages(columns: SpanColumns, tree: SpanTree): Uint8Array {
  const agentsBelow = countBelow(columns, tree, (no) => columns.kind[no] === AGENT);
  const inAgent = new Uint8Array(columns.count);
  const groups = new Uint8Array(columns.count);
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    // The agent at the root is the run itself.
    const above = up >= 0 && (inAgent[up] === 1 || (columns.kind[up] === AGENT && tree.parent[up]! >= 0));
    inAgent[no] = above ? 1 : 0;
    if (columns.kind[no] === STAGE && (agentsBelow[no]! > 0 || !above)) groups[no] = 1;
  }
  return groups;
}

const RANK: Record<LaneKind, number> = { stage: 0, run: 1, agent: 1, named: 1, missing: 2 };

function inOrder(lanes: Lane[], lane: Int32Array): { lanes: Lane[]; lane: Int32Array } {
  const groupUs = new Map<number, number>();
  for (const { stage, firstUs } of lanes)
    groupUs.set(stage, Math.min(firstUs, groupUs.get(stage) ?? Number.POSITIVE_INFINITY));
  const order = lanes.map((_, at) => at);
  order.sort((a, b) => {
    const one = lanes[a]!;
    const two = lanes[b]!;
    return (
      groupUs.get(one.stage)! - groupUs.get(two.stage)! ||
      one.stage - two.stage ||
      RANK[one.kind] - RANK[two.kind] ||
      one.firstUs - two.firstUs ||
      a - b
    );
  });
  const place = new Int32Array(lanes.length);
  order.forEach((from, to) => {
    place[from] = to;
  });
  return { lanes: order.map((at) => lanes[at]!), lane: lane.map((at) => place[at]!) };
}
