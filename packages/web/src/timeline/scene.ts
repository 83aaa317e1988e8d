import { type ActivityOptions, activeAgents } from '@tacho/trace/analysis/concurrency';
import { extentOf } from '@tacho/trace/analysis/extent';
import { type LaneLayout, lanesOf } from '@tacho/trace/analysis/lanes';
import { type Stall, stallsOf } from '@tacho/trace/analysis/stalls';
import { type SpanTree, treeOf } from '@tacho/trace/analysis/tree';
import type { SpanColumns } from '@tacho/trace/model/columns';
import type { RunHeader } from '@tacho/trace/model/run';
import { SPAN_STATUSES } from '@tacho/trace/model/span';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import { BlockCache } from './blocks.ts';
import { changedLanes, type Signature, signatureOf } from './dirty.ts';
import { groupLanes, type LaneGroup, type LaneOrder } from './order.ts';
import { type Strips, stripsOf } from './strips.ts';
import type { TimeRange } from './view.ts';

/** What the timeline needs to know of a run's header. */
export type TimelineHeader = Pick<RunHeader, 'status' | 'startUs' | 'lastUs'> & {
  /** How long calls took in earlier runs. */
  usual?: readonly UsualTime[];
};

/** Everything that is derived from the columns and stays the same while one pans and zooms. */
export type Scene = {
  readonly columns: SpanColumns;
  readonly tree: SpanTree;
  readonly layout: LaneLayout;
  readonly groups: readonly LaneGroup[];
  readonly order: LaneOrder;
  readonly strips: Strips;
  readonly blocks: BlockCache;
  /** The run so far: from its start to its last sign of life. */
  readonly extent: TimeRange;
  readonly live: boolean;
  /** Where spans that were torn off end: the run's last sign of life. */
  readonly lastUs: number;
  readonly stalls: ReadonlyMap<number, Stall>;
  readonly activity: { readonly tsUs: Float64Array; readonly active: Float64Array };
  /** Starts of failed spans, for the minimap. */
  readonly errorUs: Float64Array;
  /** By lane: how its agent or its outermost work is doing. */
  readonly laneState: readonly LaneState[];
  readonly signature: Signature;
};

export type LaneState = 'idle' | 'running' | 'error' | 'stalled';

const ACTIVITY_POINTS: NonNullable<ActivityOptions['points']> = 400;
const ERROR = SPAN_STATUSES.indexOf('error');

/**
 * @param before the scene of an earlier version of the same run: lanes keep their places, and strips that have not
 * changed keep their merged blocks
 */
export function sceneOf(current: SpanColumns, header: TimelineHeader, nowUs: number, before?: Scene): Scene {
  // The columns of a live run grow in place: this version of them must keep its count.
  const columns = { ...current };
  const live = header.status === 'running';
  const openEndUs = live ? nowUs : header.lastUs;
  const tree = treeOf(columns);
  const layout = lanesOf(columns, tree, openEndUs);
  const { groups, order } = groupLanes(layout.lanes, before?.order);
  const strips = stripsOf(columns, layout, tree.parent);
  const spansExtent = extentOf(columns, openEndUs);
  const fromUs = Math.min(header.startUs || Number.POSITIVE_INFINITY, spansExtent?.fromUs ?? openEndUs);
  const extent = { fromUs, toUs: Math.max(fromUs, openEndUs, spansExtent?.toUs ?? fromUs) };
  const stalls = new Map(
    live ? stallsOf(columns, tree, nowUs, header.usual).map((stall) => [stall.no, stall]) : [],
  );
  const signature = signatureOf(columns, layout);
  const blocks = new BlockCache(strips);
  if (before) adoptBlocks(blocks, strips, layout, signature, before);
  return {
    columns,
    tree,
    layout,
    groups,
    order,
    strips,
    blocks,
    extent,
    live,
    lastUs: openEndUs,
    stalls,
    activity: activeAgents(columns, tree, { nowUs: openEndUs, ...extent, points: ACTIVITY_POINTS }),
    errorUs: errorTimes(columns),
    laneState: laneStates(columns, layout, live, stalls),
    signature,
  };
}

/** The time to which open spans are drawn. */
export function openEndOf(scene: Scene, nowUs: number): number {
  return scene.live ? Math.max(nowUs, scene.lastUs) : scene.lastUs;
}

function adoptBlocks(
  blocks: BlockCache,
  strips: Strips,
  layout: LaneLayout,
  signature: Signature,
  before: Scene,
): void {
  const dirty = changedLanes(before.signature, signature);
  const olderLane = new Map(before.layout.lanes.map((lane, index) => [lane.key, index]));
  for (const [lane, { key }] of layout.lanes.entries()) {
    const older = olderLane.get(key);
    if (older === undefined || dirty.has(lane)) continue;
    const from = strips.rowFirst[strips.laneFirst[lane]!]!;
    const to = strips.rowFirst[strips.laneFirst[lane + 1]!]!;
    const olderFrom = before.strips.rowFirst[before.strips.laneFirst[older]!]!;
    const olderTo = before.strips.rowFirst[before.strips.laneFirst[older + 1]!]!;
    if (to - from !== olderTo - olderFrom) continue;
    for (let strip = from; strip < to; strip++) blocks.adopt(strip, before.blocks, olderFrom + strip - from);
  }
}

function errorTimes(columns: SpanColumns): Float64Array {
  const times: number[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (columns.status[no] !== ERROR) continue;
    times.push(Number.isNaN(columns.endUs[no]!) ? columns.startUs[no]! : columns.endUs[no]!);
  }
  return Float64Array.from(times);
}

function laneStates(
  columns: SpanColumns,
  layout: LaneLayout,
  live: boolean,
  stalls: ReadonlyMap<number, Stall>,
): LaneState[] {
  const states = new Array<LaneState>(layout.lanes.length).fill('idle');
  for (let no = 0; no < columns.count; no++) {
    // Inner failures may have been handled: the lane is as its outermost work is.
    if (layout.level[no] !== 0) continue;
    const lane = layout.lane[no]!;
    if (columns.status[no] === ERROR) states[lane] = 'error';
    else if (live && Number.isNaN(columns.endUs[no]!) && states[lane] === 'idle') states[lane] = 'running';
  }
  for (const no of stalls.keys()) {
    const lane = layout.lane[no]!;
    if (states[lane] !== 'error') states[lane] = 'stalled';
  }
  return states;
}
