/** Which files were read as what, and which of them became one run: what an import tells of itself. */
export class ReadFiles {
  readonly #formats = new Map<string, number>();
  readonly #files = new Map<string, string[]>();

  note(file: string, format: string, runs: Iterable<string>): void {
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
    for (const run of runs) {
      const known = this.#files.get(run);
      if (known === undefined) this.#files.set(run, [file]);
      else known.push(file);
    }
  }

  /** Format → number of its files, most first. */
  get recognised(): Record<string, number> {
    return Object.fromEntries([...this.#formats].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
  }

  /** Run → its files, for runs that came out of several. */
  get joined(): Record<string, string[]> {
    return Object.fromEntries([...this.#files].filter(([, files]) => files.length > 1));
  }
}
