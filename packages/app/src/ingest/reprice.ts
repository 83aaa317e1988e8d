import { type Ledger, ledgerOf } from '@tacho/trace/analysis/ledger';
import type { PriceLookup } from '@tacho/trace/model/price';
import type { Repricing, RunCost } from '@tacho/trace/model/repricing';
import type { Run } from '@tacho/trace/model/run';
import { setCosts } from './set-cost.ts';

/** Prices all calls of a run anew, in place. `spans`: the numbers of those that changed. */
export function repriceRun(run: Run, price: PriceLookup): { repricing: Repricing; spans: number[] } {
  const before = ledgerOf(run);
  const costs = callCosts(run, before);
  const spans = setCosts(run, price);
  const after = spans.length === 0 ? before : ledgerOf(run);
  const changed = new Set(spans);
  const counts = { calls: 0, changed: 0, newlyPriced: 0, newlyUnpriced: 0 };
  for (const [no, now] of callCosts(run, after)) {
    const was = costs.get(no) ?? null;
    counts.calls++;
    if (changed.has(no) || was !== now) counts.changed++;
    if (costs.has(no) && was === null && now !== null) counts.newlyPriced++;
    if (was !== null && now === null) counts.newlyUnpriced++;
  }
  const { runId, project } = run;
  return {
    repricing: {
      runId,
      ...(project !== undefined && { project }),
      before: costOf(before),
      after: costOf(after),
      ...counts,
    },
    spans,
  };
}

function costOf({ costUsd, unpricedCalls }: Ledger): RunCost {
  return { costUsd, unpricedCalls };
}

/**
 * The costs of the spans that count, by span number; null: unknown. What a source's sum adds to its calls is no call: it comes
 * and goes with their prices.
 */
function callCosts(run: Run, ledger: Ledger): Map<number, number | null> {
  const costs = new Map<number, number | null>();
  for (const { no, verdict, costUsd } of ledger.entries) {
    const rest = verdict === 'unattributed' && run.spans[no]!.modelTotal;
    if (!rest && (verdict === 'counted' || verdict === 'unattributed')) costs.set(no, costUsd);
  }
  return costs;
}
