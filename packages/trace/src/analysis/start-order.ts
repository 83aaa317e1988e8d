/** Below this many spans a comparison sort is quicker than clearing 65 536 counters. */
const RADIX_FROM = 4096;

/**
 * Sorts span numbers by start, in place and stably. A million numbers in a comparison sort cost most of a second; by
 * digits of 16 bits (an hour in µs has two of them) they cost some tens of milliseconds.
 */
export function sortByStart(numbers: Uint32Array, startUs: Float64Array): void {
  const { length } = numbers;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sorted = true;
  for (let at = 0; at < length; at++) {
    const start = startUs[numbers[at]!]!;
    if (start < most) sorted = false;
    if (start < least) least = start;
    if (start > most) most = start;
  }
  if (sorted) return;
  const range = most - least;
  if (length < RADIX_FROM || !(range < 2 ** 53)) {
    // Typed arrays sort stably by specification.
    numbers.sort((a, b) => startUs[a]! - startUs[b]!);
    return;
  }
  let from: Uint32Array = numbers;
  let to: Uint32Array = new Uint32Array(length);
  const counts = new Uint32Array(65536);
  for (let unit = 1; unit <= range; unit *= 65536) {
    counts.fill(0);
    for (let at = 0; at < length; at++) {
      const digit = Math.floor((startUs[from[at]!]! - least) / unit) % 65536;
      counts[digit] = counts[digit]! + 1;
    }
    let sum = 0;
    for (let digit = 0; digit < 65536; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    for (let at = 0; at < length; at++) {
      const no = from[at]!;
      const digit = Math.floor((startUs[no]! - least) / unit) % 65536;
      to[counts[digit]!] = no;
      counts[digit] = counts[digit]! + 1;
    }
    [from, to] = [to, from];
  }
  if (from !== numbers) numbers.set(from);
}

/** 0, 1, 2 … */
export function numbered(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let no = 0; no < count; no++) numbers[no] = no;
  return numbers;
}
