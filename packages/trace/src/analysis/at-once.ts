/** Equal intervals on whole microseconds: their edges, one more than there are intervals. None is shorter than 1 µs. */
export function intervalEdges(fromUs: number, toUs: number, most: number): Float64Array {
  const lengthUs = toUs - fromUs;
  const count = Math.max(1, Math.min(most, Math.floor(lengthUs)));
  const edges = Float64Array.from(
    { length: count + 1 },
    (_, at) => fromUs + Math.floor((lengthUs / count) * at),
  );
  edges[count] = toUs;
  return edges;
}

/**
 * How much of something went on at once, on average, in each interval. Sums of whole microseconds are exact, so that no
 * average is above what went on at one moment: to add up slopes gave 2.000004 of two.
 */
export class AverageAtOnce {
  readonly #edges: Float64Array;
  /** µs in intervals that are covered in part, and changes in how many times the others are covered as a whole. */
  readonly #partUs: Float64Array;
  readonly #whole: Float64Array;

  constructor(edges: Float64Array) {
    this.#edges = edges;
    this.#partUs = new Float64Array(edges.length);
    this.#whole = new Float64Array(edges.length + 1);
  }

  add(fromUs: number, toUs: number): void {
    const edges = this.#edges;
    const from = Math.max(fromUs, edges[0]!);
    const to = Math.min(toUs, edges.at(-1)!);
    if (to <= from) return;
    const first = this.#intervalAt(from);
    const last = this.#intervalAt(to);
    if (first === last) {
      this.#partUs[first]! += to - from;
      return;
    }
    this.#partUs[first]! += edges[first + 1]! - from;
    this.#partUs[last]! += to - edges[last]!;
    this.#whole[first + 1]! += 1;
    this.#whole[last]! -= 1;
  }

  averages(): Float64Array {
    const edges = this.#edges;
    const averages = new Float64Array(edges.length - 1);
    let whole = 0;
    for (let at = 0; at < averages.length; at++) {
      whole += this.#whole[at]!;
      const width = edges[at + 1]! - edges[at]!;
      if (width > 0) averages[at] = whole + this.#partUs[at]! / width;
    }
    return averages;
  }

  /** The last interval that begins at or before a time. */
  #intervalAt(timeUs: number): number {
    let [low, high] = [0, this.#edges.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#edges[middle]! <= timeUs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How much of it went on at one moment, at most. What ends when another begins is not beside it. */
export function mostAtOnce(spells: Iterable<readonly [fromUs: number, toUs: number]>): number {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [fromUs, toUs] of spells) {
    if (toUs <= fromUs) continue;
    starts.push(fromUs);
    ends.push(toUs);
  }
  const from = Float64Array.from(starts).sort();
  const to = Float64Array.from(ends).sort();
  let most = 0;
  let ended = 0;
  for (let begun = 0; begun < from.length; begun++) {
    while (to[ended]! <= from[begun]!) ended++;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}
