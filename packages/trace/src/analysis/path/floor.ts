import type { SpanColumns } from '../../model/columns.ts';
import { type CriticalPath, criticalPathOf } from './critical-path.ts';
import type { Dependencies } from './dependencies.ts';
import { scheduleOf } from './schedule.ts';
import { type Waves, wavesOf } from './waves.ts';

/** What a run would take with as many workers as it has agents to start. */
export type Floor = {
  /** µs: no number of workers makes it shorter. */
  readonly wallUs: number;
  /** The chain that is left: what limits the run then. */
  readonly path: CriticalPath;
  readonly waves: Waves;
};

/**
 * The dependency floor: every agent of a wave starts as soon as the wave may begin, instead of when another one has made
 * room. Everything else waits as it did: work inside an agent, stage after stage, what follows a whole wave.
 */
export function floorOf(columns: SpanColumns, dependencies: Dependencies): Floor {
  const waves = wavesOf(columns, dependencies);
  const schedule = scheduleOf(dependencies, { waves: waves.first });
  return {
    wallUs: schedule.toUs - dependencies.fromUs,
    path: criticalPathOf(dependencies, schedule),
    waves,
  };
}
