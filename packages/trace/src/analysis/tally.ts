import { FLAG_DUPLICATE, kindCode, type SpanColumns } from '../model/columns.ts';
import { type Judgement, judge } from './ledger.ts';
import type { SpanTree } from './tree.ts';

const TOOL = kindCode('tool');

/** What a group of spans used. */
export type Tally = {
  tokens: number;
  toolCalls: number;
  /** Known cost; null when calls count and none has a price; a lower bound while `unpriced` is not 0. */
  costUsd: number | null;
  /** Calls that count and have no price. */
  unpriced: number;
};

/**
 * Adds spans up in groups. `group` says for every span which of `size` groups it belongs to (-1: none). Every span is
 * in one group at most, so that groups can be added up without counting anything twice.
 */
export function tallyGroups(
  columns: SpanColumns,
  tree: SpanTree,
  group: ArrayLike<number>,
  size: number,
  judgement: Judgement = judge(columns, tree),
): Tally[] {
  const tallies = Array.from({ length: size }, () => ({ tokens: 0, toolCalls: 0, costUsd: 0, unpriced: 0 }));
  const priced = new Uint32Array(size);
  const calls = toolCalls(columns, tree);
  for (let no = 0; no < columns.count; no++) {
    const at = group[no]!;
    if (at < 0) continue;
    const tally = tallies[at]!;
    tally.tokens += judgement.tokens[no]!;
    tally.toolCalls += calls[no]!;
    const cost = countedCost(columns, judgement, no);
    if (cost === null) tally.unpriced++;
    else if (cost !== undefined) {
      tally.costUsd += cost;
      priced[at] = priced[at]! + 1;
    }
  }
  return tallies.map((tally, at) =>
    priced[at] === 0 && tally.unpriced > 0 ? { ...tally, costUsd: null } : tally,
  );
}

/** Cost of a span that counts; null when it counts and has no price, undefined when it does not count. */
export function countedCost(
  columns: SpanColumns,
  judgement: Judgement,
  no: number,
): number | null | undefined {
  const verdict = judgement.verdict[no]!;
  if (verdict === 'counted' || verdict === 'unattributed') {
    const counted = judgement.costUsd[no]!;
    return Number.isNaN(counted) ? null : counted;
  }
  const cost = columns.costUsd[no]!;
  // A paid tool: cost without tokens.
  const paid = verdict === 'none' && !Number.isNaN(cost) && (columns.flags[no]! & FLAG_DUPLICATE) === 0;
  return paid ? cost : undefined;
}

/**
 * Tool calls by span: 1 for a tool span; what a span reports for itself only where nothing below it is counted, for
 * otherwise the calls are in the stream, or somebody below has reported them.
 */
export function toolCalls(columns: SpanColumns, tree: SpanTree): Uint32Array {
  const { count } = columns;
  const calls = new Uint32Array(count);
  const below = new Uint32Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const reported = below[no] === 0 ? columns.toolUses[no]! : 0;
    calls[no] = reported + (columns.kind[no] === TOOL ? 1 : 0);
    const up = tree.parent[no]!;
    if (up >= 0) below[up] = below[up]! + below[no]! + calls[no]!;
  }
  return calls;
}
