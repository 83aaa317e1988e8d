import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/**
 * The files that Harbor itself writes into a trial's folder: result.json, config.json, and the verifier's rewards and
 * tests. What the agent wrote beside them are formats of their own.
 */
export const harbor: Format = {
  name: 'harbor',
  title: 'Harbor trial',
  detect,
  read,
};
