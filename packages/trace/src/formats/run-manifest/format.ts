import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** `run_manifest.json` of benchmark runs: what ran, which tools it used, how it went, what it cost. */
export const runManifest: Format = {
  name: 'run-manifest',
  title: 'Run manifest (run_manifest.json)',
  detect,
  read,
  write,
};
