import type { JsonValue } from '../../model/json.ts';
import type { OWN, OwnPart } from './own-record.ts';

/** One event of a trace: the letters are the format's own. Times in µs. */
export type TraceEvent = {
  name: string;
  cat?: string;
  ph: 'X' | 'M' | 'C' | 's' | 'f' | 'i';
  ts?: number;
  dur?: number;
  pid: number;
  tid?: number;
  id?: number;
  bp?: 'e';
  s?: 't' | 'p';
  args?: { [name: string]: JsonValue | undefined };
  [OWN]?: OwnPart;
};

/** One process a run. */
export const PID = 1;
