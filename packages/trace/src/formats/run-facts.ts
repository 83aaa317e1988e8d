import { type Prepared, prepare, summaryOf } from '../analysis/summary.ts';
import type { Run } from '../model/run.ts';
import type { RunSummary } from '../model/summary.ts';

/** A finished run, counted once for everything that is written at its end. */
export type RunFacts = { run: Run; prepared: Prepared; summary: RunSummary };

export function factsOf(run: Run): RunFacts {
  const prepared = prepare(run);
  return { run, prepared, summary: summaryOf(run, run.lastUs, prepared) };
}
