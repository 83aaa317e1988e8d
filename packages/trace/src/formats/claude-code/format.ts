import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/** Session transcripts of Claude Code: the session's own file, its subagents' files and their meta.json. */
export const claudeCode: Format = {
  name: 'claude-code',
  title: 'Claude Code session',
  // A model call is written as several lines and a tool's result refers to lines before it: reading has a state.
  follow: 'whole',
  detect,
  read,
};
