import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** A harness's log of its runs, a line each. */
export const runsJsonl: Format = {
  name: 'runs-jsonl',
  title: 'Log of runs (runs.jsonl)',
  follow: 'offset',
  extension: '.jsonl',
  concatenates: true,
  detect,
  read,
  write,
};
