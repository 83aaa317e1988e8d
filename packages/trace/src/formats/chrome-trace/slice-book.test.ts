import { expect, test } from 'vitest';
import { SliceBook } from './slice-book.ts';

const whole = (no: number, startTs: number, endTs: number, parent?: number) => ({
  no,
  startTs,
  endTs,
  whole: true,
  parent,
});

test('nothing is said again of what came in order', () => {
  const book = new SliceBook();
  book.add(whole(0, 0, 10));
  book.add(whole(1, 2, 4, 0));
  book.add(whole(2, 4, 10, 0));
  expect([...book.corrections()]).toEqual([]);
});

test('what comes late is put around and inside what is there, once', () => {
  const book = new SliceBook();
  book.add(whole(0, 0, 100));
  book.add(whole(1, 20, 22, 0));
  book.add(whole(2, 10, 30, 0));
  expect([...book.corrections()]).toEqual([[1, 2]]);
  expect([...book.corrections()]).toEqual([]);
});

test('a beginning whose end is not known goes on until it comes', () => {
  const book = new SliceBook();
  book.add({ ...whole(0, 0, 0), endTs: undefined, whole: false });
  book.add(whole(1, 50, 60, 0));
  book.end(0, 40);
  book.add(whole(2, 5, 45));
  book.add(whole(3, 6, 30, 2));
  // The late one does not lie in what ended before it; what it is told to lie in stays, where nothing better is known.
  expect([...book.corrections()]).toEqual([]);
});

test('of what is forgotten, the newer outermost slices may still turn out to lie in a late one', () => {
  const book = new SliceBook();
  for (let no = 0; no < 100; no++) {
    book.add(whole(2 * no, no * 10, no * 10 + 8));
    book.add(whole(2 * no + 1, no * 10 + 1, no * 10 + 2, 2 * no));
  }
  book.forget();
  expect(book.count).toBe(100);
  book.add(whole(1000, 900, 960));
  expect([...book.corrections()].map(([no]) => no)).toEqual([180, 182, 184, 186, 188, 190]);
  book.forget();
  expect(book.count).toBeLessThan(100);
});

test('what was told of something open stays when what it lies in is forgotten', () => {
  const book = new SliceBook();
  book.add(whole(0, 0, 1000));
  book.add({ ...whole(1, 10, 0, 0), endTs: undefined, whole: false });
  book.forget();
  expect(book.count).toBe(1);
  book.add(whole(2, 5, 2000));
  book.add(whole(3, 4, 2500));
  expect([...book.corrections()]).toEqual([[2, 3]]);
});
