/** Lines that could not go out yet, bounded in number of characters. */
export class Backlog {
  readonly #limit: number;
  #lines: string[] = [];
  #size = 0;
  #dropped = 0;

  /** `limit`: characters kept, line ends included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }
  get count(): number {
    return this.#lines.length;
  }
  /** Lines thrown away since the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  countDropped(lines: number): void {
    this.#dropped += lines;
  }

  /** Adds whole lines, each ended by `\n`. Returns true when lines had to be dropped for them. */
  add(text: string): boolean {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#lines.push(text.slice(from, end + 1));
      from = end + 1;
    }
    this.#size += text.length;
    return this.#size > this.#limit && this.#shrink();
  }

  /** Takes lines from the front, up to `maxSize` characters but at least one. */
  take(maxSize: number): string[] {
    let count = 0;
    let size = 0;
    while (count < this.#lines.length && (count === 0 || size + this.#lines[count]!.length <= maxSize)) {
      size += this.#lines[count++]!.length;
    }
    this.#size -= size;
    return this.#lines.splice(0, count);
  }

  /** Puts lines back that were taken and did not get through. */
  putBack(lines: readonly string[]): void {
    this.#lines = [...lines, ...this.#lines];
    for (const line of lines) this.#size += line.length;
  }

  /**
   * The oldest go first, down to three quarters at once, so that dropping costs little for each line. Lines about the run
   * itself stay: without them nobody knows what the rest belongs to. They are few and short.
   */
  #shrink(): boolean {
    const target = this.#limit * 0.75;
    const before = this.#lines.length;
    this.#lines = this.#lines.filter((line) => {
      if (this.#size <= target || line.startsWith('{"event":"run_')) return true;
      this.#size -= line.length;
      return false;
    });
    this.#dropped += before - this.#lines.length;
    return before > this.#lines.length;
  }
}

/** The record that tells a reader of the run how much is missing. */
export function droppedLine(tsText: string, dropped: number): string {
  return `{"event":"run_update","quality":[{"code":"records-dropped","count":${dropped}}],"ts":${tsText}}\n`;
}
