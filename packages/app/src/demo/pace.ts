/** Time in the demo: every wait is scaled by the speed, and wanders around what was asked for. */
export class Pace {
  readonly #speed: number;
  readonly #random: () => number;

  constructor(speed: number, seed: number) {
    this.#speed = speed;
    this.#random = randomFrom(seed);
  }

  /** Waits about so many seconds (at speed 1). */
  wait(seconds: number): Promise<void> {
    return new Promise((wake) => setTimeout(wake, (seconds * 1_000 * this.between(0.8, 1.2)) / this.#speed));
  }

  between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  count(low: number, high: number): number {
    return Math.round(this.between(low, high));
  }

  one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!;
  }
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32): two demos differ only in their clock. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
