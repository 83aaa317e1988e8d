import { kindAt, kindCode, type SpanColumns, textAt } from '../model/columns.ts';
import type { SpanKind } from '../model/span.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { countBelow, lastActivity } from './owners.ts';
import { quantile } from './quantile.ts';
import { isLeaf, type SpanTree } from './tree.ts';

export type Stall = {
  no: number;
  /** Time since the last sign of life in the span's subtree. */
  silentUs: number;
  /** Median silence of comparable work; absent where there is nothing to compare with. */
  usualUs?: number;
};

/** Open work that is later than usual: `slow` is noted, `stalled` should be looked at. */
export type Silence = Stall & { state: 'slow' | 'stalled' };

/** No silence shorter than this is a stall. */
const LEAST_US = 10e6;
/** How many times the 95th percentile of what is normal a silence must last. */
const FACTOR = 4;
/** Past the 95th percentile, and past so many medians, open work is slow. */
const SLOW_MEDIANS = 2;
/** The limit where nothing is comparable, neither in the run nor in earlier ones: a model call, a tool, an agent. */
const UNKNOWN_US: Partial<Record<SpanKind, number>> = { llm: 180e6, tool: 600e6 };
const UNKNOWN_OTHER_US = 360e6;
/** Fewer comparable silences than this say nothing. */
const LEAST_SAMPLES = 3;
/** The newest samples are enough, and keep the work bounded. */
const MOST_SAMPLES = 2000;

/** Open work that has been silent for much longer than its like, in this run or in earlier ones. */
export function stallsOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  history?: readonly UsualTime[],
): Stall[] {
  return silencesOf(columns, tree, nowUs, history)
    .filter(({ state }) => state === 'stalled')
    .map(({ state: _, ...stall }) => stall);
}

/**
 * Open work that is silent for longer than its like. Only the innermost open spans can be: a parent waits for its open
 * children. `history` is what the store knows of earlier runs; it is asked where this run holds nothing comparable.
 */
export function silencesOf(
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  history: readonly UsualTime[] = [],
): Silence[] {
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  const last = lastActivity(columns, tree);
  const suspects: number[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (isOpen(columns, no) && openBelow[no] === 0 && nowUs - last[no]! > LEAST_US) suspects.push(no);
  }
  if (suspects.length === 0) return [];
  const normal = new Normal(columns, tree, suspects);
  const silences: Silence[] = [];
  for (const no of suspects) {
    const silentUs = nowUs - last[no]!;
    const usual = normal.of(no) ?? earlier(columns, tree, no, history);
    const stalledUs = usual ? FACTOR * usual.p95 : (UNKNOWN_US[kindAt(columns, no)] ?? UNKNOWN_OTHER_US);
    const slowUs = usual ? Math.max(usual.p95, SLOW_MEDIANS * usual.median) : stalledUs;
    if (silentUs <= Math.max(LEAST_US, Math.min(slowUs, stalledUs))) continue;
    const state = silentUs > Math.max(LEAST_US, stalledUs) ? 'stalled' : 'slow';
    silences.push({ no, silentUs, ...(usual && { usualUs: usual.median }), state });
  }
  return silences;
}

/** What earlier runs say of a call. Of work with calls in it they say how long it took, not how long it was silent. */
function earlier(
  columns: SpanColumns,
  tree: SpanTree,
  no: number,
  history: readonly UsualTime[],
): Figures | undefined {
  if (!isLeaf(tree, no)) return undefined;
  const kind = kindAt(columns, no);
  const tool = kind === 'tool' ? textAt(columns, 'tool', no) || textAt(columns, 'name', no) : '';
  const model = textAt(columns, 'model', no);
  const found = history.find((one) => one.kind === kind && one.tool === tool && one.model === model);
  return found && found.calls >= LEAST_SAMPLES ? { median: found.medianUs, p95: found.p95Us } : undefined;
}

/** Comparable work, by positions in the columns' strings; ANY where it makes no difference. */
type Likeness = { leaf: boolean; kind: number; tool: number; role: number; model: number };
type Class = Likeness & { samples: number[]; figures?: Figures | undefined };
type Figures = { median: number; p95: number };

const ANY = -1;
const TOOL = kindCode('tool');

/**
 * What a span is compared with, closest first. Tools are only compared with themselves: a test run of five minutes
 * is no stall because reading a file takes ten milliseconds.
 */
function likenesses(columns: SpanColumns, tree: SpanTree, no: number): Likeness[] {
  const kind = columns.kind[no]!;
  const any = { leaf: isLeaf(tree, no), kind, tool: ANY, role: ANY, model: ANY };
  if (kind === TOOL) return [{ ...any, tool: toolOf(columns, no) }];
  const role = columns.role[no]!;
  return [{ ...any, role, model: columns.model[no]! }, { ...any, role }, any];
}

function toolOf(columns: SpanColumns, no: number): number {
  return columns.tool[no] || columns.name[no]!;
}

/** Silences that comparable work went through: durations of leaves, and gaps between the children of the others. */
class Normal {
  readonly #columns: SpanColumns;
  readonly #tree: SpanTree;
  readonly #classes = new Map<string, Class>();

  constructor(columns: SpanColumns, tree: SpanTree, suspects: readonly number[]) {
    this.#columns = columns;
    this.#tree = tree;
    for (const no of suspects) {
      for (const likeness of likenesses(columns, tree, no)) {
        const key = keyOf(likeness);
        if (!this.#classes.has(key)) this.#classes.set(key, { ...likeness, samples: [] });
      }
    }
    this.#collect();
  }

  of(no: number): Figures | undefined {
    for (const likeness of likenesses(this.#columns, this.#tree, no)) {
      const found = this.#classes.get(keyOf(likeness))!;
      if (found.samples.length < LEAST_SAMPLES) continue;
      if (found.figures === undefined) {
        const sorted = Float64Array.from(found.samples).sort();
        found.figures = { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
      }
      return found.figures;
    }
    return undefined;
  }

  /** Newest first, so that a bounded sample shows what is normal now. */
  #collect(): void {
    const columns = this.#columns;
    let wanted = [...this.#classes.values()];
    for (let no = columns.count - 1; no >= 0 && wanted.length > 0; no--) {
      const leaf = isLeaf(this.#tree, no);
      if (leaf && isOpen(columns, no)) continue;
      let silences: number[] | undefined;
      for (const known of wanted) {
        if (known.leaf !== leaf || !isLike(columns, no, known)) continue;
        silences ??= leaf ? [columns.endUs[no]! - columns.startUs[no]!] : gapsOf(columns, this.#tree, no);
        for (const silence of silences) if (known.samples.length < MOST_SAMPLES) known.samples.push(silence);
        if (known.samples.length >= MOST_SAMPLES) wanted = wanted.filter((other) => other !== known);
      }
    }
  }
}

function keyOf({ leaf, kind, tool, role, model }: Likeness): string {
  return `${leaf} ${kind} ${tool} ${role} ${model}`;
}

function isLike(columns: SpanColumns, no: number, { kind, tool, role, model }: Likeness): boolean {
  return (
    columns.kind[no] === kind &&
    (tool === ANY || toolOf(columns, no) === tool) &&
    (role === ANY || columns.role[no] === role) &&
    (model === ANY || columns.model[no] === model)
  );
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
