/** Lets so many work at a time; the others wait in line, each as long as it likes. */
export class Turns {
  #free: number;
  readonly #line = new Set<() => void>();

  constructor(most: number) {
    this.#free = most;
  }

  /** Whether the turn came within so many ms. Who got one gives it back with `give`. */
  take(patienceMs: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#line.delete(called);
        resolve(false);
      }, patienceMs);
      const called = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#line.add(called);
    });
  }

  give(): void {
    const [next] = this.#line;
    if (next === undefined) this.#free++;
    else {
      this.#line.delete(next);
      next();
    }
  }
}
