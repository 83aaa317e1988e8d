import { below, generatorFor } from './generator.ts';
import type { PermutationOptions, PermutationTest } from './sign-flip.ts';

const SLACK = 1e-9;

/**
 * Permutation test of the difference of the means of two independent groups: which value came from which group is drawn
 * anew `rounds` times, with xoshiro128**. Of tasks that ran several times, give one value a task.
 */
export function permuteGroups(
  first: readonly number[],
  second: readonly number[],
  { rounds = 10_000, seed = 1 }: PermutationOptions = {},
): PermutationTest {
  const [n1, n2] = [first.length, second.length];
  if (n1 === 0 || n2 === 0) return { p: 1, method: 'exact', rounds: 0 };
  const values = Float64Array.from([...first, ...second]);
  const total = values.reduce((sum, value) => sum + value, 0);
  const scale = values.reduce((sum, value) => sum + Math.abs(value), 0);
  // Fewer draws where the smaller group is chosen.
  const chosen = Math.min(n1, n2);
  const distance = (sum: number): number => Math.abs(sum / chosen - (total - sum) / (n1 + n2 - chosen));
  const observed = distance((n1 <= n2 ? first : second).reduce((sum, value) => sum + value, 0));
  const atLeast = observed - SLACK * (scale / chosen);
  const random = generatorFor(seed);
  let extreme = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let at = 0; at < chosen; at++) {
      const from = at + below(values.length - at, random);
      const value = values[from]!;
      values[from] = values[at]!;
      values[at] = value;
      sum += value;
    }
    if (distance(sum) >= atLeast) extreme++;
  }
  return { p: (1 + extreme) / (1 + rounds), method: 'sampled', rounds };
}
