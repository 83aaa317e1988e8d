import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { totalTokens } from '../../model/usage.ts';
import { failuresOf } from '../errors.ts';
import { align, type Pair } from './align.ts';
import { type AlignedStep, alignedTree } from './aligned-tree.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type DiffSpan, Side } from './side.ts';
import { KEYS, type Likeness, nameOf } from './step-keys.ts';

export type { AlignedStep } from './aligned-tree.ts';
export { DIFFERENCES, type Difference } from './differences.ts';
export type { Parting } from './first-parting.ts';
export type { DiffSpan } from './side.ts';

export type ChangedStep = { left: DiffSpan; right: DiffSpan; differs: Difference[] };

/** A side's total, and right minus left. Null: unknown on one of the sides. */
export type Delta<Value = number> = { left: Value; right: Value; delta: Value };

export type StepDelta = {
  kind: Span['kind'];
  name: string;
  calls: Delta;
  us: Delta;
  tokens: Delta;
};

/** Two runs beside each other. Swapping the runs swaps left and right, and nothing else. */
export type RunDiff = {
  left: { runId: string; name: string; status: Run['status'] };
  right: { runId: string; name: string; status: Run['status'] };
  totals: {
    durationUs: Delta;
    tokens: Delta;
    costUsd: Delta<number | null>;
    spans: Delta;
    errors: Delta;
  };
  /** Spans that stand for the same on both sides, and of these how many differ in nothing. */
  matched: number;
  same: number;
  /** Where the runs part, by the time since their starts: the first step that differs, or stands on one side only. */
  firstDivergence: Place | null;
  /** Only left, only right: the outermost spans, with all that is in them. By start. */
  removed: DiffSpan[];
  added: DiffSpan[];
  changed: ChangedStep[];
  /** By kind and name, the largest difference of time first; what is equal in calls, time and tokens is left out. */
  steps: StepDelta[];
  /** Both trees laid on each other, every step of either side on a line of its own; only where it was asked for. */
  tree?: AlignedStep[];
};

/** Where runs part: two spans that stand for the same, or one that stands on one side only. */
type Place = Sides & { differs: Difference[]; afterUs: number };
type Sides = { left: DiffSpan | null; right: DiffSpan | null };

/** Aligns two runs by kind, name and arguments, level by level from the roots, and says what differs. */
export function diffRuns(leftRun: Run, rightRun: Run, options: { tree?: boolean } = {}): RunDiff {
  // The alignment of one order of the sides: ties would otherwise be broken for the left.
  const swapped = orderOf(leftRun) > orderOf(rightRun);
  const [first, second] = swapped ? [rightRun, leftRun] : [leftRun, rightRun];
  const matched = matchedSpans(new Side(first), new Side(second));
  const [left, right] = swapped ? [matched.second, matched.first] : [matched.first, matched.second];
  const pairs = matched.pairs.map(([a, b]): Pair => (swapped ? [b, a] : [a, b]));
  return compare(left, right, pairs, options.tree === true);
}

/** Anything that tells two runs apart, whatever the order in which they are named. */
function orderOf(run: Run): string {
  return `${String(run.spans.length).padStart(12, '0')} ${run.runId}`;
}

/** Pairs of spans that stand for the same. Below a pair, children are aligned; what has no partner takes its subtree along. */
function matchedSpans(first: Side, second: Side): { first: Side; second: Side; pairs: Pair[] } {
  const pairs: Pair[] = [];
  const waiting: Pair[] = [[-1, -1]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    for (const found of alignedChildren(first, second, pair)) {
      pairs.push(found);
      waiting.push(found);
    }
  }
  return { first, second, pairs };
}

const LIKENESSES: readonly Likeness[] = ['same', 'alike', 'kin'];

/** The same first; between what is the same, what is alike; between these, what is kin. */
function alignedChildren(first: Side, second: Side, [one, other]: Pair): Pair[] {
  const left = first.below(one);
  const right = second.below(other);
  let found: Pair[] = [];
  for (const likeness of LIKENESSES) {
    const key = KEYS[likeness];
    const keysLeft = left.map((no) => key(first.run.spans[no]!));
    const keysRight = right.map((no) => key(second.run.spans[no]!));
    const more: Pair[] = [];
    let [from, otherFrom] = [0, 0];
    for (const [to, otherTo] of [...found, [left.length, right.length] as Pair]) {
      for (const [a, b] of align(keysLeft.slice(from, to), keysRight.slice(otherFrom, otherTo)))
        more.push([from + a, otherFrom + b]);
      if (to < left.length) more.push([to, otherTo]);
      [from, otherFrom] = [to + 1, otherTo + 1];
    }
    found = more;
  }
  return found.map(([a, b]) => [left[a]!, right[b]!]);
}

function compare(left: Side, right: Side, pairs: readonly Pair[], withTree: boolean): RunDiff {
  const ofLeft = new Int32Array(left.run.spans.length).fill(-1);
  const ofRight = new Int32Array(right.run.spans.length).fill(-1);
  const changed: (ChangedStep & { nos: Pair })[] = [];
  const differsOf = new Map<number, Difference[]>();
  for (const pair of pairs) {
    const [no, other] = pair;
    ofLeft[no] = other;
    ofRight[other] = no;
    const differs = differencesOf(left.run.spans[no]!, right.run.spans[other]!);
    if (differs.length === 0) continue;
    differsOf.set(no, differs);
    changed.push({ left: left.shown(no), right: right.shown(other), differs, nos: pair });
  }
  const started = ({ nos: [no, other] }: { nos: Pair }): number =>
    Math.max(sinceStart(left, no), sinceStart(right, other));
  changed.sort((a, b) => started(a) - started(b) || inIdOrder(a, b));
  const removed = unmatched(left, ofLeft);
  const added = unmatched(right, ofRight);
  return {
    left: { runId: left.run.runId, name: left.run.name, status: left.run.status },
    right: { runId: right.run.runId, name: right.run.name, status: right.run.status },
    totals: totalsOf(left, right),
    matched: pairs.length,
    same: pairs.length - changed.length,
    firstDivergence: divergenceOf(left, right, changed, removed, added),
    removed: removed.map((no) => left.shown(no)),
    added: added.map((no) => right.shown(no)),
    changed: changed.map(({ nos: _, ...step }) => step),
    steps: stepsOf(left, right),
    ...(withTree && { tree: alignedTree(left, right, { ofLeft, ofRight }, (no) => differsOf.get(no) ?? []) }),
  };
}

/** Spans without a partner whose parents have one, by start. */
function unmatched({ prepared, run }: Side, partnerOf: Int32Array): number[] {
  const found: number[] = [];
  for (const no of prepared.tree.order) {
    const up = prepared.tree.parent[no]!;
    if (partnerOf[no]! < 0 && (up < 0 || partnerOf[up]! >= 0)) found.push(no);
  }
  return found.sort((a, b) => run.spans[a]!.startUs - run.spans[b]!.startUs || a - b);
}

/** µs from the first start of the run. */
function sinceStart({ run, prepared }: Side, no: number): number {
  const first = prepared.tree.order[0];
  return first === undefined ? 0 : run.spans[no]!.startUs - run.spans[first]!.startUs;
}

/** An order that does not depend on which run is called left. */
function inIdOrder(a: Sides, b: Sides): number {
  const key = ({ left, right }: Sides): string =>
    [left?.spanId ?? '', right?.spanId ?? ''].sort().join('\u0000');
  const [one, two] = [key(a), key(b)];
  return one === two ? 0 : one < two ? -1 : 1;
}

/**
 * The earliest of all that differs. A difference of results is known when the step is over, so that a step does not part
 * the runs before what went differently inside it.
 */
function divergenceOf(
  left: Side,
  right: Side,
  changed: readonly (ChangedStep & { nos: Pair })[],
  removed: readonly number[],
  added: readonly number[],
): RunDiff['firstDivergence'] {
  const places: (Place & { endUs: number; late: boolean })[] = [];
  const put = (sides: Sides, differs: Difference[], startUs: number): void => {
    const endUs = startUs + Math.max(sides.left?.durationUs ?? 0, sides.right?.durationUs ?? 0);
    const late = differs.length > 0 && differs.every((difference) => LATE.has(difference));
    places.push({ ...sides, differs, afterUs: late ? endUs : startUs, endUs, late });
  };
  for (const { nos, left: one, right: two, differs } of changed)
    put({ left: one, right: two }, differs, Math.max(sinceStart(left, nos[0]), sinceStart(right, nos[1])));
  for (const no of removed) put({ left: left.shown(no), right: null }, [], sinceStart(left, no));
  for (const no of added) put({ left: null, right: right.shown(no) }, [], sinceStart(right, no));
  // At one moment: what was asked before what came of it, a step before what is in it.
  const [first] = places.sort(
    (a, b) =>
      a.afterUs - b.afterUs || Number(a.late) - Number(b.late) || b.endUs - a.endUs || inIdOrder(a, b),
  );
  if (first === undefined) return null;
  const { endUs: _, late: __, ...place } = first;
  return place;
}

/** What is known of a step only when it is over. */
const LATE = new Set<Difference>(['status', 'error', 'result']);

function totalsOf(left: Side, right: Side): RunDiff['totals'] {
  const of = (side: Side) => {
    const { ledger, columns, tree } = side.prepared;
    const { run } = side;
    return {
      durationUs: Math.max(0, (run.endUs ?? run.lastUs) - run.startUs),
      tokens: totalTokens(ledger.usage),
      costUsd: ledger.costUsd,
      spans: columns.count,
      // As everywhere: where they arose, without what a retry made good.
      errors: failuresOf(columns, tree).filter(({ recovered }) => !recovered).length,
    };
  };
  const [one, two] = [of(left), of(right)];
  return {
    durationUs: deltaOf(one.durationUs, two.durationUs),
    tokens: deltaOf(one.tokens, two.tokens),
    costUsd: {
      left: one.costUsd,
      right: two.costUsd,
      delta: one.costUsd === null || two.costUsd === null ? null : two.costUsd - one.costUsd,
    },
    spans: deltaOf(one.spans, two.spans),
    errors: deltaOf(one.errors, two.errors),
  };
}

function deltaOf(left: number, right: number): Delta {
  return { left, right, delta: right - left };
}

/** Spans of the same kind and name on both sides, summed up. */
function stepsOf(left: Side, right: Side): StepDelta[] {
  type Sums = { calls: number; us: number; tokens: number };
  const sums = new Map<string, { kind: Span['kind']; name: string; sides: [Sums, Sums] }>();
  for (const [side, at] of [
    [left, 0],
    [right, 1],
  ] as const) {
    for (const [no, span] of side.run.spans.entries()) {
      const key = KEYS.alike(span);
      let step = sums.get(key);
      if (step === undefined) {
        const none = (): Sums => ({ calls: 0, us: 0, tokens: 0 });
        step = { kind: span.kind, name: nameOf(span), sides: [none(), none()] };
        sums.set(key, step);
      }
      const sum = step.sides[at];
      sum.calls++;
      sum.us += side.durationOf(no);
      sum.tokens += side.tokens[no]!;
    }
  }
  return [...sums.values()]
    .map(({ kind, name, sides: [one, two] }) => ({
      kind,
      name,
      calls: deltaOf(one.calls, two.calls),
      us: deltaOf(one.us, two.us),
      tokens: deltaOf(one.tokens, two.tokens),
    }))
    .filter(({ calls, us, tokens }) => calls.delta !== 0 || us.delta !== 0 || tokens.delta !== 0)
    .sort(
      (a, b) =>
        Math.abs(b.us.delta) - Math.abs(a.us.delta) ||
        (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1),
    );
}
