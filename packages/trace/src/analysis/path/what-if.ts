import type { SpanTree } from '../tree.ts';
import type { Dependencies } from './dependencies.ts';
import { restUs } from './schedule.ts';

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
  return new WhatIf(dependencies, tree).savingOf(isChosen, factor);
}

/** Many questions about one run: what it takes to play it again is made once. */
export class WhatIf {
  readonly #dependencies: Dependencies;
  readonly #tree: SpanTree;
  readonly #restUs: number;
  readonly #scale: Float64Array;
  readonly #startUs: Float64Array;
  readonly #endUs: Float64Array;
  /** The newest end inside every span, and inside the run in the last place. */
  readonly #joinedUs: Float64Array;

  constructor(dependencies: Dependencies, tree: SpanTree) {
    const { count } = dependencies;
    this.#dependencies = dependencies;
    this.#tree = tree;
    this.#restUs = restUs(dependencies);
    this.#scale = new Float64Array(count + 1);
    this.#startUs = new Float64Array(count + 1);
    this.#endUs = new Float64Array(count);
    this.#joinedUs = new Float64Array(count + 1);
  }

  /** See savingOf. */
  savingOf(isChosen: (no: number) => boolean, factor = 0): number {
    if (!(factor >= 0 && factor <= 1)) throw new RangeError(`factor is ${factor}, expected 0 to 1`);
    this.#rescale(isChosen, factor);
    return Math.max(0, this.#dependencies.toUs - this.#playedToUs());
  }

  /** What outlives a chosen span is not inside it, and takes the time that it took. */
  #rescale(isChosen: (no: number) => boolean, factor: number): void {
    const { count, endedIn } = this.#dependencies;
    const scale = this.#scale;
    scale[count] = 1;
    for (const no of this.#tree.order) {
      const around = endedIn[no]!;
      scale[no] = isChosen(no) ? factor : scale[around < 0 ? count : around]!;
    }
  }

  /** When the run ends with these scales. The same arithmetic as scheduleOf, without saying why. */
  #playedToUs(): number {
    const { count, events, startedIn, endedIn, waitsFor, joins, gapUs, fromUs, toUs } = this.#dependencies;
    const [scale, startUs, endUs, joinedUs] = [this.#scale, this.#startUs, this.#endUs, this.#joinedUs];
    const anyWaits = waitsFor.size > 0;
    joinedUs.fill(Number.NEGATIVE_INFINITY);
    startUs[count] = fromUs;
    for (let at = 0; at < events.length; at++) {
      const event = events[at]!;
      const no = event >> 1;
      if ((event & 1) === 1) {
        const end = Math.max(joinedUs[no]!, startUs[no]!) + gapUs[event]! * scale[no]!;
        endUs[no] = end;
        if (joins[no] === 0) continue;
        const around = endedIn[no]!;
        const slot = around < 0 ? count : around;
        if (end > joinedUs[slot]!) joinedUs[slot] = end;
        continue;
      }
      const frame = startedIn[no]!;
      const slot = frame < 0 ? count : frame;
      let before = startUs[slot]!;
      if (joinedUs[slot]! > before) before = joinedUs[slot]!;
      if (anyWaits) {
        for (const awaited of waitsFor.get(no) ?? []) if (endUs[awaited]! > before) before = endUs[awaited]!;
      }
      startUs[no] = before + gapUs[event]! * scale[slot]!;
    }
    return joinedUs[count] === Number.NEGATIVE_INFINITY ? toUs : joinedUs[count]! + this.#restUs;
  }
}
