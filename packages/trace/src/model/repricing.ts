/** What a run costs at one state of the prices. */
export type RunCost = {
  /** Null: no price is known for any call. A lower bound while calls are unpriced. */
  costUsd: number | null;
  unpricedCalls: number;
};

/** What other prices made, or would make, of the cost of a run. */
export type Repricing = {
  runId: string;
  project?: string;
  before: RunCost;
  after: RunCost;
  /** Calls that count. */
  calls: number;
  /** Of these: calls whose cost, or the row behind it, is another now … */
  changed: number;
  /** … whose cost was not known before … */
  newlyPriced: number;
  /** … and whose cost is not known any more. */
  newlyUnpriced: number;
};
