import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/** What `claude -p` prints: one result object, a list of messages, a stream of messages, or a log with usage lines in it. */
export const claudeOutput: Format = {
  name: 'claude-output',
  title: 'Claude Code output (claude -p)',
  // The result at the end says how long it all took: times before it are worked out again.
  follow: 'whole',
  detect,
  read,
};
