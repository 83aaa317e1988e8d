import type { Span } from '../../model/span.ts';
import type { Difference } from './differences.ts';
import { firstParting, type Parting } from './first-parting.ts';
import type { DiffSpan, Side } from './side.ts';

/** A line of the two trees laid on each other: what stands for the same in both, or a step of one side only. */
export type AlignedStep = {
  /** Position of the line it is below; -1: a root. */
  up: number;
  left: DiffSpan | null;
  right: DiffSpan | null;
  /** Empty where both sides are the same, and where one is missing. */
  differs: Difference[];
  /** Where arguments and results that differ do so first. */
  arguments?: Parting;
  result?: Parting;
};

function partings(
  left: Span,
  right: Span,
  differs: readonly Difference[],
): Pick<AlignedStep, 'arguments' | 'result'> {
  const asked = differs.includes('arguments') ? firstParting(left.inputs, right.inputs) : undefined;
  const got = differs.includes('result') ? firstParting(left.outputs, right.outputs) : undefined;
  return { ...(asked && { arguments: asked }), ...(got && { result: got }) };
}

/** Which span of the other side stands for a span, by number: -1 for none. */
export type Partners = { readonly ofLeft: Int32Array; readonly ofRight: Int32Array };

type Waiting = { up: number; left: number; right: number };
/** The side does not have the step. -1 is taken: it stands for what is above the roots. */
const ABSENT = -2;

/**
 * Both trees as one, every span of them once, each below the line of its parent. Siblings keep the order that they have on
 * their side; between two that stand for the same, what only the left has comes first. Iterative: trees may be of any depth.
 */
export function alignedTree(
  left: Side,
  right: Side,
  partners: Partners,
  differsOf: (leftNo: number) => Difference[],
): AlignedStep[] {
  const steps: AlignedStep[] = [];
  const waiting = below({ up: -1, left: -1, right: -1 });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const here = steps.length;
    const differs = next.left < 0 || next.right < 0 ? [] : differsOf(next.left);
    steps.push({
      up: next.up,
      left: next.left < 0 ? null : left.shown(next.left),
      right: next.right < 0 ? null : right.shown(next.right),
      differs,
      ...(differs.length > 0 && partings(left.run.spans[next.left]!, right.run.spans[next.right]!, differs)),
    });
    for (const step of below({ ...next, up: here })) waiting.push(step);
  }
  return steps;

  /** What is below a line, the last first, as a stack wants it. */
  function below({ up, left: one, right: other }: Waiting): Waiting[] {
    const ours = one === ABSENT ? [] : left.below(one);
    const theirs = other === ABSENT ? [] : right.below(other);
    const found: Waiting[] = [];
    for (let at = 0, otherAt = 0; at < ours.length || otherAt < theirs.length; ) {
      const no = ours[at] ?? ABSENT;
      const otherNo = theirs[otherAt] ?? ABSENT;
      if (no !== ABSENT && partners.ofLeft[no]! < 0) {
        found.push({ up, left: no, right: ABSENT });
        at++;
      } else if (otherNo !== ABSENT && partners.ofRight[otherNo]! < 0) {
        found.push({ up, left: ABSENT, right: otherNo });
        otherAt++;
      } else {
        found.push({ up, left: no, right: otherNo });
        at++;
        otherAt++;
      }
    }
    return found.reverse();
  }
}
