import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const LONG = 60_000;

test('so many at a time, the others in the order in which they came', async () => {
  const turns = new Turns(2);
  const came: string[] = [];
  const work = async (name: string): Promise<void> => {
    expect(await turns.take(LONG)).toBe(true);
    came.push(name);
  };
  await Promise.all([work('a'), work('b')]);
  const rest = [work('c'), work('d')];
  await Promise.resolve();
  expect(came).toEqual(['a', 'b']);
  turns.give();
  await rest[0];
  expect(came).toEqual(['a', 'b', 'c']);
  turns.give();
  await rest[1];
  expect(came).toEqual(['a', 'b', 'c', 'd']);
});

test('who lost patience is not called, and takes no turn', async () => {
  const turns = new Turns(1);
  expect(await turns.take(LONG)).toBe(true);
  expect(await turns.take(1)).toBe(false);
  turns.give();
  expect(await turns.take(1)).toBe(true);
});
