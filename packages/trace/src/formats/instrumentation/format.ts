import type { Format } from '../format.ts';
import { detectCalls, detectReport } from './detect.ts';
import { readCalls } from './read-calls.ts';
import { readReport } from './read-report.ts';
import { write } from './write.ts';
import { writeDigest } from './write-digest.ts';

/** A pipeline's timing and cost (instrumentation_run_v1). Written anew as the run goes on, so it is read as a whole. */
export const instrumentation: Format = {
  name: 'instrumentation',
  title: 'Pipeline instrumentation (instrumentation.json)',
  detect: detectReport,
  read: readReport,
  write,
};

/** What the pipeline's programs append for each model call (instrumentation_call_v1): the report's detail, live. */
export const instrumentationCalls: Format = {
  name: 'instrumentation-calls',
  title: 'Model calls of a pipeline (instrumentation_calls.jsonl)',
  // Equal calls are told apart by their number, so the file is read on by a reader that has read it all.
  follow: 'whole',
  detect: detectCalls,
  read: readCalls,
};

/** The report on one page, for people. */
export const instrumentationDigest: Format = {
  name: 'instrumentation-md',
  title: 'Pipeline instrumentation for people (instrumentation.md)',
  detect: () => 0,
  write: writeDigest,
};
