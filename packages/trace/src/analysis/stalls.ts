import { kindAt, type SpanColumns, textAt } from '../model/columns.ts';
import { isOpen } from './extent.ts';
import { countBelow, lastActivity } from './owners.ts';
import { quantile } from './quantile.ts';
import { isLeaf, type SpanTree } from './tree.ts';

export type Stall = {
  no: number;
  /** Time since the last sign of life in the span's subtree. */
  silentUs: number;
  /** Median silence of comparable work in this run; absent where there is nothing to compare with. */
  usualUs?: number;
};

/** No silence shorter than this is a stall. */
const LEAST_US = 10e6;
/** How many times the 95th percentile of what is normal a silence must last. */
const FACTOR = 4;
/** The limit where the run holds nothing comparable: slow models answer within two minutes. */
const UNKNOWN_US = 120e6;
/** Fewer comparable silences than this say nothing. */
const LEAST_SAMPLES = 3;
/** The newest samples are enough, and keep the work bounded. */
const MOST_SAMPLES = 2000;

/**
 * Open work that has been silent for much longer than its like in this run. Only the innermost open spans can stall: a
 * parent waits for its open children.
 */
export function stallsOf(columns: SpanColumns, tree: SpanTree, nowUs: number): Stall[] {
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  const last = lastActivity(columns, tree);
  const suspects: number[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (isOpen(columns, no) && openBelow[no] === 0 && nowUs - last[no]! > LEAST_US) suspects.push(no);
  }
  if (suspects.length === 0) return [];
  const normal = new Normal(columns, tree, suspects);
  const stalls: Stall[] = [];
  for (const no of suspects) {
    const silentUs = nowUs - last[no]!;
    const usual = normal.of(no);
    if (silentUs <= Math.max(LEAST_US, usual ? FACTOR * usual.p95 : UNKNOWN_US)) continue;
    stalls.push({ no, silentUs, ...(usual && { usualUs: usual.median }) });
  }
  return stalls;
}

/**
 * What a span is compared with, closest first. Tools are only compared with themselves: a test run of five minutes
 * is no stall because reading a file takes ten milliseconds.
 */
function classesOf(columns: SpanColumns, tree: SpanTree, no: number): string[] {
  const kind = kindAt(columns, no);
  const leaf = isLeaf(tree, no) ? 'duration' : 'gap';
  const key = (...parts: string[]): string => [leaf, kind, ...parts].join('\u0000');
  if (kind === 'tool') return [key(textAt(columns, 'tool', no) || textAt(columns, 'name', no))];
  const model = textAt(columns, 'model', no);
  const role = textAt(columns, 'role', no);
  return [key('like', role, model), key('role', role), key('kind')];
}

/** Silences that comparable work went through: durations of leaves, and gaps between the children of the others. */
class Normal {
  readonly #columns: SpanColumns;
  readonly #tree: SpanTree;
  readonly #samples = new Map<string, number[]>();
  readonly #figures = new Map<string, { median: number; p95: number }>();

  constructor(columns: SpanColumns, tree: SpanTree, suspects: readonly number[]) {
    this.#columns = columns;
    this.#tree = tree;
    for (const no of suspects)
      for (const key of classesOf(columns, tree, no)) if (!this.#samples.has(key)) this.#samples.set(key, []);
    this.#collect();
  }

  of(no: number): { median: number; p95: number } | undefined {
    for (const key of classesOf(this.#columns, this.#tree, no)) {
      const known = this.#figures.get(key);
      if (known) return known;
      const samples = this.#samples.get(key)!;
      if (samples.length < LEAST_SAMPLES) continue;
      const sorted = Float64Array.from(samples).sort();
      const figures = { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
      this.#figures.set(key, figures);
      return figures;
    }
    return undefined;
  }

  /** Newest first, so that a bounded sample shows what is normal now. */
  #collect(): void {
    const columns = this.#columns;
    const tree = this.#tree;
    for (let no = columns.count - 1; no >= 0; no--) {
      const leaf = isLeaf(tree, no);
      if (leaf && isOpen(columns, no)) continue;
      const wanted = classesOf(columns, tree, no)
        .map((key) => this.#samples.get(key))
        .filter((samples) => samples !== undefined && samples.length < MOST_SAMPLES);
      if (wanted.length === 0) continue;
      const silences = leaf ? [columns.endUs[no]! - columns.startUs[no]!] : gapsOf(columns, tree, no);
      for (const samples of wanted) samples!.push(...silences.slice(0, MOST_SAMPLES));
    }
  }
}

/** Times within a span in which none of its children ran. */
function gapsOf(columns: SpanColumns, tree: SpanTree, no: number): number[] {
  const gaps: number[] = [];
  let covered = columns.startUs[no]!;
  const past = tree.end[tree.position[no]!]!;
  for (let at = tree.position[no]! + 1; at < past; at = tree.end[at]!) {
    const child = tree.order[at]!;
    const start = columns.startUs[child]!;
    if (start > covered) gaps.push(start - covered);
    const end = columns.endUs[child]!;
    covered = Math.max(covered, Number.isNaN(end) ? Number.POSITIVE_INFINITY : end);
  }
  const end = columns.endUs[no]!;
  if (end > covered) gaps.push(end - covered);
  return gaps;
}
