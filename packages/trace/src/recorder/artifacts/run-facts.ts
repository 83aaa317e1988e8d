import { type Prepared, prepare, summaryOf } from '../../analysis/summary.ts';
import type { Run } from '../../model/run.ts';
import type { RunSummary } from '../../model/summary.ts';

/** A finished run, counted once for everything that is written at its end. */
export type RunFacts = { run: Run; prepared: Prepared; summary: RunSummary };

export function factsOf(run: Run): RunFacts {
  const prepared = prepare(run);
  return { run, prepared, summary: summaryOf(run, run.lastUs, prepared) };
}

/** `Library analysis, depth 0` and `libraryDepth0` as `library_analysis_depth_0` and `library_depth_0`. */
export function snakeCase(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words.join('_') || 'stage';
}
