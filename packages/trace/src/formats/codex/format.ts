import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';

/** Rollouts of OpenAI's Codex (the files below `~/.codex/sessions`, of all generations), and the output of `codex exec --json`. */
export const codex: Format = {
  name: 'codex',
  title: 'Codex session',
  // Tokens are running totals and results refer to lines before them: reading has a state.
  follow: 'whole',
  detect,
  read,
};
