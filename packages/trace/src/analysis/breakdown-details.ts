import { kindCode, type SpanColumns } from '../model/columns.ts';
import { addUsage, emptyUsage, type Usage } from '../model/usage.ts';
import { endAt } from './extent.ts';
import type { Ledger } from './ledger.ts';
import { quantile } from './quantile.ts';
import { numbered, sortByStart } from './start-order.ts';

const LLM = kindCode('llm');

/** How long model calls took to their first token, in µs; `calls` says of how many it is known. */
export type FirstToken = { calls: number; p50Us: number; p95Us: number };

/** What takes a second look at the spans of a part. Times in µs. */
export type PartDetails = {
  /** Time in which anything of it ran: what overlaps counts once. */
  wallUs: number;
  /** Time that its agents stood in line behind others of their wave, added up. */
  queuedUs: number;
  /** Counted tokens by bucket. */
  usage: Usage;
  /** Null where no call says it. */
  firstToken: FirstToken | null;
};

/**
 * Details of `size` parts; `group` names each span's part, -1 for none. `ran`: the spans whose time is the part's, all of them
 * without it. What only adds tokens to a model (a sum that its agent states) lasts as long as the agent.
 */
export function partDetails(
  columns: SpanColumns,
  ledger: Ledger,
  group: Int32Array,
  size: number,
  untilUs: number,
  queuedUs: Float64Array,
  ran?: Uint8Array,
): PartDetails[] {
  const details = Array.from(
    { length: size },
    (): PartDetails => ({ wallUs: 0, queuedUs: 0, usage: emptyUsage(), firstToken: null }),
  );
  const covered = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  const waits = Array.from({ length: size }, (): number[] => []);
  const byStart = numbered(columns.count);
  sortByStart(byStart, columns.startUs);
  for (const no of byStart) {
    const at = group[no]!;
    if (at < 0) continue;
    const part = details[at]!;
    const start = columns.startUs[no]!;
    const end = endAt(columns, no, untilUs);
    if (ran === undefined || ran[no] === 1) {
      part.wallUs += Math.max(0, end - Math.max(start, covered[at]!));
      covered[at] = Math.max(covered[at]!, end);
    }
    part.queuedUs += queuedUs[no]!;
    const first = columns.firstTokenUs[no]!;
    if (columns.kind[no] === LLM && first >= start) waits[at]!.push(first - start);
  }
  for (const { no, usage } of ledger.entries) {
    const at = group[no]!;
    if (at >= 0) addUsage(details[at]!.usage, usage);
  }
  waits.forEach((known, at) => {
    if (known.length === 0) return;
    const sorted = Float64Array.from(known).sort();
    details[at]!.firstToken = {
      calls: known.length,
      p50Us: quantile(sorted, 0.5),
      p95Us: quantile(sorted, 0.95),
    };
  });
  return details;
}
