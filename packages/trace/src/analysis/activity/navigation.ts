import type { Action } from './actions.ts';

export type FileAccess = { atUs: number; action: 'read' | 'write'; file: string; tool: string };

/** What a run read and wrote, and how it moved between files. */
export type Navigation = {
  reads: number;
  writes: number;
  uniqueRead: number;
  uniqueWritten: number;
  /** Reads for each write; with no write, the reads. */
  efficiency: number;
  /** Files read more than once, of all files read; null when none was read. */
  rereadRatio: number | null;
  /** Reads beyond the first, by file. */
  rereads: ReadonlyMap<string, number>;
  timeline: readonly FileAccess[];
  /** µs by file until another file was accessed; a file that nothing followed has no dwell time. */
  dwellUs: ReadonlyMap<string, number>;
};

/** The accesses of files in the order in which they began. A call that names several files has one for each. */
export function accessesOf(actions: readonly Action[]): FileAccess[] {
  return actions.flatMap(({ startUs: atUs, tool, reads, writes }) => [
    ...reads.map((file) => ({ atUs, action: 'read' as const, file, tool })),
    ...writes.map((file) => ({ atUs, action: 'write' as const, file, tool })),
  ]);
}

export function navigationOf(actions: readonly Action[]): Navigation {
  const timeline = accessesOf(actions);
  const readTimes = new Map<string, number>();
  const written = new Set<string>();
  for (const { action, file } of timeline) {
    if (action === 'write') written.add(file);
    else readTimes.set(file, (readTimes.get(file) ?? 0) + 1);
  }
  const reads = timeline.filter(({ action }) => action === 'read').length;
  const writes = timeline.length - reads;
  const rereads = new Map([...readTimes].filter(([, times]) => times > 1).map(([file, n]) => [file, n - 1]));
  return {
    reads,
    writes,
    uniqueRead: readTimes.size,
    uniqueWritten: written.size,
    efficiency: reads / Math.max(1, writes),
    rereadRatio: readTimes.size === 0 ? null : rereads.size / readTimes.size,
    rereads,
    timeline,
    dwellUs: dwellOf(timeline),
  };
}

/** The stay begins with the first access of a file and ends with the first of another. */
function dwellOf(timeline: readonly FileAccess[]): Map<string, number> {
  const dwell = new Map<string, number>();
  let stay = timeline[0];
  for (const access of timeline) {
    if (stay === undefined || access.file === stay.file) continue;
    dwell.set(stay.file, (dwell.get(stay.file) ?? 0) + access.atUs - stay.atUs);
    stay = access;
  }
  return dwell;
}
