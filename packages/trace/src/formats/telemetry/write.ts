import type { Run } from '../../model/run.ts';
import { recordsOf } from '../run-records.ts';

/** The run as a stream that folds back to it, a record a line. */
export function* write(run: Run): Generator<string, void, undefined> {
  for (const record of recordsOf(run)) yield `${JSON.stringify(record)}\n`;
}
