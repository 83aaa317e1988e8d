import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentId } from '../../model/ids.ts';
import { CallBook } from './call-book.ts';

test('calls of one content are numbered from one, whatever comes between', () => {
  const book = new CallBook();
  const [a, b] = [contentId('a'), contentId('b')];
  expect([a, b, a, a, b].map((content) => book.next(content))).toEqual([1, 1, 2, 3, 2]);
  for (let at = 0; at < 50_000; at++) book.next(contentId(`${at}`));
  expect([a, b].map((content) => book.next(content))).toEqual([4, 3]);
});

test('however many contents there are, no two calls of one content have the same number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 30_000 }), (contents) => {
      const book = new CallBook();
      const last = new Map<string, number>();
      let rises = true;
      for (let at = 0; at < 60_000; at++) {
        const content = contentId(`${(at * 7919) % contents}`);
        const number = book.next(content);
        rises &&= number > (last.get(content) ?? 0);
        last.set(content, number);
      }
      expect(rises).toBe(true);
    }),
    { numRuns: 5 },
  );
});

test('calls of one moment are told apart', () => {
  const book = new CallBook();
  const [early, late] = ['x|1', 'x|2'];
  expect([early, early, late, early].map((moment) => book.nextAt(moment))).toEqual([1, 2, 1, 3]);
});
