import type { Quarantined } from '../../store/store.ts';
import type { Taken } from './answer.ts';

/** Refusals of one request that go to quarantine; of more, the last one says how many. */
const MOST_KEPT = 1_000;
/** Different reasons told in an answer. */
const MOST_TOLD = 5;
const MOST_LENGTH = 400;

/** What of one request could not be taken: counted, told in the answer and kept in quarantine. */
export class Rejections {
  readonly #uri: string;
  readonly #kept: string[] = [];
  readonly #told = new Map<string, number>();
  count = 0;

  /** `uri` says in quarantine how it came. */
  constructor(uri: string) {
    this.#uri = uri;
  }

  add(reason: string): void {
    this.count++;
    if (this.#kept.length < MOST_KEPT) this.#kept.push(reason);
    const told = this.#told.get(reason);
    if (told !== undefined || this.#told.size < MOST_TOLD) this.#told.set(reason, (told ?? 0) + 1);
  }

  quarantined(refusedUs: number): Quarantined[] {
    const more = this.count - this.#kept.length;
    const reasons = more > 0 ? [...this.#kept, `${more} more of the same request`] : this.#kept;
    return reasons.map((reason) => ({ reason, uri: this.#uri, refusedUs }));
  }

  taken(item: string): Taken {
    if (this.count === 0) return { rejected: 0, message: '' };
    const reasons = [...this.#told].map(([reason, times]) => {
      const short = reason.length > MOST_LENGTH ? `${reason.slice(0, MOST_LENGTH)} …` : reason;
      return times > 1 ? `${short} (${times} times)` : short;
    });
    const told = [...this.#told.values()].reduce((sum, times) => sum + times, 0);
    const more = told < this.count ? '; and more' : '';
    const things = this.count === 1 ? `1 ${item} was` : `${this.count} ${item}s were`;
    return { rejected: this.count, message: `${things} not kept: ${reasons.join('; ')}${more}.` };
  }
}
