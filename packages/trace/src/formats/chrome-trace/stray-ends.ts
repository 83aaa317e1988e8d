import type { Place } from '../text-window.ts';
import type { ReadEvent } from './trace-event.ts';

/** Ends that are refused one by one: a recording that began in the middle has one for each thread and level. */
const MOST_REFUSED = 1000;

/** Ends whose beginning is not in the trace. */
export class StrayEnds {
  readonly #refuse: (reason: string, place: Place) => void;
  #count = 0;

  constructor(refuse: (reason: string, place: Place) => void) {
    this.#refuse = refuse;
  }

  add({ ph, name, pid, tid, place }: ReadEvent): void {
    const what = name === '' ? 'an end without a name' : `the end of ${JSON.stringify(name.slice(0, 80))}`;
    if (++this.#count > MOST_REFUSED) return;
    const where = `"${ph}", thread ${tid.slice(0, 40)} of process ${pid.slice(0, 40)}`;
    const further = this.#count === MOST_REFUSED ? '; further ones are only counted' : '';
    this.#refuse(`${what} (${where}) closes nothing: expected its beginning before it${further}`, place);
  }

  get count(): number {
    return this.#count;
  }
}
