import { enoughSeen, LOOK_SHARE, lateEnough, waitAfter } from './look-times.ts';
import { type ProcessTable, procTable, psTable } from './process-table.ts';
import { ProcessTree } from './process-tree.ts';

/** ps reads all processes of the machine. */
const LEAST_BETWEEN_PS_MS = 500;
const MOST_BETWEEN_PS_MS = 1_000;

/** Looks at the tree of a command while it runs. */
export class ProcessWatch {
  tree: ProcessTree | undefined;
  readonly #pid: () => number | undefined;
  readonly #linux = process.platform === 'linux';
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #beganMs = 0;
  /** When the command itself was last seen with its memory. */
  #lastLookMs: number | undefined;
  /** What had been given to the command before it was itself: to the program that became it. */
  #firstFaults: number | undefined;
  #last = { atMs: 0, spentMs: 0, maxBytes: 0, togetherBytes: 0 };

  /** `pid` says the command's number, once it is known. */
  constructor(pid: () => number | undefined) {
    this.#pid = pid;
  }

  begin(): void {
    this.#beganMs = performance.now();
    this.#last.atMs = this.#beganMs;
    void this.#look();
  }

  /** The last look: processes left behind are still to be counted. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#linux) this.tree?.look(procTable);
  }

  leftRunning(): number {
    return this.#linux && this.tree !== undefined ? this.tree.alive.size : 0;
  }

  /** Whether the command was looked at late enough to say what memory it took, after so long and so many page faults. */
  knowsMemory(wallMs: number, faults: number | undefined): boolean {
    if (this.#lastLookMs === undefined) return false;
    const [first, last] = [this.#firstFaults, this.tree?.faults];
    if (faults === undefined || first === undefined || last === undefined)
      return lateEnough(this.#lastLookMs, wallMs);
    return enoughSeen({ first, last, all: faults });
  }

  async #look(): Promise<void> {
    const fromMs = performance.now();
    const table: ProcessTable | undefined = this.#linux ? procTable : await psTable();
    const pid = this.#pid();
    if (this.#stopped || table === undefined) return;
    if (pid !== undefined) {
      this.tree ??= new ProcessTree(pid);
      this.tree.look(table);
      if (this.tree.rootHasMemory) this.#lastLookMs = fromMs - this.#beganMs;
      this.#firstFaults ??= this.tree.faults;
    }
    this.#timer = setTimeout(() => void this.#look(), this.#waitAfter(fromMs));
    // The command itself keeps this process alive.
    this.#timer.unref();
  }

  #waitAfter(fromMs: number): number {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#beganMs;
    if (!this.#linux)
      return Math.max(
        LEAST_BETWEEN_PS_MS,
        Math.min(MOST_BETWEEN_PS_MS, elapsedMs / 10),
        (nowMs - fromMs) * LOOK_SHARE,
      );
    const { maxRssBytes = 0, rssBytes = 0 } = this.tree ?? {};
    const before = this.#last;
    this.#last = { atMs: fromMs, spentMs: nowMs - fromMs, maxBytes: maxRssBytes, togetherBytes: rssBytes };
    const grownShare = Math.max(
      0,
      (maxRssBytes - before.maxBytes) / (maxRssBytes || 1),
      (rssBytes - before.togetherBytes) / (rssBytes || 1),
    );
    return waitAfter({
      elapsedMs,
      sinceMs: fromMs - before.atMs,
      grownShare,
      // The shorter of the last two: on a machine with much to do, a look is long because somebody else had the processor.
      spentMs: Math.min(this.#last.spentMs, before.spentMs),
    });
  }
}
