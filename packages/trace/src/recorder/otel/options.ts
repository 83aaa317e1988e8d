import type { RedactOptions } from '../../model/redact.ts';
import type { Sink } from '../sink.ts';

export type SpanProcessorOptions = {
  /** Folder of the runs; default TACHO_DIR, else `./logs`. `false`: nothing on disk. */
  dir?: string | false;
  /** Name of this process's folder in it; default: local time and the name of the service. A suffix is added when it is taken. */
  run?: string;
  /** Off costs nothing and writes nothing. Default: on, unless TACHO_DISABLED is `1` or `true`. */
  enabled?: boolean;
  /** Takes secrets out. Default `true`: known shapes of keys and named fields. */
  redact?: boolean | RedactOptions;
  /** Further places for the records to go. */
  sinks?: readonly Sink[];
};
