import { type ProcessorTime, sumOfTimes } from './process-stat.ts';
import type { ProcessFacts, ProcessTable } from './process-table.ts';

/** A process that its parent left behind, or a descendant of one. */
type Stray = {
  used: ProcessorTime;
  /** Who will wait for it, and so have its time; undefined for the one that was left behind. */
  readonly parent: string | undefined;
};

/**
 * A process and everything it started, looked at again and again. A look sees what lives; what ended between two looks is in
 * the time of whoever waited for it. A process that its parent left behind (a daemon) is followed on its own from the first
 * look that misses it, with all that it starts.
 */
export class ProcessTree {
  readonly root: number;
  /** The largest process of the tree, at its largest: what `time` calls the maximum resident set size. */
  maxRssBytes = 0;
  /** The most that all processes of a look held together. Memory that they share counts for each of them. */
  peakTreeRssBytes = 0;
  /** What all processes of the last look held together. */
  rssBytes = 0;
  /** Pages that the root and its descendants had been given at the last look that saw the root with its memory. */
  faults: number | undefined;
  /** The last look saw the root itself, and what it held: of one that has ended there is none. */
  rootHasMemory = false;
  /** Processes that the last look saw, the root among them. */
  alive: ReadonlySet<number> = new Set();
  /** Numbers come again: what bears the root's once it has ended is another process. */
  #rootStarted: string | undefined;
  /** Who each number was when it was seen. */
  #known = new Map<number, string>();
  /** What is not below the root any more, by number and start. */
  readonly #strays = new Map<string, Stray>();
  #used: ProcessorTime | undefined;

  constructor(root: number) {
    this.root = root;
  }

  /** What the tree had used at the last look; undefined before one, and where the system does not tell. */
  get used(): ProcessorTime | undefined {
    return this.#used;
  }

  /** What was used by processes left behind and by theirs, which nobody of the tree can wait for any more. */
  get usedByStrays(): ProcessorTime {
    return sumOfTimes([...this.#strays.values()].map(({ used }) => used));
  }

  look(table: ProcessTable): void {
    const below: Seen = new Map();
    const started = table(this.root)?.started;
    this.#rootStarted ??= started;
    if (started === this.#rootStarted) visit(this.root, table, below);
    // Missed by the look before, while it moved from a thread that ended to another one.
    for (const [pid, { facts }] of below) this.#strays.delete(keyOf(pid, facts));
    const seen: Seen = new Map(below);
    for (const [pid, started] of this.#known) {
      if (seen.has(pid)) continue;
      const facts = table(pid);
      if (facts?.started === started && facts.used !== undefined) visit(pid, table, seen);
    }
    this.#follow(seen, below);
    this.#sum(seen, below);
    this.#known = new Map([...seen].map(([pid, { facts }]) => [pid, facts.started]));
    this.alive = new Set([...seen].filter(([, { facts }]) => facts.ended !== true).map(([pid]) => pid));
  }

  #follow(seen: Seen, below: Seen): void {
    const here = new Set([...seen].map(([pid, { facts }]) => keyOf(pid, facts)));
    // Who has ended is in the time of a parent that lives, or of one that such a parent waited for: whoever started a process
    // stands before it. What has no such ancestor is in nobody's.
    const waitedFor = new Set<string>();
    for (const [key, { parent }] of this.#strays) {
      if (here.has(key) || parent === undefined || !(here.has(parent) || waitedFor.has(parent))) continue;
      waitedFor.add(key);
      this.#strays.delete(key);
    }
    for (const [pid, { facts, parent }] of seen) {
      if (below.has(pid) || facts.used === undefined) continue;
      const by = parent === undefined ? undefined : keyOf(parent, seen.get(parent)!.facts);
      this.#strays.set(keyOf(pid, facts), { used: facts.used, parent: by });
    }
  }

  #sum(seen: Seen, below: Seen): void {
    let together = 0;
    for (const { facts } of seen.values()) {
      together += facts.rssBytes;
      this.maxRssBytes = Math.max(this.maxRssBytes, facts.peakRssBytes);
    }
    this.rssBytes = together;
    this.rootHasMemory = (below.get(this.root)?.facts.rssBytes ?? 0) > 0;
    if (this.rootHasMemory && below.get(this.root)?.facts.faults !== undefined)
      this.faults = [...below.values()].reduce((sum, { facts }) => sum + (facts.faults ?? 0), 0);
    this.peakTreeRssBytes = Math.max(this.peakTreeRssBytes, together);
    const all = [...seen.values()];
    if (all.every(({ facts }) => facts.used === undefined)) return;
    const times = [...below.values()].map(({ facts }) => facts.used ?? NO_TIME);
    this.#used = sumOfTimes([...times, this.usedByStrays]);
  }
}

const NO_TIME: ProcessorTime = { userS: 0, systemS: 0 };

/** Processes of a look, each with the one below which it was found. */
type Seen = Map<number, { facts: ProcessFacts; parent: number | undefined }>;

function keyOf(pid: number, { started }: ProcessFacts): string {
  return `${pid} ${started}`;
}

/** A process and its descendants. The tree changes under the look: whoever is gone meanwhile is left out. */
function visit(root: number, table: ProcessTable, seen: Seen): void {
  const waiting: { pid: number; parent: number | undefined }[] = [{ pid: root, parent: undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { pid, parent } = next;
    if (seen.has(pid)) continue;
    const facts = table(pid);
    if (facts === undefined) continue;
    seen.set(pid, { facts, parent });
    for (const child of facts.children) waiting.push({ pid: child, parent: pid });
  }
}
