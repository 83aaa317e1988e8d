import type { Run } from '../../model/run.ts';
import { factsOf, type RunFacts } from '../run-facts.ts';
import { runRecord } from './run-record.ts';

/** The run's line in runs.jsonl. */
export function recordLine(facts: RunFacts): string {
  return `${JSON.stringify(runRecord(facts))}\n`;
}

export function* write(run: Run): Generator<string, void, undefined> {
  yield recordLine(factsOf(run));
}
