/**
 * Amounts that arrive evenly between two times (at once when they are the same), summed up at evenly spaced times.
 * Adding costs the same for a long ramp and a short one: a million of them take some tens of milliseconds.
 */
export class Arrivals {
  readonly #firstUs: number;
  readonly #stepUs: number;
  readonly #points: number;
  /** Changes of the running sums at each point; the last place takes what lies behind all points. */
  readonly #done: Float64Array;
  readonly #slope: Float64Array;
  readonly #offset: Float64Array;

  /** `points` times from `fromUs` to `toUs`, both included. */
  constructor(fromUs: number, toUs: number, points: number) {
    this.#firstUs = fromUs;
    this.#points = points;
    this.#stepUs = points > 1 ? (toUs - fromUs) / (points - 1) : 0;
    this.#done = new Float64Array(points + 1);
    this.#slope = new Float64Array(points + 1);
    this.#offset = new Float64Array(points + 1);
  }

  get timesUs(): Float64Array {
    return Float64Array.from({ length: this.#points }, (_, at) => this.#timeAt(at));
  }

  add(fromUs: number, toUs: number, amount: number): void {
    const until = this.#firstFrom(toUs);
    this.#done[until]! += amount;
    const from = this.#firstFrom(fromUs);
    if (from >= until) return;
    // Times since the first: epoch microseconds times a slope would lose the digits that count.
    const slope = amount / (toUs - fromUs);
    const offset = slope * (fromUs - this.#firstUs);
    this.#slope[from]! += slope;
    this.#offset[from]! += offset;
    this.#slope[until]! -= slope;
    this.#offset[until]! -= offset;
  }

  /** What has arrived up to each time. */
  totals(): Float64Array {
    const totals = new Float64Array(this.#points);
    let done = 0;
    let slope = 0;
    let offset = 0;
    for (let at = 0; at < this.#points; at++) {
      done += this.#done[at]!;
      slope += this.#slope[at]!;
      offset += this.#offset[at]!;
      totals[at] = done + Math.max(0, slope * (this.#timeAt(at) - this.#firstUs) - offset);
    }
    return totals;
  }

  #timeAt(at: number): number {
    return this.#firstUs + this.#stepUs * at;
  }

  /** The first point at or after a time. */
  #firstFrom(timeUs: number): number {
    if (timeUs <= this.#firstUs) return 0;
    if (this.#stepUs === 0) return this.#points;
    let at = Math.min(this.#points, Math.ceil((timeUs - this.#firstUs) / this.#stepUs));
    // The division may be off by one in its last bit.
    while (at > 0 && this.#timeAt(at - 1) >= timeUs) at--;
    while (at < this.#points && this.#timeAt(at) < timeUs) at++;
    return at;
  }
}
