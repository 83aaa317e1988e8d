import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockCache, mergeStrip, tickFor } from './blocks.ts';
import { COLOR_MASK, COLORS, ERROR_COLOR } from './paint.ts';
import type { Strips } from './strips.ts';

/** A single strip of spans that follow one another. */
function strip(pieces: readonly { gap: number; length: number; paint: number }[]): Strips {
  const count = pieces.length;
  const startUs = new Float64Array(count);
  const endUs = new Float64Array(count);
  let at = 0;
  pieces.forEach(({ gap, length }, index) => {
    startUs[index] = at + gap;
    endUs[index] = at + gap + length;
    at += gap + length;
  });
  return {
    spans: Int32Array.from(pieces, (_, no) => no),
    startUs,
    endUs,
    paint: Uint8Array.from(pieces, ({ paint }) => paint),
    first: Int32Array.of(0, count),
    rowFirst: Int32Array.of(0, 1),
    laneFirst: Int32Array.of(0, 1),
    errors: Int32Array.of(0),
    strip: new Int32Array(count),
    position: Int32Array.from(pieces, (_, no) => no),
  };
}

const pieces = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 300 }),
    length: fc.integer({ min: 0, max: 300 }),
    paint: fc.integer({ min: 0, max: COLORS.length - 1 }),
  }),
  { maxLength: 200 },
);

describe('merging', () => {
  it('loses no span, no error, and nothing that is wider than a tick', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 10 }), (list, power) => {
        const strips = strip(list);
        const tickUs = 2 ** power;
        const blocks = mergeStrip(strips, 0, tickUs);
        let next = 0;
        for (let block = 0; block < blocks.count; block++) {
          const from = blocks.from[block]!;
          const to = blocks.to[block]!;
          expect(from).toBe(next);
          next = to;
          expect(blocks.startUs[block]).toBe(strips.startUs[from]);
          expect(blocks.endUs[block]).toBe(strips.endUs[to - 1]);
          const inside = [...strips.paint.subarray(from, to)].map((paint) => paint & COLOR_MASK);
          expect((blocks.paint[block]! & COLOR_MASK) === ERROR_COLOR).toBe(inside.includes(ERROR_COLOR));
          expect(inside).toContain(blocks.paint[block]! & COLOR_MASK);
          if (to - from > 1) expect(blocks.endUs[block]! - blocks.startUs[block]!).toBeLessThan(tickUs * 2);
        }
        expect(next).toBe(list.length);
      }),
    );
  });

  it('shows the colour with the most time', () => {
    const blocks = mergeStrip(
      strip([
        { gap: 0, length: 1, paint: 2 },
        { gap: 0, length: 5, paint: 3 },
        { gap: 0, length: 2, paint: 2 },
      ]),
      0,
      64,
    );
    expect(blocks.count).toBe(1);
    expect(blocks.paint[0]).toBe(3);
  });

  it('never merges an open span', () => {
    const strips = strip([
      { gap: 0, length: 1, paint: 2 },
      { gap: 0, length: Number.POSITIVE_INFINITY, paint: 2 },
    ]);
    expect(mergeStrip(strips, 0, 1024).count).toBe(2);
  });
});

it('a tick is a power of two between one and two pixels', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (usPerPx) => {
      const tick = tickFor(usPerPx);
      expect(Number.isInteger(Math.log2(tick))).toBe(true);
      expect(tick).toBeGreaterThanOrEqual(usPerPx);
      expect(tick).toBeLessThan(usPerPx * 2);
    }),
  );
});

it('the cache merges anew only when the resolution has changed', () => {
  const cache = new BlockCache(strip([{ gap: 0, length: 1, paint: 2 }]));
  const first = cache.at(0, 8);
  expect(cache.at(0, 8)).toBe(first);
  expect(cache.at(0, 16)).not.toBe(first);
  const heir = new BlockCache(strip([{ gap: 0, length: 1, paint: 2 }]));
  const kept = cache.at(0, 16);
  heir.adopt(0, cache, 0);
  expect(heir.at(0, 16)).toBe(kept);
});
