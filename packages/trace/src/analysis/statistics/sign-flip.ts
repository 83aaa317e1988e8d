import { generatorFor } from './generator.ts';

export type PermutationTest = {
  /** Two-sided, of the mean. Never 0: as if what was observed were one of the rounds. */
  p: number;
  method: 'exact' | 'sampled';
  rounds: number;
};

export type PermutationOptions = { rounds?: number; seed?: number };

/** 2^20 sign vectors take a hundredth of a second. */
const EXACT_UP_TO = 20;
/** Sums of the same numbers in another order differ in the last bits. */
const SLACK = 1e-9;

/**
 * Sign-flip permutation test of paired differences: if the two sides were alike, every difference could as well have the
 * other sign. All sign vectors for up to 20 differences, else `rounds` of them drawn with xoshiro128**. Zeros take part:
 * their sign changes nothing.
 */
export function signFlip(
  differences: readonly number[],
  { rounds = 10_000, seed = 1 }: PermutationOptions = {},
): PermutationTest {
  const values = differences.filter((difference) => difference !== 0);
  const sum = values.reduce((all, value) => all + value, 0);
  const scale = values.reduce((all, value) => all + Math.abs(value), 0);
  const atLeast = Math.abs(sum) - SLACK * scale;
  if (values.length <= EXACT_UP_TO) {
    const vectors = 2 ** values.length;
    return { p: countExtremes(values, sum, atLeast) / vectors, method: 'exact', rounds: vectors };
  }
  const half = atLeast / 2;
  const tables = byteTables(values);
  const random = generatorFor(seed);
  const words = new Uint32Array(Math.ceil(values.length / 32));
  const bytes = new Uint8Array(words.buffer);
  let extreme = 0;
  for (let round = 0; round < rounds; round++) {
    random.words(words);
    // Half the sum with its signs: what stays positive, less half of all.
    let flipped = -sum / 2;
    for (let at = 0; at < tables.length; at++) flipped += tables[at]![bytes[at]!]!;
    if (Math.abs(flipped) >= half) extreme++;
  }
  return { p: (1 + extreme) / (1 + rounds), method: 'sampled', rounds };
}

/** For every eight values the sums of all their subsets: a byte of chance is a step then, instead of a bit. */
function byteTables(values: readonly number[]): Float64Array[] {
  return Array.from({ length: Math.ceil(values.length / 8) }, (_, group) => {
    const sums = new Float64Array(256);
    for (let subset = 1; subset < 256; subset++) {
      const first = 31 - Math.clz32(subset & -subset);
      sums[subset] = sums[subset & (subset - 1)]! + (values[group * 8 + first] ?? 0);
    }
    return sums;
  });
}

/** In the order of Gray's code one sign changes at a time. */
function countExtremes(values: readonly number[], sum: number, atLeast: number): number {
  const signed = [...values];
  let now = sum;
  let extreme = 1;
  for (let vector = 1; vector < 2 ** values.length; vector++) {
    const at = 31 - Math.clz32(vector & -vector);
    now -= 2 * signed[at]!;
    signed[at] = -signed[at]!;
    if (Math.abs(now) >= atLeast) extreme++;
  }
  return extreme;
}
