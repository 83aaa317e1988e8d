import { PRICED_BY, type PriceLookup } from '@tacho/trace/model/price';
import type { Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';

/** Puts our price for a span's call into it; what was known of an earlier state of the span does not stay. */
export function setCost(span: Span, price: PriceLookup, project: string | undefined): void {
  const { model, provider, usage, startUs: atUs, reportedCostUsd, attributes } = span;
  const pricedBy = attributes?.[PRICED_BY];
  if (typeof pricedBy === 'string' && reportedCostUsd !== undefined) {
    span.costUsd = reportedCostUsd;
    span.priceRow = `priced by ${pricedBy}`;
    return;
  }
  const priced =
    model === undefined || usage === undefined
      ? undefined
      : price({
          model,
          usage,
          atUs,
          ...(provider !== undefined && { provider }),
          ...(project !== undefined && { project }),
        });
  if (priced) {
    span.costUsd = priced.costUsd;
    span.priceRow = priced.row;
  } else if (reportedCostUsd !== undefined) {
    // Without a price of our own the source's figure is the best there is; the row says whose it is.
    span.costUsd = reportedCostUsd;
    span.priceRow = 'reported by the source';
  } else {
    delete span.costUsd;
    delete span.priceRow;
  }
}

/** Prices all calls of a run; gives the numbers of the spans that changed by it. */
export function setCosts(run: Run, price: PriceLookup): number[] {
  const changed: number[] = [];
  for (const [no, span] of run.spans.entries()) {
    const { costUsd, priceRow } = span;
    setCost(span, price, run.project);
    if (span.costUsd !== costUsd || span.priceRow !== priceRow) changed.push(no);
  }
  return changed;
}
