/** What a terminal acts on, or shows as what it is not. `JSON.stringify` escapes the controls below U+0020, and none of these. */
const ACTIVE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Any JSON text, or a piece of one, as the same value in characters that are harmless on a screen: a gigabyte a second. */
export function harmlessJson(text: string): string {
  return text.replace(ACTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value as what `--json` prints. */
export function jsonDocument(value: unknown): string {
  return `${harmlessJson(JSON.stringify(value, null, 2))}\n`;
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return `${jsonText(value)}\n`;
}

/** The same as a part of a larger text. */
export function jsonText(value: unknown): string {
  return harmlessJson(JSON.stringify(value));
}
