import { UNKNOWN_TIME_US } from '../unknown-time.ts';

/** Moments that wait for a time, at most. */
const MOST_OPEN = 10_000;

/** A point in the output: its time is known, or worked out from those around it. */
export type Moment = { readonly at: number; us: number; settled: boolean };

/** How long a step takes where nothing at all says it. */
const STEP_US = 1e6;

/**
 * When things happened in an output that seldom says so. Steps are laid evenly between the lines that have a time; what
 * stands before the first or behind the last gets its share of what the result says that all of it took.
 */
export class Clock {
  #at = 0;
  #begin = { at: 0, us: UNKNOWN_TIME_US };
  #first: { at: number; us: number } | undefined;
  #last: { at: number; us: number } | undefined;
  /** Before the first known time of this stretch. */
  #head: Moment[] = [];
  /** Behind the last one. */
  #tail: Moment[] = [];
  #now: Moment | undefined;

  /** Some line said when it was written. */
  known = false;

  /** This moment. Until a time comes that settles it, it is the known one next to it: a run grows, and never shrinks. */
  now(): Moment {
    if (this.#now?.at === this.#at) return this.#now;
    const moment = { at: this.#at, us: this.#guess(), settled: this.#last?.at === this.#at };
    if (!moment.settled) this.#tail.push(moment);
    if (this.#tail.length > MOST_OPEN)
      for (const old of this.#tail.splice(0, MOST_OPEN / 2)) old.settled = true;
    this.#now = moment;
    return moment;
  }

  /** A step goes by; steps of a model weigh more than those of a tool. */
  step(weight: number): void {
    this.#at += weight;
  }

  /** The line that is being read was written at `us`. Times that run backwards say nothing. */
  anchor(us: number): void {
    if (this.#last !== undefined && us < this.#last.us) return;
    const at = this.#at;
    const from = this.#last;
    if (from === undefined) {
      for (const moment of this.#tail) moment.us = us;
      this.#head = this.#tail;
      this.#first = { at, us };
    } else
      for (const moment of this.#tail) {
        const share = at > from.at ? (moment.at - from.at) / (at - from.at) : 1;
        moment.us = Math.round(from.us + share * (us - from.us));
        moment.settled = true;
      }
    this.#tail = [];
    this.#last = { at, us };
    this.#now = undefined;
    this.known = true;
  }

  /** The result came: all of this stretch took `durationUs`. What follows is another stretch. */
  close(durationUs: number | undefined): Moment {
    const end = this.now();
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined) {
      const steps = this.#at - this.#begin.at;
      const step = durationUs === undefined ? STEP_US : steps > 0 ? durationUs / steps : 0;
      for (const moment of this.#tail)
        moment.us = Math.round(this.#begin.us + (moment.at - this.#begin.at) * step);
      if (durationUs !== undefined) end.us = this.#begin.us + durationUs;
    } else {
      const open = first.at - this.#begin.at + (this.#at - last.at);
      const slackUs = Math.max(0, (durationUs ?? 0) - (last.us - first.us));
      const step = durationUs === undefined ? STEP_US : open > 0 ? slackUs / open : 0;
      for (const moment of this.#head) moment.us = Math.round(first.us - (first.at - moment.at) * step);
      for (const moment of this.#tail) moment.us = Math.round(last.us + (moment.at - last.at) * step);
    }
    for (const moment of [...this.#head, ...this.#tail]) moment.settled = true;
    this.#head = [];
    this.#tail = [];
    this.#first = undefined;
    this.#last = undefined;
    this.#now = undefined;
    this.#begin = { at: this.#at, us: Math.max(end.us, this.#begin.us) };
    return { at: this.#at, us: end.us, settled: true };
  }

  #guess(): number {
    return this.#last?.us ?? Math.round(this.#begin.us + (this.#at - this.#begin.at) * STEP_US);
  }
}
