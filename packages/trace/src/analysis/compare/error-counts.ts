import type { ComparedRun } from './compared-run.ts';

/** Types of errors and how often runs ended in them, the most frequent first. */
export function errorCounts(runs: readonly ComparedRun[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { errorType } of runs)
    if (errorType !== undefined) counts.set(errorType, (counts.get(errorType) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}
