/**
 * xoshiro128** 1.1 (Blackman and Vigna, 2018): 32 bits a step, period 2^128 - 1. Not for secrets. The same state gives the
 * same numbers on every machine and in every version: figures that were reported can be computed again.
 */
export class Generator {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Throws RangeError where all four words are 0: the generator would never leave that state. */
  constructor([a, b, c, d]: readonly [number, number, number, number]) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = d | 0;
    if ((this.#a | this.#b | this.#c | this.#d) === 0)
      throw new RangeError('A generator needs a state that is not all zeros.');
  }

  /** The next random whole number, 0 to 2^32 - 1. */
  next(): number {
    const [word] = this.words(new Uint32Array(1));
    return word!;
  }

  /** A whole number below `limit` (at most 2^21), each as likely as the others but for one part in 2^11 at worst. */
  below(limit: number): number {
    const [number] = this.drawBelow(limit, new Int32Array(1));
    return number!;
  }

  /** Fills an array with random words. */
  words(into: Uint32Array): Uint32Array {
    return this.#fill(into, 0);
  }

  /** Fills an array with whole numbers below `limit`, as `below` gives them. */
  drawBelow(limit: number, into: Int32Array): Int32Array {
    return this.#fill(into, limit / 0x1_0000_0000);
  }

  /** The state in local variables while the loop runs: four times as fast as a call for each number. */
  #fill<Numbers extends Int32Array | Uint32Array>(into: Numbers, scale: number): Numbers {
    let [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    for (let at = 0; at < into.length; at++) {
      const times5 = Math.imul(b, 5);
      const word = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
      into[at] = scale === 0 ? word : word * scale;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    return into;
  }
}

/**
 * A generator for a seed, a whole number from 0 to 2^32 - 1. Seeds that lie close together would give states that do:
 * SplitMix32 (the finaliser of MurmurHash3 over a Weyl sequence) spreads them.
 */
export function generatorFor(seed: number): Generator {
  let at = seed >>> 0;
  const word = (): number => {
    at = (at + 0x9e3779b9) | 0;
    let mixed = at ^ (at >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return new Generator([word(), word(), word(), word()]);
}
