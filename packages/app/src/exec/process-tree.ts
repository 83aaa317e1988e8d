import { type ProcessorTime, sumOfTimes } from './process-stat.ts';
import type { ProcessFacts, ProcessTable } from './process-table.ts';

/**
 * A process and everything it started, looked at again and again. A look sees what lives; what ended between two looks is in
 * the time of whoever waited for it. A process that its parent left behind (a daemon) is followed on its own from the first
 * look that misses it.
 */
export class ProcessTree {
  readonly root: number;
  /** The largest process of the tree, at its largest: what `time` calls the maximum resident set size. */
  maxRssBytes = 0;
  /** The most that all processes of a look held together. Memory that they share counts for each of them. */
  peakTreeRssBytes = 0;
  /** Processes that the last look saw, the root among them. */
  alive: ReadonlySet<number> = new Set();
  /** Numbers come again: what bears the root's once it has ended is another process. */
  #rootStarted: string | undefined;
  /** Who each number was when it was seen. */
  #known = new Map<number, string>();
  /** What processes that were left behind have used, with what they waited for, by number and start. */
  readonly #strays = new Map<string, { pid: number; used: ProcessorTime }>();
  #used: ProcessorTime | undefined;

  constructor(root: number) {
    this.root = root;
  }

  /** What the tree had used at the last look; undefined before one, and where the system does not tell. */
  get used(): ProcessorTime | undefined {
    return this.#used;
  }

  /** What was used by processes left behind, which nobody of the tree can wait for any more. */
  get usedByStrays(): ProcessorTime {
    return sumOfTimes([...this.#strays.values()].map(({ used }) => used));
  }

  look(table: ProcessTable): void {
    const seen = new Map<number, ProcessFacts>();
    const started = table(this.root)?.started;
    this.#rootStarted ??= started;
    if (started === this.#rootStarted) visit(this.root, table, seen);
    // Missed by the look before, while it moved from a thread that ended to another one.
    for (const [pid, { started }] of seen) this.#strays.delete(`${pid} ${started}`);
    for (const [pid, started] of this.#known) {
      if (seen.has(pid)) continue;
      const facts = table(pid);
      if (facts?.started !== started || facts.used === undefined) continue;
      this.#strays.set(`${pid} ${started}`, { pid, used: facts.used });
      visit(pid, table, seen);
    }
    this.#sum(seen);
    this.#known = new Map([...seen].map(([pid, { started }]) => [pid, started]));
    this.alive = new Set([...seen].filter(([, { ended }]) => ended !== true).map(([pid]) => pid));
  }

  #sum(seen: ReadonlyMap<number, ProcessFacts>): void {
    let together = 0;
    const times: ProcessorTime[] = [];
    for (const [pid, { rssBytes, peakRssBytes, used, started }] of seen) {
      together += rssBytes;
      this.maxRssBytes = Math.max(this.maxRssBytes, peakRssBytes);
      if (used === undefined) continue;
      times.push(used);
      const stray = this.#strays.get(`${pid} ${started}`);
      if (stray !== undefined) stray.used = used;
    }
    this.peakTreeRssBytes = Math.max(this.peakTreeRssBytes, together);
    if (times.length === 0) return;
    for (const [key, { pid, used }] of this.#strays)
      if (`${pid} ${seen.get(pid)?.started}` !== key) times.push(used);
    this.#used = sumOfTimes(times);
  }
}

/** A process and its descendants. The tree changes under the look: whoever is gone meanwhile is left out. */
function visit(root: number, table: ProcessTable, seen: Map<number, ProcessFacts>): void {
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (seen.has(pid)) continue;
    const facts = table(pid);
    if (facts === undefined) continue;
    seen.set(pid, facts);
    waiting.push(...facts.children);
  }
}
