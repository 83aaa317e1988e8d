import type { SpanKind } from './span.ts';

/**
 * How open work is doing. `slow`: silent for longer than its like; `stalled`: for much longer; `dead`: the process that
 * did it is gone.
 */
export type Liveness = 'working' | 'slow' | 'stalled' | 'dead';

/** Work that is going on, innermost: what has open work in it waits for that. */
export type OpenWork = {
  spanId: string;
  name: string;
  kind: SpanKind;
  /** Name of the nearest agent above; '' for none. */
  agent: string;
  startUs: number;
  /** Since its last sign of life. */
  silentUs: number;
  /** Median of comparable work; absent where there is none. */
  usualUs?: number;
  state: Liveness;
};

/** Work that was silent for much longer than its like, and went on. */
export type PastSilence = Omit<OpenWork, 'state'> & {
  /** When the longest silence began; `startUs` is the span's start. */
  fromUs: number;
  /** Such silences of this span. */
  times: number;
};
