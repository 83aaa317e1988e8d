import type { SpanTree } from '@tacho/trace/analysis/tree';
import type { SpanColumns } from '@tacho/trace/model/columns';
import { SPAN_STATUSES } from '@tacho/trace/model/span';
import type { Arrangement } from './arrange.ts';
import type { Strips } from './strips.ts';

/** Where the keyboard can go from a span. */
export type Step = 'next' | 'previous' | 'parent' | 'child' | 'next-error' | 'previous-error';

type Ground = {
  readonly columns: SpanColumns;
  readonly tree: SpanTree;
  readonly strips: Strips;
  readonly arrangement: Arrangement;
};

/** The span one step away; without a selection the first one in sight. Null: there is nothing that way. */
export function stepFrom(ground: Ground, from: number | null, step: Step): number | null {
  if (step === 'next-error' || step === 'previous-error')
    return errorFrom(ground, from, step === 'next-error');
  if (from === null) return firstSpan(ground);
  const { tree, strips } = ground;
  if (step === 'parent') return tree.parent[from]! >= 0 ? tree.parent[from]! : null;
  if (step === 'child') {
    const at = tree.position[from]!;
    return tree.end[at]! > at + 1 ? tree.order[at + 1]! : null;
  }
  const strip = strips.strip[from]!;
  if (strip < 0) return null;
  const at = strips.position[from]! + (step === 'next' ? 1 : -1);
  return at >= strips.first[strip]! && at < strips.first[strip + 1]! ? strips.spans[at]! : null;
}

function firstSpan({ strips, arrangement }: Ground): number | null {
  for (const band of arrangement.bands) {
    if (band.lane < 0) continue;
    const strip = strips.rowFirst[strips.laneFirst[band.lane]!]!;
    if (strips.first[strip]! < strips.first[strip + 1]!) return strips.spans[strips.first[strip]!]!;
  }
  return null;
}

const ERROR = SPAN_STATUSES.indexOf('error');

/** Errors in the order of their starts, round and round. */
function errorFrom({ columns }: Ground, from: number | null, forward: boolean): number | null {
  const before = (a: number, b: number): boolean =>
    columns.startUs[a]! < columns.startUs[b]! || (columns.startUs[a]! === columns.startUs[b]! && a < b);
  let best: number | null = null;
  let wrapped: number | null = null;
  for (let no = 0; no < columns.count; no++) {
    if (columns.status[no] !== ERROR || no === from) continue;
    const [early, late] = forward ? [from, no] : [no, from];
    const ahead = early === null || late === null || before(early, late);
    const nearer = (than: number | null): boolean =>
      than === null || (forward ? before(no, than) : before(than, no));
    if (ahead && nearer(best)) best = no;
    if (nearer(wrapped)) wrapped = no;
  }
  return best ?? wrapped;
}
