import { type Dependencies, THE_RUN } from './dependencies.ts';

/** The run anew, with something changed. */
export type Change = {
  /** How long the work of every span takes, as a part of what it took. 1 for all where it is missing. */
  readonly scale?: Float64Array;
  /** Agents that do not wait for those of their own wave: for each the first of its wave, -1 for all other spans. */
  readonly waves?: Int32Array;
};

/** When everything happens, and what each event waited for last. Times in µs since the epoch. */
export type Schedule = {
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly toUs: number;
  /** For every start the span whose end decided it; THE_RUN where it was the start of what it was started in. */
  readonly startAfter: Int32Array;
  /** For every end the span inside whose end decided it; THE_RUN where it was its own start. */
  readonly endAfter: Int32Array;
  /** The span that ended last; THE_RUN where none took any time. */
  readonly last: number;
};

/**
 * Plays the run again: every event happens as long after what it waited for as it did. Own work of a span (from its last
 * join or its start to the next start inside it, or to its end) takes its scaled time. Without a change it is what happened.
 */
export function scheduleOf(dependencies: Dependencies, { scale, waves }: Change = {}): Schedule {
  const { count, events, startedIn, endedIn, waitsFor, joins, gapUs, fromUs } = dependencies;
  const startUs = new Float64Array(count + 1);
  const endUs = new Float64Array(count);
  const startAfter = new Int32Array(count).fill(THE_RUN);
  const endAfter = new Int32Array(count).fill(THE_RUN);
  // What has ended so far inside each span, and inside the run in the last place: when, and who was last.
  const joinedUs = new Float64Array(count + 1).fill(Number.NEGATIVE_INFINITY);
  const joinedBy = new Int32Array(count + 1).fill(THE_RUN);
  // What is not of a wave. Who stands in line waits for that, and for what the first of its wave had waited for.
  const othersUs = waves ? joinedUs.slice() : joinedUs;
  const othersBy = waves ? joinedBy.slice() : joinedBy;
  const waveUs = new Float64Array(waves ? count : 0);
  const anyWaits = waitsFor.size > 0;
  startUs[count] = fromUs;

  for (const event of events) {
    const no = event >> 1;
    if ((event & 1) === 1) {
      const inside = joinedUs[no]! >= startUs[no]!;
      const before = inside ? joinedUs[no]! : startUs[no]!;
      const end = before + gapUs[event]! * (scale ? scale[no]! : 1);
      endUs[no] = end;
      if (inside) endAfter[no] = joinedBy[no]!;
      if (joins[no] === 0) continue;
      const around = endedIn[no]!;
      const at = around < 0 ? count : around;
      if (end >= joinedUs[at]!) {
        joinedUs[at] = end;
        joinedBy[at] = no;
      }
      if (waves && waves[no]! < 0 && end >= othersUs[at]!) {
        othersUs[at] = end;
        othersBy[at] = no;
      }
      continue;
    }
    const frame = startedIn[no]!;
    const at = frame < 0 ? count : frame;
    const first = waves ? waves[no]! : -1;
    const follows = first >= 0 && first !== no;
    let before = follows ? waveUs[first]! : startUs[at]!;
    let after = follows ? startAfter[first]! : THE_RUN;
    const kept = follows ? othersUs[at]! : joinedUs[at]!;
    if (kept >= before) {
      before = kept;
      after = follows ? othersBy[at]! : joinedBy[at]!;
    }
    if (anyWaits) {
      for (const awaited of waitsFor.get(no) ?? []) {
        if (endUs[awaited]! <= before) continue;
        before = endUs[awaited]!;
        after = awaited;
      }
    }
    if (first === no) waveUs[no] = before;
    startUs[no] = before + gapUs[event]! * (scale && frame >= 0 ? scale[frame]! : 1);
    startAfter[no] = after;
  }
  return {
    startUs: startUs.subarray(0, count),
    endUs,
    toUs: joinedBy[count]! < 0 ? dependencies.toUs : joinedUs[count]! + restUs(dependencies),
    startAfter,
    endAfter,
    last: joinedBy[count]!,
  };
}

/** µs of a run after the last end of anything that took time. */
export function restUs({ count, joins, endUs, toUs }: Dependencies): number {
  let last = Number.NEGATIVE_INFINITY;
  for (let no = 0; no < count; no++) if (joins[no] === 1 && endUs[no]! > last) last = endUs[no]!;
  return last === Number.NEGATIVE_INFINITY ? 0 : toUs - last;
}
