import type { JsonObject } from '../model/json.ts';

/** Kinds of lines that are told apart. They come from data: from some point on they are counted under one name. */
const MOST_KINDS = 100;
const MOST_CHARS = 100;

/** How many lines of each kind a log has. */
export class LineCounts {
  readonly #lines = new Map<string, number>();

  add(kind: string): void {
    const name = kind.slice(0, MOST_CHARS);
    const known = this.#lines.has(name) || this.#lines.size < MOST_KINDS ? name : 'other';
    this.#lines.set(known, (this.#lines.get(known) ?? 0) + 1);
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  toJson(): JsonObject {
    return Object.fromEntries(this.#lines);
  }
}
