import type { ActiveRun } from './active-run.ts';

/** A run is idle when nobody has written to it for this long … */
const IDLE_MS = 2_000;
/** … or when so many times the spans of idle runs are in memory. */
const MOST_BUSY = 8;

/** How much a run takes in memory, in spans. */
export function weightOf({ run }: ActiveRun): number {
  return run.spans.length + 100;
}

/** Runs that are over or that nobody writes to, longest idle first, as long as more than `idleSpans` are held. */
export function runsToLetGo(held: ReadonlyMap<string, ActiveRun>, idleSpans: number): string[] {
  let spans = 0;
  for (const active of held.values()) spans += weightOf(active);
  if (spans <= idleSpans) return [];
  const letGo: string[] = [];
  const busyMs = performance.now() - IDLE_MS;
  for (const [runId, active] of [...held].sort((a, b) => a[1].usedAtMs - b[1].usedAtMs)) {
    if (spans <= idleSpans) break;
    // Large runs that are written to in turn would be read from the store at every turn. Little follows on an end.
    const goesOn = active.run.status === 'running' && active.usedAtMs > busyMs;
    if (goesOn && spans <= MOST_BUSY * idleSpans) continue;
    if (active.hasPending) continue;
    spans -= weightOf(active);
    letGo.push(runId);
  }
  return letGo;
}
