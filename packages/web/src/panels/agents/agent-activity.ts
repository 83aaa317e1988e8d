import type { Judgement } from '@tacho/trace/analysis/ledger';
import type { SpanTree } from '@tacho/trace/analysis/tree';
import { kindAt, type SpanColumns } from '@tacho/trace/model/columns';

/**
 * What each agent used over its time, for its card's little curve: counted tokens by agent number, in equal slices from its
 * start to its end (`nowUs` while it is open). The tokens of a call are spread evenly over the slices it touches. An agent's figures are its own, without the agents below it.
 */
export function agentActivity(
  columns: SpanColumns,
  tree: SpanTree,
  judgement: Judgement,
  nowUs: number,
  slices: number,
): Map<number, Float64Array> {
  const owner = new Int32Array(columns.count).fill(-1);
  const activity = new Map<number, Float64Array>();
  const endOf = (no: number): number => {
    const endUs = columns.endUs[no]!;
    return Number.isNaN(endUs) ? Math.max(nowUs, columns.startUs[no]!) : endUs;
  };
  // Parents come before their children: their owner is known.
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    const mine = kindAt(columns, no) === 'agent' ? no : up >= 0 ? owner[up]! : -1;
    owner[no] = mine;
    const tokens = judgement.tokens[no] ?? 0;
    if (mine < 0 || tokens === 0) continue;
    let curve = activity.get(mine);
    if (!curve) {
      curve = new Float64Array(slices);
      activity.set(mine, curve);
    }
    const fromUs = columns.startUs[mine]!;
    const wholeUs = Math.max(1, endOf(mine) - fromUs);
    const sliceOf = (us: number): number =>
      Math.min(slices - 1, Math.max(0, Math.floor(((us - fromUs) / wholeUs) * slices)));
    const [first, last] = [sliceOf(columns.startUs[no]!), sliceOf(endOf(no))];
    for (let slice = first; slice <= last; slice++)
      curve[slice] = curve[slice]! + tokens / (last - first + 1);
  }
  return activity;
}
