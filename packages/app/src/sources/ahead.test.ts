import { expect, test } from 'vitest';
import { ahead } from './ahead.ts';

const later = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

test('results come in the order of the items, however long each takes, and never too many are under way', async () => {
  let underWay = 0;
  let most = 0;
  const work = ahead([5, 1, 4, 1, 5, 9, 2, 6], 3, async (n) => {
    most = Math.max(most, ++underWay);
    await later(n);
    underWay--;
    return n * 2;
  });
  const results: number[] = [];
  for await (const { item, result } of work) {
    expect(result).toBe(item * 2);
    results.push(result);
  }
  expect(results).toEqual([10, 2, 8, 2, 10, 18, 4, 12]);
  expect(most).toBe(4);
});

test('what was begun and not come for is dropped; a failure comes in its turn', async () => {
  const dropped: number[] = [];
  const drop = async (n: number): Promise<void> => void dropped.push(n);
  for await (const { result } of ahead([1, 2, 3, 4, 5], 2, async (n) => n, drop)) if (result === 2) break;
  expect(dropped).toEqual([3, 4]);

  const seen: number[] = [];
  const failing = ahead(
    [1, 2, 3],
    2,
    async (n) => {
      if (n === 2) throw new Error('two');
      return n;
    },
    drop,
  );
  await expect(async () => {
    for await (const { result } of failing) seen.push(result);
  }).rejects.toThrow('two');
  expect(seen).toEqual([1]);
  expect(dropped).toEqual([3, 4, 3]);
});
