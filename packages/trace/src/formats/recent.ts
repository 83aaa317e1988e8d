/** Entries of one generation: a session's lines of some hours, some megabytes at most. */
const GENERATION = 20_000;

/** A map that forgets what was set long ago, so that memory stays flat on a file of any length. */
export class Recent<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < GENERATION) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
