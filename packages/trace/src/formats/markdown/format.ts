import type { Format } from '../format.ts';
import { write } from './write.ts';

/** A digest of one run for people, to be pasted into a pull request or an issue. No run can be made of it. */
export const markdown: Format = {
  name: 'markdown',
  title: 'Digest of a run for people (Markdown)',
  extension: '.md',
  detect: () => 0,
  write,
};
