import { generatorFor } from './generator.ts';
import type { PermutationOptions, PermutationTest } from './sign-flip.ts';

const SLACK = 1e-9;
/** Ways to divide the values that are all tried. */
const EXACT_UP_TO = 50_000;

/**
 * Permutation test of the difference of the means of two independent groups: which value came from which group is decided
 * anew in all ways there are, or, where these are many, `rounds` times with xoshiro128**. Of tasks that ran several times,
 * give one value a task.
 */
export function permuteGroups(
  first: readonly number[],
  second: readonly number[],
  { rounds = 10_000, seed = 1 }: PermutationOptions = {},
): PermutationTest {
  const [n1, n2] = [first.length, second.length];
  if (n1 === 0 || n2 === 0) return { p: 1, method: 'exact', rounds: 0 };
  // Sorted, so that the groups turned around give the same p.
  const values = Float64Array.from([...first, ...second]).sort();
  const total = sumOf(values);
  // Fewer steps where the smaller group is chosen.
  const chosen = Math.min(n1, n2);
  const distance = (sum: number): number => Math.abs(sum / chosen - (total - sum) / (n1 + n2 - chosen));
  const scale = sumOf(values.map(Math.abs)) / chosen;
  const atLeast = distance(sumOf(n1 <= n2 ? first : second)) - SLACK * scale;
  const isExtreme = (sum: number): boolean => distance(sum) >= atLeast;
  const ways = waysToChoose(n1 + n2, chosen);
  if (ways <= EXACT_UP_TO)
    return { p: countExtremes(values, chosen, isExtreme) / ways, method: 'exact', rounds: ways };
  const random = generatorFor(seed);
  const words = new Uint32Array(chosen);
  let extreme = 0;
  for (let round = 0; round < rounds; round++) {
    random.words(words);
    let sum = 0;
    for (let at = 0; at < chosen; at++) {
      const from = at + Math.floor((words[at]! * (values.length - at)) / 0x1_0000_0000);
      const value = values[from]!;
      values[from] = values[at]!;
      values[at] = value;
      sum += value;
    }
    if (isExtreme(sum)) extreme++;
  }
  return { p: (1 + extreme) / (1 + rounds), method: 'sampled', rounds };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum;
}

function waysToChoose(n: number, k: number): number {
  let ways = 1;
  for (let at = 1; at <= k && ways <= EXACT_UP_TO; at++) ways = (ways * (n - k + at)) / at;
  return Math.round(ways);
}

/** All combinations, one after the other in their usual order. */
function countExtremes(values: Float64Array, k: number, isExtreme: (sum: number) => boolean): number {
  const picked = Array.from({ length: k }, (_, at) => at);
  let extreme = 0;
  for (;;) {
    if (isExtreme(sumOf(picked.map((at) => values[at]!)))) extreme++;
    let last = k - 1;
    while (last >= 0 && picked[last] === values.length - k + last) last--;
    if (last < 0) return extreme;
    picked[last]!++;
    for (let at = last + 1; at < k; at++) picked[at] = picked[at - 1]! + 1;
  }
}
