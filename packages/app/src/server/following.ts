import type { Ingest } from '../ingest/ingest.ts';
import { followFolders } from '../sources/follow.ts';
import type { Store } from '../store/store.ts';
import { ingestSink } from './record-sink.ts';

export type FollowingFolders = {
  /** Everything that was there at the start has been read. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
};

/** Follows the watched folders into the ingest, from where the store says they were left. */
export async function follow(
  folders: readonly string[],
  store: Store,
  ingest: Ingest,
  onError: (error: unknown, path: string) => void,
): Promise<FollowingFolders> {
  const stopping = new AbortController();
  const positions = await store.read((reader) => reader.positions());
  const following = followFolders(folders, {
    sink: ingestSink(ingest),
    positions,
    onError,
    signal: stopping.signal,
  });
  return {
    ready: following.ready,
    async stop() {
      stopping.abort();
      await following.stopped;
    },
  };
}
