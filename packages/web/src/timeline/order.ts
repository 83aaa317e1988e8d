import type { Lane } from '@tacho/trace/analysis/lanes';

/** Lanes as they stand below each other: by stage, `stage` -1 (no stage) first. Numbers are positions in the lane list. */
export type LaneGroup = { readonly stage: number; readonly lanes: readonly number[] };

/** The places given out so far, by key. */
export type LaneOrder = {
  readonly stages: ReadonlyMap<number, number>;
  readonly lanes: ReadonlyMap<string, number>;
};

/**
 * Groups lanes by stage. What had a place before keeps it, and newcomers go to the end of their group, so that nothing
 * moves under the pointer while a run goes on.
 */
export function groupLanes(
  lanes: readonly Lane[],
  before?: LaneOrder,
): { groups: readonly LaneGroup[]; order: LaneOrder } {
  const byStage = new Map<number, number[]>();
  for (const [index, lane] of lanes.entries()) {
    const group = byStage.get(lane.stage);
    if (group) group.push(index);
    else byStage.set(lane.stage, [index]);
  }
  const place = (index: number): number => before?.lanes.get(lanes[index]!.key) ?? Number.MAX_SAFE_INTEGER;
  const stagePlace = (stage: number): number =>
    stage < 0 ? -1 : (before?.stages.get(stage) ?? Number.MAX_SAFE_INTEGER);
  const groups = [...byStage]
    .map(([stage, members]) => ({ stage, lanes: members.sort((a, b) => place(a) - place(b)) }))
    .sort((a, b) => stagePlace(a.stage) - stagePlace(b.stage));

  const stagesAfter = new Map<number, number>();
  const lanesAfter = new Map<string, number>();
  for (const group of groups) {
    stagesAfter.set(group.stage, stagesAfter.size);
    for (const index of group.lanes) lanesAfter.set(lanes[index]!.key, lanesAfter.size);
  }
  return { groups, order: { stages: stagesAfter, lanes: lanesAfter } };
}
