import { expect, test } from 'vitest';
import { LineCounts } from './line-counts.ts';

test('lines are counted by their kinds, and beyond a hundred kinds together', () => {
  const counts = new LineCounts();
  expect(counts.isEmpty).toBe(true);
  for (const kind of ['a', 'b', 'a', '__proto__', 'constructor', 'x'.repeat(5_000), `${'x'.repeat(100)}y`])
    counts.add(kind);
  expect(Object.entries(counts.toJson())).toEqual([
    ['a', 2],
    ['b', 1],
    ['__proto__', 1],
    ['constructor', 1],
    ['x'.repeat(100), 2],
  ]);
  for (let kind = 0; kind < 1_000; kind++) counts.add(`${kind}`);
  counts.add('a');
  expect(Object.keys(counts.toJson())).toHaveLength(101);
  expect(counts.toJson()).toMatchObject({ a: 3, other: 905 });
});
