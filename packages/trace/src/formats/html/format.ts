import type { Format } from '../format.ts';
import { write } from './write.ts';

/** A digest of one run as a page of its own, with a drawing of its time and its tree of spans. No run can be made of it. */
export const html: Format = {
  name: 'html',
  title: 'Digest of a run as one page (HTML)',
  extension: '.html',
  detect: () => 0,
  write,
};
