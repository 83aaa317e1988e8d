import { expect, test } from 'vitest';
import { rowAfter } from './row-keys.ts';

test('keys lead from row to row and stop at both ends', () => {
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp'].map((key) => rowAfter(key, 5, 9, 3))).toEqual([
    6, 4, 8, 2,
  ]);
  expect(rowAfter('ArrowDown', 8, 9, 3)).toBe(8);
  expect(rowAfter('PageUp', 1, 9, 3)).toBe(0);
});

test('where no row is chosen, down and up lead to the first', () => {
  expect(rowAfter('ArrowDown', -1, 9, 3)).toBe(0);
  expect(rowAfter('ArrowUp', -1, 9, 3)).toBe(0);
  expect(rowAfter('End', -1, 9, 3)).toBe(8);
});

test('other keys, and a list without rows, lead nowhere', () => {
  expect(rowAfter('a', 0, 9, 3)).toBeUndefined();
  expect(rowAfter('Home', -1, 0, 3)).toBeUndefined();
});
