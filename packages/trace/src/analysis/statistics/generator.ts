/** Gives the next random whole number, 0 to 2^32 - 1. */
export type RandomBits = () => number;

/**
 * xoshiro128** 1.1 (Blackman and Vigna, 2018): 32 bits a call, period 2^128 - 1. Not for secrets. The same state gives the
 * same numbers on every machine and in every version: figures that were reported can be computed again.
 * Throws RangeError where all four words are 0: the generator would never leave that state.
 */
export function generatorFrom(state: readonly [number, number, number, number]): RandomBits {
  let [a, b, c, d] = state.map((word) => word | 0) as [number, number, number, number];
  if ((a | b | c | d) === 0) throw new RangeError('A generator needs a state that is not all zeros.');
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return result >>> 0;
  };
}

/**
 * A generator for a seed, a whole number from 0 to 2^32 - 1. Seeds that lie close together would give states that do:
 * SplitMix32 (the finaliser of MurmurHash3 over a Weyl sequence) spreads them.
 */
export function generatorFor(seed: number): RandomBits {
  let at = seed >>> 0;
  const word = (): number => {
    at = (at + 0x9e3779b9) | 0;
    let mixed = at ^ (at >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return generatorFrom([word(), word(), word(), word()]);
}

/** A whole number below `limit` (at most 2^21), each as likely as the others but for one part in 2^11 at worst. */
export function below(limit: number, random: RandomBits): number {
  return Math.floor((random() * limit) / 0x1_0000_0000);
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
