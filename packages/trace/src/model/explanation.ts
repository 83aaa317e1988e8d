import type { Span } from './span.ts';
import type { Usage } from './usage.ts';

/** What became of the tokens and the cost that a span reports; see analysis/ledger. */
export type CountVerdict = 'counted' | 'unattributed' | 'roll-up' | 'duplicate';

/** How the tokens and the cost of one span came to count, or not. */
export type ExplainedSpan = {
  spanId: string;
  name: string;
  kind: Span['kind'];
  model?: string;
  verdict: CountVerdict;
  /** A sentence: why it counts as it does. */
  why: string;
  /** Tokens it reports. */
  reportedTokens: number;
  /** Of these, what counts. */
  counted: Usage;
  /** What counts, in USD; null: unknown. 0 where nothing counts. */
  costUsd: number | null;
  /** The row of a price table behind the cost, where it was computed. */
  priceRow?: string;
  /** What the source says it cost. */
  reportedCostUsd?: number;
  /** A sum that the source states, and no call. */
  sum?: true;
  /** The output count was written before the call ended: a lower bound. */
  placeholder?: true;
  /** The run in which the same call counts; this run itself where it stands here twice. */
  countedInRun?: string;
  /** The span of this run that counts in its place. */
  countedAsSpan?: string;
};

/** Spans of one verdict together. */
export type ExplainedGroup = {
  verdict: CountVerdict;
  spans: number;
  reportedTokens: number;
  countedTokens: number;
  /** Null: no cost of them is known. */
  costUsd: number | null;
  meaning: string;
};

/** What one price row was applied to: calls of a model, or what sums have that no call explains. */
export type ExplainedPrice = {
  model: string;
  /** Null: no price is known. */
  priceRow: string | null;
  /** 0 where these are parts of sums. */
  calls: number;
  /** Spans with a sum of which a part is explained by no call; 0 where these are calls. */
  rests: number;
  usage: Usage;
  costUsd: number | null;
  /** What the source says these calls, or these sums as a whole, cost, where it says so for any. */
  reportedCostUsd?: number;
};

/** The books of a run, opened: what counted, what did not, and why. Adds up to the run's tokens and cost. */
export type Explanation = {
  runId: string;
  usage: Usage;
  tokens: number;
  costUsd: number | null;
  /** Calls, and parts of sums that no call explains, without a known price: with any, the cost is a lower bound. */
  unpricedCalls: number;
  unpricedRests: number;
  groups: ExplainedGroup[];
  prices: ExplainedPrice[];
  /** Every span that reports tokens or a cost, in the order of the run. */
  spans: ExplainedSpan[];
};

/** Where a price is from, and for what where that is no call. */
export function pricedBy({
  priceRow,
  rests,
  reportedCostUsd,
}: Pick<ExplainedPrice, 'priceRow' | 'rests' | 'reportedCostUsd'>): string {
  if (rests > 0 && reportedCostUsd !== undefined)
    return 'as the source states it, beyond what its calls cost';
  return `${priceRow ?? 'no price is known'}${rests > 0 ? ', for what no call explains' : ''}`;
}
