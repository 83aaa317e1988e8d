/** Ids kept at most; the oldest are forgotten, a repeat comes soon or never. */
const MAX_IDS = 50_000;

/** Recognises an answer that was logged before: by its object, and by the id its provider gave it. */
export class SeenResponses {
  readonly #objects = new WeakSet<object>();
  readonly #ids = new Set<string>();

  /** True the first time. */
  isNew(answer: unknown, responseId: string | undefined): boolean {
    if (typeof answer === 'object' && answer !== null) {
      if (this.#objects.has(answer)) return false;
      this.#objects.add(answer);
    }
    if (responseId === undefined) return true;
    if (this.#ids.has(responseId)) return false;
    this.#ids.add(responseId);
    if (this.#ids.size > MAX_IDS) this.#ids.delete(this.#ids.values().next().value!);
    return true;
  }
}
