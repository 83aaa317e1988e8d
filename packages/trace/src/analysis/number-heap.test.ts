import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberHeap } from './number-heap.ts';

test('values come out by their keys, whatever goes in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(50), { freq: 2 }), { maxLength: 80 }), (steps) => {
      const heap = new NumberHeap();
      const left: number[] = [];
      for (const key of steps) {
        if (key !== null) {
          heap.push(key, key * 2);
          left.push(key);
          left.sort((a, b) => a - b);
        } else if (left.length > 0) expect(heap.pop()).toBe(left.shift()! * 2);
        expect(heap.leastKey).toBe(left[0] ?? Number.POSITIVE_INFINITY);
        expect(heap.size).toBe(left.length);
      }
    }),
  );
});

test('an empty heap has nothing to give', () => {
  expect(() => new NumberHeap().pop()).toThrow(RangeError);
});
