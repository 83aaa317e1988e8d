import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { awaitFolder } from './await-folder.ts';
import { isDraft } from './drafts.ts';
import { SKIPPED_FOLDERS, walk } from './walk.ts';

/** A folder that was taken away and made again at once leaves a dead watch and no notification. */
const CHECK_MS = 2_000;
/** New files that no notification told of are found by walking, every so many checks. */
const WALK_EVERY = 30;

export type FolderWatchOptions = {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** A file appeared, changed or went away. */
  readonly onChange: (path: string) => void;
  readonly onError: (error: unknown, path: string) => void;
};

/** One folder: waited for, watched, and waited for again when it is taken away. */
export class FolderWatch {
  /** Everything in it is known, or it does not exist yet. */
  readonly listed: Promise<void>;
  readonly stopped: Promise<void>;
  readonly #options: FolderWatchOptions;
  #setListed: () => void = () => {};

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.listed = new Promise((resolveListed) => {
      this.#setListed = resolveListed;
    });
    this.stopped = this.#run();
  }

  async #run(): Promise<void> {
    const { folder, signal, onError } = this.#options;
    while (!signal.aborted) {
      try {
        const exists = await stat(folder).then(
          () => true,
          () => false,
        );
        if (!exists) this.#setListed();
        await awaitFolder(folder, signal);
        await this.#watch(await realpath(folder));
      } catch (error) {
        if (signal.aborted) break;
        onError(error, folder);
        await new Promise((wake) => setTimeout(wake, 1_000));
      }
    }
    this.#setListed();
  }

  /** Watches until the folder goes away or following ends. */
  async #watch(root: string): Promise<void> {
    const { signal, onChange, onError } = this.#options;
    const watcher: FSWatcher = watch(root, {
      followSymlinks: false,
      atomic: false,
      ignored: (path) => (SKIPPED_FOLDERS.has(basename(path)) || isDraft(path)) && path !== root,
    });
    const { ino, dev } = await stat(root);
    let checks = 0;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      timer = setInterval(async () => {
        const found = await stat(root).catch(() => undefined);
        if (found?.ino !== ino || found.dev !== dev) done();
        else if (++checks % WALK_EVERY === 0) await this.#walk(root);
      }, CHECK_MS);
      timer.unref();
      signal.addEventListener('abort', () => done(), { once: true });
      if (signal.aborted) done();
      for (const event of ['add', 'change', 'unlink'] as const) watcher.on(event, onChange);
      watcher.on('unlinkDir', (path) => {
        if (path === root) done();
      });
      watcher.on('error', (error) => onError(error, root));
      watcher.on('ready', () => this.#setListed());
    });
    clearInterval(timer);
    await watcher.close();
  }

  async #walk(root: string): Promise<void> {
    const { onChange, onError } = this.#options;
    const sinceMs = Date.now() - 2 * CHECK_MS * WALK_EVERY;
    try {
      for await (const file of walk(root, () => {})) if (file.modifiedMs > sinceMs) onChange(file.path);
    } catch (error) {
      onError(error, root);
    }
  }
}
