import { expect, test } from 'vitest';
import { queryString } from './client.ts';

test('a column that is sorted says which way round: the server’s default differs from column to column', () => {
  expect(queryString({ sort: 'start' })).toBe('?sort=start&descending=false');
  expect(queryString({ sort: 'start', descending: true })).toBe('?sort=start&descending=true');
});

test('what is not set is not said', () => {
  expect(queryString({ search: '', contents: false })).toBe('');
  expect(queryString({ search: 'a b', contents: true })).toBe('?search=a+b&contents=true');
});
