import type { SourcePosition, Store } from '../store/store.ts';

/**
 * How far files have been read, for an importer that leaves unchanged ones alone. A file whose runs were deleted counts
 * as unread: importing it means to have them back.
 */
export function knownFiles(store: Store): Promise<SourcePosition[]> {
  return store.read(async (reader) => {
    const lost = new Set(await reader.lostRuns());
    return (await reader.positions()).filter(({ runIds }) => !runIds.some((runId) => lost.has(runId)));
  });
}
