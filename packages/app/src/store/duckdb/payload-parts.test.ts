import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedParts, OVERLAP, partsOf } from './payload-parts.ts';

/** Long texts out of short ones, pairs of surrogates at every place among them. */
const texts = fc
  .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 9 }), fc.constantFrom('', 'a', '😀', '\u0301', 'é')))
  .chain((pieces) =>
    fc.integer({ min: 1, max: 9_000 }).map((times) => pieces.flat().join('').repeat(times).slice(0, 200_000)),
  )
  .map((text) => Buffer.from(text).toString());

test('a text is its parts, none of them long, and none torn', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const parts = partsOf(text);
      expect(joinedParts(parts)).toBe(text);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(16_384);
        expect(Buffer.from(part, 'utf8').toString('utf8')).toBe(part);
      }
    }),
  );
});

test('whatever is searched for is whole in one part', () => {
  const text = Array.from({ length: 20_000 }, (_, at) => `word${at} 😀`).join(' ');
  const parts = partsOf(text);
  expect(parts.length).toBeGreaterThan(5);
  for (let at = 0; at < text.length - OVERLAP; at += 997) {
    const needle = text.slice(at, at + OVERLAP - 2);
    expect(parts.some((part) => part.includes(needle))).toBe(true);
  }
});

test('a short text is its only part', () => {
  expect(partsOf('')).toEqual(['']);
  expect(partsOf('x'.repeat(16_384))).toHaveLength(1);
});
