import type { SpanTree } from '../tree.ts';
import type { Dependencies } from './dependencies.ts';
import { scheduleOf } from './schedule.ts';

/**
 * How much sooner the run would have ended, in µs, had the chosen spans taken `factor` of their time (0: none), with
 * everything inside them. The run is played again with all its waiting: not more than the chosen spans' time, and often less.
 *
 * @param factor 0 to 1; RangeError otherwise.
 */
export function savingOf(
  dependencies: Dependencies,
  tree: SpanTree,
  isChosen: (no: number) => boolean,
  factor = 0,
): number {
  if (!(factor >= 0 && factor <= 1)) throw new RangeError(`factor is ${factor}, expected 0 to 1`);
  const scale = scalesOf(dependencies, tree, isChosen, factor);
  return Math.max(0, dependencies.toUs - scheduleOf(dependencies, { scale }).toUs);
}

/** What outlives a chosen span is not inside it, and takes the time that it took. */
function scalesOf(
  { count, endedIn }: Dependencies,
  tree: SpanTree,
  isChosen: (no: number) => boolean,
  factor: number,
): Float64Array {
  const scale = new Float64Array(count);
  for (const no of tree.order) {
    const around = endedIn[no]!;
    scale[no] = isChosen(no) ? factor : around < 0 ? 1 : scale[around]!;
  }
  return scale;
}
