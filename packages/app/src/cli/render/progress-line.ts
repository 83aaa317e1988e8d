import type { Io } from '../io.ts';
import { plainLine } from './plain.ts';

/** Ten times a second is smooth to the eye and nothing to the work. */
const EVERY_MS = 100;
/** Work that is done sooner shows no progress: a line that flashes up only disturbs. */
const PATIENCE_MS = 300;

/** One line on standard error that says how far the work is, drawn over itself; nothing where there is no terminal. */
export class ProgressLine {
  readonly #io: Io;
  #shownMs: number;
  #visible = false;

  constructor(io: Io) {
    this.#io = io;
    this.#shownMs = performance.now() + PATIENCE_MS - EVERY_MS;
  }

  /** `text` is only asked for when it will be shown. */
  show(text: () => string): void {
    if (!this.#io.errInteractive) return;
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < EVERY_MS) return;
    this.#shownMs = nowMs;
    this.#visible = true;
    this.#io.err(`\r\u001b[2K${plainLine(text()).slice(0, Math.max(20, this.#io.columns - 1))}`);
  }

  clear(): void {
    if (this.#visible) this.#io.err('\r\u001b[2K');
    this.#visible = false;
  }
}
