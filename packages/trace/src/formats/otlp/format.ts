import type { Format } from '../format.ts';
import { detect, isDocument } from './detect.ts';
import { read } from './read.ts';
import { write } from './write.ts';

/** What OpenTelemetry's exporters and collectors write. */
export const otlp: Format = {
  name: 'otlp',
  title: 'OpenTelemetry traces (OTLP)',
  follow: 'offset',
  extension: '.jsonl',
  concatenates: true,
  binary: true,
  detect,
  isDocument,
  read,
  write,
};
