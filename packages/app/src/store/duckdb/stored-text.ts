/** Before a text that a column would change; it cannot begin a text that stands as it is. */
const ESCAPE = '\u0001';

type Text = string & { isWellFormed?(): boolean };

/** True for a text that UTF-8 can carry: without a lone surrogate. */
export function isWellFormed(text: Text): boolean {
  // Every Node that we run on has the method; the language level we compile for does not know it yet.
  return text.isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);
}

/** A text as a column holds it: a lone surrogate has no UTF-8, so such a text is stored as JSON, which escapes it. */
export function storedText(text: string): string {
  return !isWellFormed(text) || text.startsWith(ESCAPE) ? ESCAPE + JSON.stringify(text) : text;
}

/** The text that was stored. */
export function textFrom(stored: string): string {
  return stored.startsWith(ESCAPE) ? (JSON.parse(stored.slice(1)) as string) : stored;
}
