import { lstat } from 'node:fs/promises';
import { FollowedFile, fileId } from './follow-file.ts';
import { Joiner } from './join/joiner.ts';
import { PositionBook } from './position-book.ts';
import type { RecordSink, SourcePosition } from './record-sink.ts';

export type FollowOptions = {
  readonly sink: RecordSink;
  /** How far files were read when this was last left. */
  readonly positions?: Iterable<SourcePosition>;
  /** Called after the sink has made durable what was read up to here. */
  readonly onPosition?: (position: SourcePosition) => void;
  /** A file could not be read, or the sink refused: it is tried again. */
  readonly onError?: (error: unknown, path: string) => void;
  readonly signal: AbortSignal;
};

/** Looks at one time: enough to keep a disk and the sink busy. */
const LOOKS = 4;
/** Files held open with what their readers know. */
const WARM_FILES = 64;
/** Changes that no notification told of (network drives, overflowing queues) are found by size. */
const SWEEP_MS = 2_000;
/** Files that were read this long ago are let go, and swept only every SWEEP_ALL-th time. */
const COLD_MS = 10 * 60_000;
const SWEEP_ALL = 30;
/** Files remembered after their name went to another. */
const LEFT_FILES = 1_000;
/** Of notifications less than 5 ms apart the watcher passes on only the first. */
const TRAILING_MS = 100;
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000, 10_000];

/** All files of all folders: which are to be looked at, and in what order. */
export class Follower {
  readonly #options: FollowOptions;
  readonly #files = new Map<string, FollowedFile>();
  readonly #byId = new Map<string, FollowedFile>();
  /** Files whose name went to another, by id: they may turn up under a new one. */
  readonly #left = new Map<string, SourcePosition>();
  readonly #positions = new PositionBook();
  readonly #joiner = new Joiner({ live: true });
  /** Files that hold something open, coldest first. */
  readonly #warm = new Set<FollowedFile>();
  /** Paths to look at, in order. */
  readonly #due = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #trailing = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #started = false;
  #stopping = false;
  #sweeps = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    for (const position of options.positions ?? []) this.#positions.put(position);
    this.#sweeper = setInterval(() => void this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** The system says that a file changed: it is looked at now, and once more soon, for what came in between. */
  notified(path: string): void {
    this.changed(path);
    clearTimeout(this.#trailing.get(path));
    const timer = setTimeout(() => {
      this.#trailing.delete(path);
      this.changed(path);
    }, TRAILING_MS);
    timer.unref();
    this.#trailing.set(path, timer);
  }

  changed(path: string): void {
    if (this.#stopping) return;
    this.#due.add(path);
    this.#next();
  }

  /** Begins with what was found: files that are being written first, then the oldest, so that originals come before copies. */
  async start(): Promise<void> {
    const found = await Promise.all(
      [...this.#due].map(async (path) => ({
        path,
        modifiedMs: (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    const recent = Date.now() - 60_000;
    found.sort(
      (a, b) => Number(b.modifiedMs > recent) - Number(a.modifiedMs > recent) || a.modifiedMs - b.modifiedMs,
    );
    this.#due.clear();
    for (const { path } of found) this.#due.add(path);
    this.#started = true;
    this.#next();
    await this.idle();
  }

  idle(): Promise<void> {
    if (this.#started && this.#due.size === 0 && this.#busy.size === 0) return Promise.resolve();
    return new Promise((wake) => this.#waiting.push(wake));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#started = true;
    clearInterval(this.#sweeper);
    for (const timer of [...this.#timers.values(), ...this.#trailing.values()]) clearTimeout(timer);
    this.#due.clear();
    this.#next();
    await this.idle();
    await Promise.all([...this.#files.values()].map((file) => file.cool().catch(() => {})));
  }

  #next(): void {
    if (!this.#started) return;
    for (const path of this.#due) {
      if (this.#busy.size >= LOOKS) return;
      if (this.#busy.has(path)) continue;
      this.#due.delete(path);
      this.#busy.add(path);
      void this.#look(path).finally(() => {
        this.#busy.delete(path);
        this.#next();
      });
    }
    if (this.#due.size === 0 && this.#busy.size === 0) for (const wake of this.#waiting.splice(0)) wake();
  }

  async #look(path: string): Promise<void> {
    clearTimeout(this.#timers.get(path));
    this.#timers.delete(path);
    try {
      const file = await this.#fileAt(path);
      if (!file) return;
      const before = file.id;
      const again = await file.look();
      if (before !== file.id) this.#unlist(before, file);
      if (file.id !== undefined) this.#byId.set(file.id, file);
      if (file.seen === undefined) this.#files.delete(path);
      this.#failures.delete(path);
      if (again !== undefined) this.#later(path, again);
      await this.#limitWarm(file);
    } catch (error) {
      const failures = this.#failures.get(path) ?? 0;
      this.#failures.set(path, failures + 1);
      this.#options.onError?.(error, path);
      this.#later(path, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!);
    }
  }

  /** The file behind a path: known, new, or known under another name. Undefined for links, and second names of one file. */
  async #fileAt(path: string): Promise<FollowedFile | undefined> {
    const here = this.#files.get(path);
    const found = await lstat(path).catch(() => undefined);
    // What has gone is looked at once more: it is held open, and may have been written to.
    if (!found?.isFile()) return here;
    const id = fileId(found);
    const other = this.#byId.get(id);
    if (other && other !== here) return this.#renamed(other, path, id, here);
    return here ?? this.#add(path, id);
  }

  #add(path: string, id: string): FollowedFile {
    const left = this.#left.get(id);
    this.#left.delete(id);
    const file = new FollowedFile(path, left ? { ...left, uri: path } : this.#positions.at(path), {
      sink: this.#options.sink,
      joiner: this.#joiner,
      onPosition: (position) => {
        this.#positions.put(position);
        this.#options.onPosition?.(position);
      },
      renamedFrom: (to, head) =>
        this.#positions.renamedFrom(to, head, (uri) => this.#files.get(uri)?.seen !== undefined),
      onLeft: (leftId, position) => {
        this.#left.set(leftId, position);
        if (this.#left.size > LEFT_FILES) this.#left.delete(this.#left.keys().next().value!);
      },
    });
    this.#files.set(path, file);
    // At once, and not when it has been read: it may be renamed meanwhile.
    this.#byId.set(id, file);
    return file;
  }

  /** A file that is known under another name: moved here, unless it still has that name too. */
  async #renamed(
    file: FollowedFile,
    path: string,
    id: string,
    here: FollowedFile | undefined,
  ): Promise<FollowedFile | undefined> {
    const before = file.path;
    if (!this.#busy.has(before) && file.id !== id) {
      this.#unlist(id, file);
      return here ?? this.#add(path, id);
    }
    if (this.#busy.has(before)) {
      this.#later(path, 20);
      return undefined;
    }
    // Nobody may look at it under its old name meanwhile: two looks at one file would read lines twice.
    this.#busy.add(before);
    try {
      const there = await lstat(before).catch(() => undefined);
      if (there && fileId(there) === id) return undefined;
      this.#files.delete(before);
      if (there) this.changed(before);
      if (here) {
        await here.leave();
        this.#unlist(here.id, here);
      }
      file.moveTo(path);
      this.#files.set(path, file);
      return file;
    } finally {
      this.#busy.delete(before);
    }
  }

  #unlist(id: string | undefined, file: FollowedFile): void {
    if (id !== undefined && this.#byId.get(id) === file) this.#byId.delete(id);
  }

  #later(path: string, afterMs: number): void {
    if (this.#stopping) return;
    clearTimeout(this.#timers.get(path));
    const timer = setTimeout(() => this.changed(path), afterMs);
    timer.unref();
    this.#timers.set(path, timer);
  }

  /** The file looked at last is the warmest; the coldest is let go. */
  async #limitWarm(file: FollowedFile): Promise<void> {
    this.#warm.delete(file);
    if (file.warm) this.#warm.add(file);
    if (this.#warm.size <= WARM_FILES) return;
    for (const coldest of this.#warm) {
      if (this.#busy.has(coldest.path)) continue;
      this.#warm.delete(coldest);
      await coldest.cool();
      return;
    }
  }

  async #sweep(): Promise<void> {
    const all = ++this.#sweeps % SWEEP_ALL === 0;
    const coldMs = Date.now() - COLD_MS;
    for (const file of [...this.#files.values()]) {
      if (this.#busy.has(file.path) || this.#stopping) continue;
      const cold = Math.max(file.readAtMs, file.seen?.modifiedMs ?? 0) < coldMs;
      if (cold && file.warm) await file.cool().catch(() => {});
      if (cold && !all) continue;
      const found = await lstat(file.path).catch(() => undefined);
      const same =
        found?.isFile() &&
        fileId(found) === file.seen?.id &&
        found.size === file.seen.size &&
        found.mtimeMs === file.seen.modifiedMs;
      if (!same) this.changed(file.path);
    }
  }
}
