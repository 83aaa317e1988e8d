import type { Run } from '../model/run.ts';
import { addUsage, emptyUsage, TOKEN_BUCKETS, totalTokens, type Usage } from '../model/usage.ts';
import type { Ledger } from './ledger.ts';
import { type Prepared, prepare } from './summary.ts';

export type TokenTotals = { usage: Usage; ledger: Ledger };

/**
 * What a run used, bucket by bucket. Where a span reports more than what lies below it, the ledger only knows how much
 * more; its own buckets say of which kind, and stand for its whole subtree, without the calls in it that are counted
 * elsewhere. As many tokens as the ledger counts, whatever the run. `prepared` saves counting the run again.
 */
export function tokenTotals(run: Run, prepared: Prepared = prepare(run)): TokenTotals {
  const { tree, ledger } = prepared;
  const below = new Map<number, Usage>();
  const elsewhere = new Map<number, Usage>();
  const own = new Map(ledger.entries.map((entry) => [entry.no, entry]));
  const sum = emptyUsage();
  for (let at = tree.order.length - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const entry = own.get(no);
    const counted = below.get(no);
    below.delete(no);
    const { usage: reported, modelTotal } = run.spans[no]!;
    const repeated = entry?.verdict === 'duplicate' ? reported : elsewhere.get(no);
    elsewhere.delete(no);
    const up = tree.parent[no]!;
    if (repeated !== undefined && up >= 0) elsewhere.set(up, together(repeated, elsewhere.get(up)));
    // What a model's total adds beyond its calls, which need not lie below it, the ledger knows bucket by bucket.
    const split = entry?.verdict === 'unattributed' && !modelTotal && reported && isSplit(reported);
    const known = entry ? together(entry.usage, counted) : counted;
    const usage = split && known ? inKinds(known, without(reported, repeated)) : known;
    if (usage === undefined) continue;
    if (up < 0) addUsage(sum, usage);
    else below.set(up, together(usage, below.get(up)));
  }
  return { usage: sum, ledger };
}

function isSplit(usage: Usage): boolean {
  return TOKEN_BUCKETS.some((bucket) => bucket !== 'otherTokens' && usage[bucket] > 0);
}

/** What is known, with the kinds of the whole. The whole has a little more where sums below were taken for equal. */
function inKinds(known: Usage, whole: Usage): Usage {
  if (totalTokens(whole) === totalTokens(known)) return whole;
  const kinds = { ...known };
  for (const bucket of TOKEN_BUCKETS) {
    if (bucket === 'otherTokens') continue;
    const more = Math.min(kinds.otherTokens, Math.max(0, whole[bucket] - known[bucket]));
    kinds[bucket] += more;
    kinds.otherTokens -= more;
  }
  return kinds;
}

function without(usage: Usage, repeated: Usage | undefined): Usage {
  const rest = { ...usage };
  if (repeated)
    for (const bucket of TOKEN_BUCKETS) rest[bucket] = Math.max(0, rest[bucket] - repeated[bucket]);
  return rest;
}

function together(one: Usage, other: Usage | undefined): Usage {
  const sum = { ...one };
  if (other) addUsage(sum, other);
  return sum;
}
