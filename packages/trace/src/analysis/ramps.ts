/** An amount that arrives evenly between two times; all at once when they are the same. */
export type Ramp = { fromUs: number; toUs: number; amount: number };

/**
 * How much has arrived up to each of the given times, which must be in order. One sweep: O(ramps log ramps + times).
 * Amounts must not be negative.
 */
export function arrivedAt(ramps: readonly Ramp[], timesUs: Float64Array): Float64Array {
  const arrived = new Float64Array(timesUs.length);
  if (ramps.length === 0) return arrived;
  const byStart = [...ramps].sort((a, b) => a.fromUs - b.fromUs);
  const byEnd = [...ramps].sort((a, b) => a.toUs - b.toUs);
  // Times since the first: epoch microseconds times a rate would lose the digits that count.
  const base = byStart[0]!.fromUs;
  let started = 0;
  let ended = 0;
  let done = 0;
  let rate = 0;
  let offset = 0;
  for (let at = 0; at < timesUs.length; at++) {
    const time = timesUs[at]!;
    for (; started < byStart.length && byStart[started]!.fromUs <= time; started++) {
      const ramp = byStart[started]!;
      if (ramp.toUs <= ramp.fromUs) continue;
      const slope = ramp.amount / (ramp.toUs - ramp.fromUs);
      rate += slope;
      offset += slope * (ramp.fromUs - base);
    }
    for (; ended < byEnd.length && byEnd[ended]!.toUs <= time; ended++) {
      const ramp = byEnd[ended]!;
      done += ramp.amount;
      if (ramp.toUs <= ramp.fromUs) continue;
      const slope = ramp.amount / (ramp.toUs - ramp.fromUs);
      rate -= slope;
      offset -= slope * (ramp.fromUs - base);
    }
    const running = started > ended ? rate * (time - base) - offset : 0;
    arrived[at] = done + Math.max(0, running);
  }
  return arrived;
}

/** `points` times from one to another, both included. */
export function evenTimes(fromUs: number, toUs: number, points: number): Float64Array {
  const last = Math.max(1, points - 1);
  return Float64Array.from({ length: points }, (_, at) => fromUs + ((toUs - fromUs) * at) / last);
}
