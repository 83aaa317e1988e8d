import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** The nested JSON of one trace: spans with their children, inputs, outputs and metadata. */
export const harnessTrace: Format = {
  name: 'harness-trace',
  title: 'Harness trace (nested spans)',
  concatenates: true,
  detect,
  read,
  write,
};
