import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AverageAtOnce, intervalEdges, mostAtOnce } from './at-once.ts';

const spells = fc.array(
  fc.tuple(fc.nat(60), fc.nat(30)).map(([from, us]): [number, number] => [from, from + us]),
  { maxLength: 12 },
);
const START = 1_760_000_000_000_000;

test('edges are whole microseconds, and intervals as long as each other to one of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: START, max: 2 * START }),
      fc.nat(1e12),
      fc.integer({ min: 1, max: 300 }),
      (from, us, most) => {
        const edges = intervalEdges(from, from + us, most);
        expect([edges[0], edges.at(-1)]).toEqual([from, from + us]);
        expect(edges.length).toBe(Math.max(1, Math.min(most, us)) + 1);
        expect(edges.every(Number.isInteger)).toBe(true);
        const widths = [...edges.slice(1)].map((edge, at) => edge - edges[at]!);
        expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('averages are what counting every microsecond gives, and never above the most at one moment', () => {
  fc.assert(
    fc.property(
      spells,
      fc.nat(40),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (list, from, us, most) => {
        const edges = intervalEdges(START + from, START + from + us, most);
        const average = new AverageAtOnce(edges);
        for (const [start, end] of list) average.add(START + start, START + end);
        const atOnce = (time: number): number =>
          list.filter(([start, end]) => START + start <= time && time < START + end).length;
        const peak = mostAtOnce(list.map(([start, end]) => [START + start, START + end] as const));
        const moments = Array.from({ length: 100 }, (_, at) => atOnce(START + at));
        expect(peak).toBe(Math.max(...moments));
        for (const [at, value] of average.averages().entries()) {
          let sum = 0;
          for (let time = edges[at]!; time < edges[at + 1]!; time++) sum += atOnce(time);
          expect(value).toBeCloseTo(sum / (edges[at + 1]! - edges[at]!), 12);
          expect(value).toBeLessThanOrEqual(peak);
        }
      },
    ),
  );
});

test('two side by side are two, for as long as it takes, and one after the other is one', () => {
  const edges = intervalEdges(START, START + 8_000_000, 240);
  const average = new AverageAtOnce(edges);
  average.add(START, START + 8_000_000);
  average.add(START, START + 8_000_000);
  expect(new Set(average.averages())).toEqual(new Set([2]));
  expect(
    mostAtOnce([
      [0, 5],
      [5, 9],
      [7, 7],
    ]),
  ).toBe(1);
  expect([...new AverageAtOnce(intervalEdges(START, START, 240)).averages()]).toEqual([0]);
});
