import { COLOR_MASK, COLORS, ERROR_COLOR } from './paint.ts';
import type { Strips } from './strips.ts';

/**
 * One strip at one resolution: spans shorter than a tick, merged where they begin in the same tick. A tick is a power
 * of two (µs) between one and two pixels, so that a zoom reuses the blocks until the resolution has doubled.
 */
export type Blocks = {
  readonly tickUs: number;
  readonly count: number;
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  /** Positions, from the strip's first, of the first merged span and one past the last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly paint: Uint8Array;
};

/** The tick of a zoom. */
export function tickFor(usPerPx: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(usPerPx)));
}

/** Merges a strip. A block with an error in it is painted as one; otherwise the colour with the most time wins. */
export function mergeStrip(strips: Strips, strip: number, tickUs: number): Blocks {
  const base = strips.first[strip]!;
  const size = strips.first[strip + 1]! - base;
  const startUs = new Float64Array(size);
  const endUs = new Float64Array(size);
  const from = new Int32Array(size);
  const to = new Int32Array(size);
  const paint = new Uint8Array(size);
  const covered = new Float64Array(COLORS.length);
  let count = 0;
  let bucket = Number.NaN;

  for (let at = 0; at < size; at++) {
    const start = strips.startUs[base + at]!;
    const end = strips.endUs[base + at]!;
    const own = strips.paint[base + at]!;
    if (end - start >= tickUs) {
      startUs[count] = start;
      endUs[count] = end;
      from[count] = at;
      to[count] = at + 1;
      paint[count++] = own;
      bucket = Number.NaN;
      continue;
    }
    const tick = Math.floor(start / tickUs);
    const color = own & COLOR_MASK;
    if (tick === bucket) {
      const block = count - 1;
      endUs[block] = Math.max(endUs[block]!, end);
      to[block] = at + 1;
      // Containers and hollow bars are full ones at this size.
      covered[color] = covered[color]! + (end - start);
      const best = paint[block]! & COLOR_MASK;
      if (color === ERROR_COLOR || (best !== ERROR_COLOR && covered[color]! > covered[best]!))
        paint[block] = color;
      continue;
    }
    bucket = tick;
    covered.fill(0);
    covered[color] = end - start;
    startUs[count] = start;
    endUs[count] = end;
    from[count] = at;
    to[count] = at + 1;
    paint[count++] = own;
  }
  return {
    tickUs,
    count,
    startUs: startUs.slice(0, count),
    endUs: endUs.slice(0, count),
    from: from.slice(0, count),
    to: to.slice(0, count),
    paint: paint.slice(0, count),
  };
}

/** Blocks by strip, made when a strip comes into sight and dropped when the resolution changes. */
export class BlockCache {
  readonly #strips: Strips;
  readonly #blocks: (Blocks | undefined)[];

  constructor(strips: Strips) {
    this.#strips = strips;
    this.#blocks = new Array(strips.first.length - 1);
  }

  at(strip: number, tickUs: number): Blocks {
    const known = this.#blocks[strip];
    if (known?.tickUs === tickUs) return known;
    const made = mergeStrip(this.#strips, strip, tickUs);
    this.#blocks[strip] = made;
    return made;
  }

  /** Takes over what an older cache knows of a strip whose spans have not changed. */
  adopt(strip: number, older: BlockCache, olderStrip: number): void {
    this.#blocks[strip] = older.#blocks[olderStrip];
  }
}
