/** Characters that no file system minds, in a length that all of them take. */
const MOST_CHARACTERS = 120;

/**
 * Names for files made from runs' ids, which agents may have chosen: no path, nothing hidden, none twice, not even where
 * capitals count for nothing.
 */
export class FileNames {
  readonly #taken = new Set<string>();

  nameFor(id: string, extension: string): string {
    const safe =
      id
        .replace(/[^A-Za-z0-9._-]+/g, '_')
        .replace(/^[._]+/, '')
        .slice(0, MOST_CHARACTERS) || 'run';
    for (let no = 1; ; no++) {
      const name = `${safe}${no === 1 ? '' : `~${no}`}${extension}`;
      const key = name.toLowerCase();
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return name;
    }
  }
}
