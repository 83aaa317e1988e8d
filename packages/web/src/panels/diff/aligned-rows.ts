import type { AlignedStep } from '@tacho/trace/analysis/diff/diff-runs';
import type { DiffPlace } from '../../state/url.ts';

/** How a step of the two trees stands to the other side. */
export type Mark = 'same' | 'changed' | 'removed' | 'added';

/** The aligned steps with what the table needs of them, by position. */
export type Lines = {
  readonly steps: readonly AlignedStep[];
  readonly marks: readonly Mark[];
  /** 0 for roots. */
  readonly depth: Int32Array;
  /** What differs, top to bottom: changed steps, and the outermost of those that only one side has. */
  readonly changes: readonly number[];
};

export function markOf({ left, right, differs }: AlignedStep): Mark {
  if (right === null) return 'removed';
  if (left === null) return 'added';
  return differs.length > 0 ? 'changed' : 'same';
}

export function linesOf(steps: readonly AlignedStep[]): Lines {
  const marks = steps.map(markOf);
  const depth = new Int32Array(steps.length);
  const changes: number[] = [];
  for (const [at, { up }] of steps.entries()) {
    if (up >= 0) depth[at] = depth[up]! + 1;
    const mark = marks[at]!;
    // Below a step that only one side has, everything is of that side.
    if (mark === 'changed' || (mark !== 'same' && (up < 0 || marks[up] !== mark))) changes.push(at);
  }
  return { steps, marks, depth, changes };
}

export function countsOf({ marks }: Lines): Record<Mark, number> {
  const counts = { same: 0, changed: 0, removed: 0, added: 0 };
  for (const mark of marks) counts[mark]++;
  return counts;
}

/** Lines of which a name, what a tool was called with, a model or an error on either side contains what is looked for, whatever the case. */
export function matchesOf({ steps }: Lines, find: string): number[] {
  const needle = find.trim().toLowerCase();
  if (needle === '') return [];
  const found: number[] = [];
  for (const [at, { left, right }] of steps.entries()) {
    const texts = [left, right].flatMap((span) => [span?.name, span?.arguments, span?.model, span?.error]);
    if (texts.some((text) => text?.toLowerCase().includes(needle))) found.push(at);
  }
  return found;
}

/** A row of the table: one line, or several that are folded into one row. `to` is one past the last. */
export type Row =
  | { readonly kind: 'line'; readonly at: number }
  | {
      readonly kind: 'fold';
      readonly from: number;
      readonly to: number;
      readonly mark: Mark;
      readonly depth: number;
      readonly open: boolean;
    };

export type Fold = Extract<Row, { kind: 'fold' }>;

/** What a table of the changes only shows in full: what differs, what is searched for, and what both are in. */
function keptLines({ steps, changes }: Lines, matches: readonly number[]): Uint8Array {
  const kept = new Uint8Array(steps.length);
  for (const wanted of [changes, matches])
    for (const at of wanted) for (let up = at; up >= 0 && kept[up] === 0; up = steps[up]!.up) kept[up] = 1;
  return kept;
}

/** Every line for itself. */
export function allRows({ steps }: Lines): Row[] {
  return steps.map((_, at) => ({ kind: 'line', at }));
}

/**
 * The changes, and between them folds: steps that are the same, and what is in a step that one side only has. A fold of a
 * single line would save nothing. `opened`: lines whose folds are open.
 */
export function changeRows(lines: Lines, matches: readonly number[], opened: ReadonlySet<number>): Row[] {
  const { marks, depth } = lines;
  const kept = keptLines(lines, matches);
  const rows: Row[] = [];
  for (let from = 0; from < kept.length; ) {
    let to = from + 1;
    if (kept[from] === 0) {
      const mark = marks[from]!;
      let open = opened.has(from);
      let shallowest = depth[from]!;
      for (; to < kept.length && kept[to] === 0 && marks[to] === mark; to++) {
        open ||= opened.has(to);
        shallowest = Math.min(shallowest, depth[to]!);
      }
      if (to - from > 1) {
        rows.push({ kind: 'fold', from, to, mark, depth: shallowest, open });
        if (!open) {
          from = to;
          continue;
        }
      }
    }
    for (let at = from; at < to; at++) rows.push({ kind: 'line', at });
    from = to;
  }
  return rows;
}

/** The fold turned the other way. */
export function turned(opened: ReadonlySet<number>, fold: Pick<Fold, 'from' | 'to' | 'open'>) {
  const next = new Set(opened);
  if (fold.open) for (const at of opened) if (at >= fold.from && at < fold.to) next.delete(at);
  if (!fold.open) next.add(fold.from);
  return next;
}

/** Position of the row that a line is in, its own or a closed fold; -1: none. */
export function rowOf(rows: readonly Row[], line: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    const first = row.kind === 'line' ? row.at : row.from;
    const past = row.kind === 'line' ? row.at + 1 : row.open ? row.from : row.to;
    if (line < first) high = middle - 1;
    else if (line >= past) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** The next or previous of some lines, seen from a line; around the end. Undefined where there is none. */
export function hop(lines: readonly number[], from: number, by: 1 | -1): number | undefined {
  if (by > 0) return lines.find((at) => at > from) ?? lines[0];
  return lines.findLast((at) => at < from) ?? lines.at(-1);
}

/** The line of a span, by its number on its side; -1: none. */
export function lineOf({ steps }: Lines, step: DiffPlace['step']): number {
  return step === undefined ? -1 : steps.findIndex((line) => line[step.side]?.no === step.no);
}

/** What names a line in a URL. */
export function stepAt({ steps }: Lines, at: number): NonNullable<DiffPlace['step']> {
  const { left, right } = steps[at]!;
  return right === null ? { side: 'left', no: left!.no } : { side: 'right', no: right.no };
}

/** What a fold stands for together: of its outermost lines, since figures of what is inside are in them. */
export function foldDelta({ steps }: Lines, { from, to }: { from: number; to: number }): StepFigures {
  const sum: { -readonly [Name in keyof StepFigures]: StepFigures[Name] } = { us: 0, tokens: 0, costUsd: 0 };
  for (let at = from; at < to; at++) {
    if (steps[at]!.up >= from) continue;
    const { us, tokens, costUsd } = deltaOf(steps[at]!);
    sum.us += us;
    sum.tokens += tokens;
    sum.costUsd = sum.costUsd === null || costUsd === null ? null : sum.costUsd + costUsd;
  }
  return sum;
}

/** Right minus left; what one side does not have, it has nothing of. Cost null: unknown on a side. */
export type StepFigures = {
  readonly us: number;
  readonly tokens: number;
  readonly costUsd: number | null;
};

export function deltaOf({ left, right }: AlignedStep): StepFigures {
  const unknown = left?.costUsd === null || right?.costUsd === null;
  return {
    us: (right?.durationUs ?? 0) - (left?.durationUs ?? 0),
    tokens: (right?.tokens ?? 0) - (left?.tokens ?? 0),
    costUsd: unknown ? null : (right?.costUsd ?? 0) - (left?.costUsd ?? 0),
  };
}
