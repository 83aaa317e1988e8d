import { contentId } from '../../model/ids.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { parseTimestamp } from '../../model/time.ts';
import { printable } from '../excerpt.ts';

/** Steps that wait for what must be known of the trajectory first. */
export type Waiting = { readonly step: JsonObject; readonly index: number };

/** Trajectories may say no time at all: no more steps than these are held back for one. */
const MOST_STEPS = 50;

/** The first steps of a trajectory, held back until they say what its header does not. */
export class Opening {
  #waiting: Waiting[] = [];
  #timed = false;
  #answered = false;

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#timed ||= parseTimestamp(waiting.step.timestamp) !== undefined;
    this.#answered ||= waiting.step.source === 'agent';
  }

  /** Members may come in any order: who the agent is, and whose session it is, decides what its steps are called. */
  isOver(header: JsonObject, named: boolean): boolean {
    if (!isObject(header.agent)) return false;
    return (this.#timed && (named || this.#answered)) || this.#waiting.length >= MOST_STEPS;
  }

  take(): Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** An id for a trajectory without one: what was asked, and what came first of the answer. */
  get id(): string {
    const answer = this.#waiting.findIndex(({ step }) => step.source === 'agent');
    const first = answer < 0 ? this.#waiting : this.#waiting.slice(0, answer + 1);
    return contentId(JSON.stringify(first.map(({ step }) => printable(step))));
  }

  /** When the trajectory begins; undefined when nothing says so. */
  get firstUs(): number | undefined {
    return firstTimeOf(this.#waiting.map(({ step }) => step));
  }
}

/** The first time that steps say: what comes before it without one is of that moment, and of no other age. */
export function firstTimeOf(steps: readonly JsonObject[]): number | undefined {
  for (const { timestamp } of steps) {
    const us = parseTimestamp(timestamp);
    if (us !== undefined) return us;
  }
  return undefined;
}
