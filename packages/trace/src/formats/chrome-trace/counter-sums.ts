import { asNumber, type JsonObject, putField } from '../../model/json.ts';
import { type ReadEvent, statedId } from './trace-event.ts';

/** Counters that are summed up; a trace has a handful, a hostile one any number. */
const MOST_SERIES = 500;

type Sum = { samples: number; first: number; last: number; min: number; max: number };

/** Counters of a trace, each series by what a person asks of it: how it began and ended, and its extremes. */
export class CounterSums {
  readonly #sums = new Map<string, Sum>();
  #left = 0;

  /** Takes a sample. Values that are no numbers are none. */
  add(event: ReadEvent): void {
    const id = statedId(event);
    const name = id === undefined ? event.name : `${event.name} (${id})`;
    for (const series in event.args) {
      const value = asNumber(event.args[series]);
      if (value === undefined) continue;
      const key = `${name} ${series}`;
      const sum = this.#sums.get(key);
      if (sum === undefined && this.#sums.size >= MOST_SERIES) this.#left++;
      else if (sum === undefined)
        this.#sums.set(key, { samples: 1, first: value, last: value, min: value, max: value });
      else {
        sum.samples++;
        sum.last = value;
        sum.min = Math.min(sum.min, value);
        sum.max = Math.max(sum.max, value);
      }
    }
  }

  /** Attributes of the run. */
  attributes(): JsonObject {
    if (this.#sums.size === 0) return {};
    const counters: JsonObject = {};
    for (const [name, sum] of this.#sums) putField(counters, name, sum);
    return { counters, ...(this.#left > 0 && { samples_of_further_counters: this.#left }) };
  }
}
