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
  /** The span that ended last. */
  readonly last: number;
};

/**
 * Plays the run again: every event happens as long after what it waited for as it did. Own work of a span (from its last
 * join or its start to the next start inside it, or to its end) takes its scaled time. Without a change it is what happened.
 */
export function scheduleOf(dependencies: Dependencies, { scale, waves }: Change = {}): Schedule {
  const { count, events, startedIn, endedIn, waitsFor } = dependencies;
  const was = dependencies;
  const startUs = new Float64Array(count);
  const endUs = new Float64Array(count);
  const startAfter = new Int32Array(count).fill(THE_RUN);
  const endAfter = new Int32Array(count).fill(THE_RUN);
  const joined = new Joined(count);
  // What is not of a wave. Who stands in line waits for that, and for what the first of its wave had waited for.
  const others = waves ? new Joined(count) : joined;
  const waveUs = new Float64Array(waves ? count : 0);
  const slot = (no: number): number => (no < 0 ? count : no);

  const start = (no: number): void => {
    const frame = startedIn[no]!;
    const at = slot(frame);
    const first = waves ? waves[no]! : -1;
    const follows = first >= 0 && first !== no;
    let beforeWas = Math.max(frame < 0 ? was.fromUs : was.startUs[frame]!, joined.wasUs[at]!);
    let before = follows ? waveUs[first]! : frame < 0 ? was.fromUs : startUs[frame]!;
    let after = follows ? startAfter[first]! : THE_RUN;
    const kept = follows ? others : joined;
    if (kept.us[at]! >= before) {
      before = kept.us[at]!;
      after = kept.by[at]!;
    }
    for (const awaited of waitsFor.get(no) ?? []) {
      beforeWas = Math.max(beforeWas, was.endUs[awaited]!);
      if (endUs[awaited]! <= before) continue;
      before = endUs[awaited]!;
      after = awaited;
    }
    if (first === no) waveUs[no] = before;
    const factor = scale && frame >= 0 ? scale[frame]! : 1;
    startUs[no] = before + (was.startUs[no]! - beforeWas) * factor;
    startAfter[no] = after;
  };

  const end = (no: number): void => {
    const beforeWas = Math.max(was.startUs[no]!, joined.wasUs[no]!);
    const inside = joined.us[no]! >= startUs[no]!;
    const before = inside ? joined.us[no]! : startUs[no]!;
    endUs[no] = before + (was.endUs[no]! - beforeWas) * (scale ? scale[no]! : 1);
    endAfter[no] = inside ? joined.by[no]! : THE_RUN;
    const at = slot(endedIn[no]!);
    joined.add(at, no, was.endUs[no]!, endUs[no]!);
    if (waves && waves[no]! < 0) others.add(at, no, was.endUs[no]!, endUs[no]!);
  };

  for (const event of events) (event & 1 ? end : start)(event >> 1);
  const toUs = count === 0 ? was.toUs : joined.us[count]!;
  return { startUs, endUs, toUs, startAfter, endAfter, last: joined.by[count]! };
}

/** What has ended so far inside each span, and inside the run: when it had, when it does now, and who is last. */
class Joined {
  readonly wasUs: Float64Array;
  readonly us: Float64Array;
  readonly by: Int32Array;

  constructor(count: number) {
    this.wasUs = new Float64Array(count + 1).fill(Number.NEGATIVE_INFINITY);
    this.us = new Float64Array(count + 1).fill(Number.NEGATIVE_INFINITY);
    this.by = new Int32Array(count + 1).fill(THE_RUN);
  }

  add(at: number, no: number, wasUs: number, us: number): void {
    this.wasUs[at] = wasUs;
    if (us < this.us[at]!) return;
    this.us[at] = us;
    this.by[at] = no;
  }
}
