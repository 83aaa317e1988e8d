import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** In case the system drops a notification (network drives do): one look in so many milliseconds. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Resolves when the folder exists; rejects only when `signal` says stop. Waits on the nearest folder above it that
 * does exist, so that nothing is polled.
 */
export async function awaitFolder(folder: string, signal: AbortSignal): Promise<void> {
  while (!(await isFolder(folder))) {
    signal.throwIfAborted();
    const above = await nearest(folder);
    await changeIn(above, signal, async () => (await nearest(folder)) !== above);
  }
  signal.throwIfAborted();
}

/** The folder, or the nearest one above it that exists. */
async function nearest(folder: string): Promise<string> {
  let above = folder;
  while (!(await isFolder(above)) && above !== dirname(above)) above = dirname(above);
  return above;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Resolves at the next change directly in `folder`. `already` is asked once the watch stands, for what came just before. */
function changeIn(folder: string, signal: AbortSignal, already: () => Promise<boolean>): Promise<void> {
  return new Promise((resolve) => {
    let watcher: FSWatcher | undefined;
    const done = (): void => {
      watcher?.close();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    timer.unref();
    signal.addEventListener('abort', done);
    try {
      watcher = watch(folder, done);
      // The folder may be taken away while it is watched.
      watcher.on('error', done);
      void already().then((changed) => changed && done());
    } catch {
      // No watch to be had here (gone again, or out of watches): the timer looks.
    }
  });
}
