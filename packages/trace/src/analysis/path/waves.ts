import { kindCode, type SpanColumns } from '../../model/columns.ts';
import type { Dependencies } from './dependencies.ts';

const AGENT = kindCode('agent');

/**
 * Agents that worked side by side. A wave begins with an agent that starts while none beside it is at work; all that
 * start before the last of the wave has ended belong to it. Within a wave nobody waits for another one's result.
 */
export type Waves = {
  /** For every agent the first one of its wave (itself for the first), -1 for all other spans. */
  readonly first: Int32Array;
  /** µs that an agent stood in line: since the wave began, where others had to end before it. 0 for all other spans. */
  readonly queuedUs: Float64Array;
};

export function wavesOf(columns: SpanColumns, dependencies: Dependencies): Waves {
  const { count, events, startedIn, startUs, endUs } = dependencies;
  const first = new Int32Array(count).fill(-1);
  const queuedUs = new Float64Array(count);
  /** By the span in which agents were started: the wave's first, when the last of it ends, and whether one has ended. */
  const waves = new Map<number, { first: number; endUs: number; ended: boolean }>();
  for (const event of events) {
    const no = event >> 1;
    if (columns.kind[no] !== AGENT) continue;
    const frame = startedIn[no]!;
    const wave = waves.get(frame);
    if (event & 1) {
      if (wave !== undefined && wave.first === first[no]) wave.ended = true;
      continue;
    }
    if (wave === undefined || wave.endUs <= startUs[no]!) {
      first[no] = no;
      waves.set(frame, { first: no, endUs: endUs[no]!, ended: false });
      continue;
    }
    first[no] = wave.first;
    wave.endUs = Math.max(wave.endUs, endUs[no]!);
    if (wave.ended) queuedUs[no] = startUs[no]! - startUs[wave.first]!;
  }
  return { first, queuedUs };
}
