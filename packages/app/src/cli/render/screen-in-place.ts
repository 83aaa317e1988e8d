import type { Io } from '../io.ts';

/** Several lines on a terminal that are drawn over themselves. */
export class ScreenInPlace {
  readonly #io: Io;
  #lines = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Replaces what was shown before. `text` ends with a line end, and no line is wider than the terminal. */
  show(text: string): void {
    // Up to the first line of what stands there, and everything below it away.
    const back = this.#lines > 0 ? `\u001b[${this.#lines}A\r\u001b[J` : '';
    this.#io.out(back + text);
    this.#lines = text.split('\n').length - 1;
  }
}
