import { resolve } from 'node:path';
import { FolderWatch } from './folder-watch.ts';
import { Follower, type FollowOptions } from './follower.ts';

export type Following = {
  /** Everything that was there at the start is read. Folders that do not exist yet do not count. */
  readonly ready: Promise<void>;
  /** Resolves when nothing is left to look at, until something changes. */
  idle(): Promise<void>;
  /** Settles when `signal` has ended the following and every file is let go. */
  readonly stopped: Promise<void>;
};

/**
 * Follows every log in the folders, those that come later too, until `signal` ends it: appends, truncation, rotation,
 * removal, and from where it was left after a restart. A line is handed on when it is whole, never twice within one
 * life and never not at all.
 */
export function followFolders(folders: readonly string[], options: FollowOptions): Following {
  const follower = new Follower(options);
  const watches = folders.map(
    (folder) =>
      new FolderWatch({
        folder: resolve(folder),
        signal: options.signal,
        onChange: (path) => follower.notified(path),
        onError: (error, path) => options.onError?.(error, path),
      }),
  );
  const ready = Promise.all(watches.map((each) => each.listed)).then(() => follower.start());
  const stopped = Promise.all(watches.map((each) => each.stopped)).then(() => follower.stop());
  return { ready, stopped, idle: () => follower.idle() };
}
