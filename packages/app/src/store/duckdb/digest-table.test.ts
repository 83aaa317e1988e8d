import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DigestTable } from './digest-table.ts';

const SIZE = 8;
/** Few digests, many of which begin alike, so that they meet in the table. */
const digest = fc.tuple(fc.constantFrom(0, 1, -1), fc.nat(2), fc.nat(1), fc.constantFrom(0, 1 << 31));

test('what was set last is found, and of everything the last few at least', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(digest, fc.integer({ min: 1, max: 99 })), { maxLength: 60 }), (steps) => {
      const table = new DigestTable(SIZE);
      const model = new Map<string, number>();
      for (const [words, value] of steps) {
        // Somewhere within a longer array, as digests come.
        const within = Int32Array.of(9, ...words, 9);
        table.set(within, 1, value);
        model.delete(String(words));
        model.set(String(words), value);
        const recent = [...model].slice(-SIZE);
        for (const [key, expected] of recent)
          expect(table.get(Int32Array.from(key.split(','), Number), 0)).toBe(expected);
        for (const key of model.keys())
          expect([undefined, model.get(key)]).toContain(
            table.get(Int32Array.from(key.split(','), Number), 0),
          );
      }
      table.clear();
      for (const key of model.keys())
        expect(table.get(Int32Array.from(key.split(','), Number), 0)).toBeUndefined();
    }),
  );
});
