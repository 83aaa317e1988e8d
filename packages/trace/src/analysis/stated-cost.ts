import type { Run } from '../model/run.ts';
import type { SpanTree } from './tree.ts';

/**
 * What the source itself says the run cost, in USD; null where it says nothing. A span's own word stands for everything
 * below it, so that no sum is added to its parts; of calls and the sums stated beside them, the larger counts.
 */
export function statedCostOf(run: Run, tree: SpanTree): number | null {
  const count = run.spans.length;
  /** What is stated below each span: by its calls, and by sums for models. The last place is for the roots. */
  const calls = new Float64Array(count + 1).fill(Number.NaN);
  const sums = new Float64Array(count + 1).fill(Number.NaN);
  for (let at = count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const { reportedCostUsd, duplicateOfRun, modelTotal } = run.spans[no]!;
    const own = duplicateOfRun === undefined ? reportedCostUsd : undefined;
    const stated = own ?? larger(calls[no]!, sums[no]!);
    if (Number.isNaN(stated)) continue;
    const up = tree.parent[no]! < 0 ? count : tree.parent[no]!;
    const side = modelTotal ? sums : calls;
    side[up] = (Number.isNaN(side[up]!) ? 0 : side[up]!) + stated;
  }
  const all = larger(calls[count]!, sums[count]!);
  return Number.isNaN(all) ? null : all;
}

function larger(one: number, other: number): number {
  if (Number.isNaN(one)) return other;
  return Number.isNaN(other) ? one : Math.max(one, other);
}
