import type { Action } from './actions.ts';
import { wholeTextIn } from './line-changes.ts';

export type FileAccess = {
  atUs: number;
  /** `edit`: a change within the file; `write`: all of it, or by a shell. */
  action: 'read' | 'write' | 'edit';
  file: string;
  tool: string;
  /** The number of the agent's span; -1 where none is known. */
  scope: number;
};

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
  /** µs by file until its agent accessed another; a file that nothing followed has no dwell time. */
  dwellUs: ReadonlyMap<string, number>;
  /** µs of a stay on average; null without one that ended. */
  meanDwellUs: number | null;
};

/**
 * The accesses of files in the order in which they began. A call that names several files has one for each; one that
 * failed has neither read nor written.
 */
export function accessesOf(actions: readonly Action[]): FileAccess[] {
  const accesses: FileAccess[] = [];
  for (const { startUs: atUs, tool, reads, writes, scope, ok, shell, span } of actions) {
    if (ok === false) continue;
    for (const file of reads) accesses.push({ atUs, action: 'read', file, tool, scope });
    if (writes.length === 0) continue;
    const whole = shell !== undefined || wholeTextIn(span.inputs) !== undefined;
    for (const file of writes) accesses.push({ atUs, action: whole ? 'write' : 'edit', file, tool, scope });
  }
  return accesses;
}

export function navigationOf(actions: readonly Action[]): Navigation {
  const timeline = accessesOf(actions);
  const readTimes = new Map<string, number>();
  const written = new Set<string>();
  for (const { action, file } of timeline) {
    if (action !== 'read') written.add(file);
    else readTimes.set(file, (readTimes.get(file) ?? 0) + 1);
  }
  const reads = timeline.filter(({ action }) => action === 'read').length;
  const writes = timeline.length - reads;
  const rereads = new Map([...readTimes].filter(([, times]) => times > 1).map(([file, n]) => [file, n - 1]));
  const { dwellUs, meanDwellUs } = dwellOf(timeline);
  return {
    reads,
    writes,
    uniqueRead: readTimes.size,
    uniqueWritten: written.size,
    efficiency: reads / Math.max(1, writes),
    rereadRatio: readTimes.size === 0 ? null : rereads.size / readTimes.size,
    rereads,
    timeline,
    dwellUs,
    meanDwellUs,
  };
}

/** A stay begins with an agent's first access of a file and ends with its first of another. */
function dwellOf(timeline: readonly FileAccess[]): Pick<Navigation, 'dwellUs' | 'meanDwellUs'> {
  const dwellUs = new Map<string, number>();
  const stays = new Map<number, FileAccess>();
  let ended = 0;
  let sum = 0;
  for (const access of timeline) {
    const stay = stays.get(access.scope);
    if (stay?.file === access.file) continue;
    stays.set(access.scope, access);
    if (stay === undefined) continue;
    const lasted = access.atUs - stay.atUs;
    dwellUs.set(stay.file, (dwellUs.get(stay.file) ?? 0) + lasted);
    ended++;
    sum += lasted;
  }
  return { dwellUs, meanDwellUs: ended === 0 ? null : sum / ended };
}
