import { kindAt, kindCode, type SpanColumns, textAt } from '../model/columns.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { quantile, quantileWithout } from './quantile.ts';
import { isLeaf, type SpanTree } from './tree.ts';

/** Fewer comparable silences than this say nothing. */
const LEAST_SAMPLES = 3;
/** The newest samples are enough, and keep the work bounded. */
const MOST_SAMPLES = 2000;

/** How long comparable work is silent, µs. */
export type UsualSilence = { median: number; p95: number };

/** What earlier runs say of a call. Of work with calls in it they say how long it took, not how long it was silent. */
export function earlierSilence(
  columns: SpanColumns,
  tree: SpanTree,
  no: number,
  history: readonly UsualTime[],
): UsualSilence | undefined {
  if (!isLeaf(tree, no)) return undefined;
  const kind = kindAt(columns, no);
  const tool = kind === 'tool' ? textAt(columns, 'tool', no) || textAt(columns, 'name', no) : '';
  const model = textAt(columns, 'model', no);
  const found = history.find((one) => one.kind === kind && one.tool === tool && one.model === model);
  return found && found.calls >= LEAST_SAMPLES ? { median: found.medianUs, p95: found.p95Us } : undefined;
}

/** Samples of comparable work. */
type Class = { samples: number[]; sorted?: Float64Array };

const ANY = -1;
const TOOL = kindCode('tool');

/**
 * Names of what a span is compared with, closest first. Tools are only compared with themselves: a test run of five minutes
 * is no stall because reading a file takes ten milliseconds. They are numbers, since all spans of a run may be asked for theirs.
 */
function likenesses(columns: SpanColumns, tree: SpanTree, no: number): number[] {
  const kind = columns.kind[no]!;
  // Positions in the columns' strings, or ANY, are the digits of the number.
  const base = columns.strings.length + 1;
  const first = kind * 2 + (isLeaf(tree, no) ? 1 : 0);
  const key = (second: number, third: number): number => (first * base + second + 1) * base + third + 1;
  if (kind === TOOL) return [key(columns.tool[no] || columns.name[no]!, ANY)];
  const role = columns.role[no]!;
  return [key(role, columns.model[no]!), key(role, ANY), key(ANY, ANY)];
}

/** Silences that work comparable to some spans went through: durations of leaves, and gaps between the children of the others. */
export class UsualSilences {
  readonly #columns: SpanColumns;
  readonly #tree: SpanTree;
  readonly #classes = new Map<number, Class>();

  constructor(columns: SpanColumns, tree: SpanTree, suspects: readonly number[]) {
    this.#columns = columns;
    this.#tree = tree;
    const kinds = new Set<number>();
    for (const no of suspects) {
      kinds.add(columns.kind[no]!);
      for (const key of likenesses(columns, tree, no))
        if (!this.#classes.has(key)) this.#classes.set(key, { samples: [] });
    }
    this.#collect(kinds);
  }

  /** What is usual for a span; `ownUs` is its own silence, which is not compared with itself. */
  of(no: number, ownUs?: number): UsualSilence | undefined {
    for (const key of likenesses(this.#columns, this.#tree, no)) {
      const found = this.#classes.get(key)!;
      if (found.samples.length < LEAST_SAMPLES) continue;
      found.sorted ??= Float64Array.from(found.samples).sort();
      const { sorted } = found;
      const own = ownUs === undefined ? -1 : placeOf(sorted, ownUs);
      if (own < 0) return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
      if (sorted.length === LEAST_SAMPLES) continue;
      return { median: quantileWithout(sorted, own, 0.5), p95: quantileWithout(sorted, own, 0.95) };
    }
    return undefined;
  }

  /** Newest first, so that a bounded sample shows what is normal now. */
  #collect(kinds: ReadonlySet<number>): void {
    const columns = this.#columns;
    let wanted = this.#classes.size;
    for (let no = columns.count - 1; no >= 0 && wanted > 0; no--) {
      if (!kinds.has(columns.kind[no]!)) continue;
      const leaf = isLeaf(this.#tree, no);
      if (leaf && isOpen(columns, no)) continue;
      let silences: number[] | undefined;
      for (const key of likenesses(columns, this.#tree, no)) {
        const samples = this.#classes.get(key)?.samples;
        if (samples === undefined || samples.length >= MOST_SAMPLES) continue;
        silences ??= leaf ? [columns.endUs[no]! - columns.startUs[no]!] : gapsOf(columns, this.#tree, no);
        for (const silence of silences) if (samples.length < MOST_SAMPLES) samples.push(silence);
        if (samples.length >= MOST_SAMPLES) wanted--;
      }
    }
  }
}

/** Where a value stands among ascending ones; -1 where it is none of them. */
function placeOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value ? low : -1;
}

function gapsOf(columns: SpanColumns, tree: SpanTree, no: number): number[] {
  const gaps: number[] = [];
  eachGap(columns, tree, no, (fromUs, toUs) => gaps.push(toUs - fromUs));
  return gaps;
}

/** Times within a span in which none of its children ran, in the order of time. What a person took to ask again is none. */
export function eachGap(
  columns: SpanColumns,
  tree: SpanTree,
  no: number,
  take: (fromUs: number, toUs: number) => void,
): void {
  const ownEnd = columns.endUs[no]!;
  // Children may begin when it is over.
  const until = Number.isNaN(ownEnd) ? Number.POSITIVE_INFINITY : ownEnd;
  let covered = columns.startUs[no]!;
  const past = tree.end[tree.position[no]!]!;
  for (let at = tree.position[no]! + 1; at < past; at = tree.end[at]!) {
    const child = tree.order[at]!;
    const start = Math.min(columns.startUs[child]!, until);
    if (start > covered && !isTurn(columns, child)) take(covered, start);
    const end = columns.endUs[child]!;
    covered = Math.max(covered, Number.isNaN(end) ? Number.POSITIVE_INFINITY : end);
  }
  if (ownEnd > covered) take(covered, ownEnd);
}

/** Whether the next word in a span is a person's: the last turn that began in it is over. */
export function waitsForPerson(columns: SpanColumns, tree: SpanTree, no: number): boolean {
  let newest = -1;
  const past = tree.end[tree.position[no]!]!;
  for (let at = tree.position[no]! + 1; at < past; at = tree.end[at]!) newest = tree.order[at]!;
  return newest >= 0 && isTurn(columns, newest) && !isOpen(columns, newest);
}

/** A person's question and all that was done to answer it. */
function isTurn(columns: SpanColumns, no: number): boolean {
  return textAt(columns, 'role', no) === 'turn' && kindAt(columns, no) === 'task';
}
