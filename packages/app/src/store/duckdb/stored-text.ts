/** Before a text that a column would change; it cannot begin a text that stands as it is. */
const ESCAPE = '\u0001';

/** A text as a column holds it: a lone surrogate has no UTF-8, so such a text is stored as JSON, which escapes it. */
export function storedText(text: string): string {
  return /\p{Surrogate}/u.test(text) || text.startsWith(ESCAPE) ? ESCAPE + JSON.stringify(text) : text;
}

/** The text that was stored. */
export function textFrom(stored: string): string {
  return stored.startsWith(ESCAPE) ? (JSON.parse(stored.slice(1)) as string) : stored;
}
