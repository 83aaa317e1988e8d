/** The store's failures as those who watch it are told of them: once when they begin, once when they are over. */
export class Outage {
  readonly #calmMs: number;
  readonly #tell: (problem: string | undefined) => void;
  /** What the last write failed with, if it did. */
  #now: string | undefined;
  #last = '';
  #failedAtMs = 0;
  /** The failure was told, and its end was not. */
  #told = false;

  /** It is over when nothing failed for `calmMs`. */
  constructor({ calmMs, onProblem }: { calmMs: number; onProblem: (problem: string | undefined) => void }) {
    this.#calmMs = calmMs;
    this.#tell = onProblem;
  }

  /** What the store fails with, until it has not failed for a while. */
  get problem(): string | undefined {
    return this.#told ? this.#last : undefined;
  }

  /** The last write failed. */
  get lasts(): boolean {
    return this.#now !== undefined;
  }

  failed(problem: string): void {
    this.#now = problem;
    this.#last = problem;
    this.#failedAtMs = performance.now();
    if (this.#told) return;
    this.#told = true;
    this.#tell(problem);
  }

  wrote(): void {
    this.#now = undefined;
  }

  /** On a disk that is nearly full small writes go well between large ones that fail: that is one outage, not many. */
  tellRecovery(): void {
    const calm = performance.now() >= this.#failedAtMs + this.#calmMs;
    if (!this.#told || this.lasts || !calm) return;
    this.#told = false;
    this.#tell(undefined);
  }
}
