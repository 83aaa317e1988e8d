import { type JsonObject, type JsonValue, putField } from '../model/json.ts';
import { isJsonSpace, JSON_LITERAL } from './json-scan.ts';

/** What could be read of a damaged or cut-off JSON value, and what was wrong with it. */
export type Mended = {
  readonly value: JsonValue;
  /** Position behind the value, or the text's length where it is cut off. */
  readonly end: number;
  /** The first problems, each a phrase without subject and the position where it shows. */
  readonly problems: readonly { readonly at: number; readonly reason: string }[];
};

type Open = { readonly container: JsonObject | JsonValue[]; key: string | undefined };

const MOST_PROBLEMS = 32;

/**
 * Reads a JSON value that JSON.parse refuses: what is whole is kept, what is broken is dropped, what is open at the end
 * is closed. Undefined when no object or array begins at `from`. Any depth: there is no recursion.
 */
export function mendJson(text: string, from = 0): Mended | undefined {
  const mender = new Mender(text, from);
  return mender.read();
}

class Mender {
  readonly #text: string;
  readonly #problems: { at: number; reason: string }[] = [];
  readonly #open: Open[] = [];
  #at: number;
  #root: JsonValue | undefined;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#at = from;
  }

  read(): Mended | undefined {
    const text = this.#text;
    while (isJsonSpace(text.charCodeAt(this.#at))) this.#at++;
    if (text[this.#at] !== '{' && text[this.#at] !== '[') return undefined;
    do this.#token();
    while (this.#open.length > 0 && this.#at < text.length);
    if (this.#open.length > 0) this.#problem(text.length, 'the text ends before the value does');
    return { value: this.#root!, end: this.#at, problems: this.#problems };
  }

  #problem(at: number, reason: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ at, reason });
  }

  #token(): void {
    const char = this.#text[this.#at]!;
    if (isJsonSpace(char.charCodeAt(0)) || char === ':') this.#at++;
    else if (char === '{' || char === '[') this.#begin(char === '{' ? {} : []);
    else if (char === '}' || char === ']') this.#close(char === '}');
    else if (char === '"') this.#string();
    else if (char === ',') {
      const top = this.#open.at(-1)!;
      if (top.key !== undefined) this.#problem(this.#at, `the field ${JSON.stringify(top.key)} has no value`);
      top.key = undefined;
      this.#at++;
    } else this.#literal();
  }

  #begin(container: JsonObject | JsonValue[]): void {
    let top = this.#open.at(-1);
    if (top && top.key === undefined && !Array.isArray(top.container)) {
      // An object where a key is due: the one before it, in a list, was never closed.
      this.#problem(this.#at, 'expected a key in quotes, found a bracket');
      if (Array.isArray(this.#open.at(-2)?.container)) this.#open.pop();
      top = this.#open.at(-1)!;
    }
    if (top) this.#put(top, container);
    else this.#root = container;
    this.#open.push({ container, key: undefined });
    this.#at++;
  }

  #close(object: boolean): void {
    const at = this.#open.findLastIndex(({ container }) => Array.isArray(container) !== object);
    if (at < this.#open.length - 1) this.#problem(this.#at, 'a bracket closes what is not open');
    // The outermost value ends only by its own bracket as the innermost one: a stray one must not end it early.
    if (at > 0 || at === this.#open.length - 1) this.#open.length = at;
    this.#at++;
  }

  #string(): void {
    const text = this.#text;
    const from = this.#at;
    const line = text.indexOf('\n', from);
    let quote = text.indexOf('"', from + 1);
    for (; quote >= 0; quote = text.indexOf('"', quote + 1)) {
      let slash = quote;
      while (text.charCodeAt(slash - 1) === 92) slash--;
      if ((quote - slash) % 2 === 0) break;
    }
    if (quote < 0 || (line >= 0 && line < quote)) {
      // Strings hold no line breaks: this one lost its quote, and only its own line with it.
      this.#problem(from, 'a string is not closed');
      this.#dropKey();
      this.#at = line < 0 ? text.length : line;
      return;
    }
    this.#at = quote + 1;
    let value: string;
    try {
      value = JSON.parse(text.slice(from, quote + 1)) as string;
    } catch {
      this.#problem(from, 'a string has characters or escapes that JSON does not allow');
      this.#dropKey();
      return;
    }
    const top = this.#open.at(-1)!;
    if (Array.isArray(top.container) || top.key !== undefined) this.#put(top, value);
    else top.key = value;
  }

  #literal(): void {
    const text = this.#text;
    JSON_LITERAL.lastIndex = this.#at;
    const word = JSON_LITERAL.exec(text)?.[0];
    if (word === undefined) {
      this.#problem(
        this.#at,
        `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(this.#at)!))}`,
      );
      this.#dropKey();
      this.#at++;
      return;
    }
    const end = this.#at + word.length;
    const top = this.#open.at(-1)!;
    // At the very end of the text more digits may be missing.
    if (end === text.length) this.#dropKey();
    else if (!Array.isArray(top.container) && top.key === undefined)
      this.#problem(this.#at, `expected a key in quotes, found ${word.slice(0, 40)}`);
    else this.#put(top, /[Ny]$/.test(word) ? null : (JSON.parse(word) as JsonValue));
    this.#at = end;
  }

  #dropKey(): void {
    const top = this.#open.at(-1);
    if (top) top.key = undefined;
  }

  #put(top: Open, value: JsonValue): void {
    if (Array.isArray(top.container)) top.container.push(value);
    else if (top.key !== undefined) putField(top.container, top.key, value);
    top.key = undefined;
  }
}
