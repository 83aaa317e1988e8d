import type { Format } from '../format.ts';
import { write } from './write.ts';

/** run_summary.json: a run's phases and totals, to compare runs and find regressions. Sums only: no run can be made of it. */
export const runSummary: Format = {
  name: 'run-summary',
  title: 'Run summary (run_summary.json)',
  detect: () => 0,
  write,
};
