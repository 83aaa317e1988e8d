import { plain } from '../../model/plain-text.ts';

/** HTML that may stand as it is: only `html` makes it, so that no text from outside can become markup by oversight. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/** A template of HTML. Every string in it is escaped, in text and in quoted attributes alike; Markup stands as it is. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = template[0]!;
  for (let at = 0; at < parts.length; at++) text += textOf(parts[at]) + template[at + 1]!;
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return part instanceof Markup ? part.text : part.map(({ text }) => text).join('');
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text: markup escaped; control characters and those that turn the direction of writing taken out. */
export function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark]!);
}

/**
 * The beginning of a text that takes at most `limit` characters, and twice as many bytes once it is escaped: a page's size
 * must not depend on what its names are made of.
 */
export function fitted(text: string, limit: number): string {
  let [at, bytes] = [0, 0];
  for (const character of text) {
    bytes += ENTITIES[character]?.length ?? bytesOf(character);
    if (at + character.length > limit || bytes > 2 * limit) return `${text.slice(0, at).trimEnd()}…`;
    at += character.length;
  }
  return text;
}

/** Bytes of a character in UTF-8. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0)!;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** A share of 1 as a CSS or SVG percentage, to a hundredth. */
export function percentage(share: number): string {
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  return `${Number((bounded * 100).toFixed(2))}%`;
}
