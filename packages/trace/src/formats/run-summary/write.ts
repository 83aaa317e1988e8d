import type { Run } from '../../model/run.ts';
import { factsOf, type RunFacts } from '../run-facts.ts';
import { runSummaryFile } from './run-summary.ts';

/** The whole of run_summary.json. */
export function summaryText(facts: RunFacts): string {
  return `${JSON.stringify(runSummaryFile(facts), null, 2)}\n`;
}

export function* write(run: Run): Generator<string, void, undefined> {
  yield summaryText(factsOf(run));
}
