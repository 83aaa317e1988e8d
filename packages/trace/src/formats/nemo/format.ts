import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/** NVIDIA NeMo Agent Toolkit: intermediate steps, ATOF events, and traces as CodeContextBench keeps them. */
export const nemo: Format = {
  name: 'nemo',
  title: 'NeMo Agent Toolkit',
  // An end refers to its start, and a step to the workflow it is part of: reading has a state.
  follow: 'whole',
  detect,
  read,
};
