import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** The Agent Trajectory Interchange Format of Harbor, versions 1.0 to 1.7. */
export const atif: Format = {
  name: 'atif',
  title: 'ATIF trajectory',
  detect,
  read,
  write,
};
