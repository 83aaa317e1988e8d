import type { Format } from '../format.ts';
import { detect } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** Our own stream of records, a superset of the telemetry.jsonl that agents' orchestrators write. */
export const telemetry: Format = {
  name: 'telemetry',
  title: 'Telemetry stream (telemetry.jsonl)',
  follow: 'offset',
  extension: '.jsonl',
  concatenates: true,
  detect,
  read,
  write,
};
