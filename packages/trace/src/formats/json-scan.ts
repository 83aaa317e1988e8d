/** What may come next inside a value, as bits. */
const VALUE = 1;
const KEY = 2;
const COLON = 4;
const COMMA = 8;
const CLOSE = 16;

const QUOTE = 34;
const COMMA_CODE = 44;
const COLON_CODE = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const BYTE_ORDER_MARK = 0xfeff;

/** A number or word as JSON, or Python, writes it; sticky. */
export const JSON_LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y;

/** True for the characters JSON allows between tokens, and for a byte order mark where files were joined. */
export function isJsonSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9 || code === BYTE_ORDER_MARK;
}

/**
 * Finds where a JSON value ends, and what is wrong when it does not: for lines on which JSON.parse failed. It takes one
 * value, in one text or in several that follow each other (the lines of a pretty-printed object).
 */
export class JsonScan {
  /** `open`: more is needed. `cut`: the text stops inside a string or word, which no further line can continue. */
  state: 'open' | 'whole' | 'cut' | 'broken' = 'open';
  /** A phrase without subject, once the value is broken. */
  problem = '';
  /** Start and end of each NaN and Infinity, counted over everything that was fed: Python writes them, JSON has none. */
  readonly bare: [number, number][] = [];
  readonly #closers: number[] = [];
  #expect = VALUE;
  #before = 0;

  /** Reads on from `from`. Returns the position behind the value, or where reading stopped. */
  feed(text: string, from = 0): number {
    const before = this.#before - from;
    let at = from;
    while (at < text.length && this.state === 'open') {
      const code = text.charCodeAt(at);
      if (isJsonSpace(code)) at++;
      else if (code === QUOTE) at = this.#string(text, at);
      else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        if (!this.#allows(VALUE, text, at)) break;
        this.#closers.push(code + 2);
        this.#expect = code === OPEN_OBJECT ? KEY | CLOSE : VALUE | CLOSE;
        at++;
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (this.#closers.at(-1) !== code || !this.#allows(CLOSE, text, at)) {
          this.#break(text, at);
          break;
        }
        this.#closers.pop();
        this.#valueEnded();
        at++;
      } else if (code === COMMA_CODE) {
        if (!this.#allows(COMMA, text, at)) break;
        this.#expect = this.#closers.at(-1) === CLOSE_OBJECT ? KEY : VALUE;
        at++;
      } else if (code === COLON_CODE) {
        if (!this.#allows(COLON, text, at)) break;
        this.#expect = VALUE;
        at++;
      } else at = this.#literal(text, at, before);
    }
    this.#before += at - from;
    return at;
  }

  /** Tells the scan that one more character (a newline between two lines) stands between what was fed and what comes. */
  skip(count: number): void {
    this.#before += count;
  }

  #allows(what: number, text: string, at: number): boolean {
    if ((this.#expect & what) !== 0) return true;
    this.#break(text, at);
    return false;
  }

  #string(text: string, at: number): number {
    if (!this.#allows(KEY | VALUE, text, at)) return at;
    for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
      let slash = quote;
      while (text.charCodeAt(slash - 1) === 92) slash--;
      if ((quote - slash) % 2 === 1) continue;
      if ((this.#expect & KEY) !== 0) this.#expect = COLON;
      else this.#valueEnded();
      return quote + 1;
    }
    this.state = 'cut';
    this.problem = 'the text ends inside a string';
    return text.length;
  }

  #literal(text: string, at: number, before: number): number {
    if (!this.#allows(VALUE, text, at)) return at;
    JSON_LITERAL.lastIndex = at;
    const word = JSON_LITERAL.exec(text)?.[0];
    if (word === undefined) {
      this.#break(text, at);
      return at;
    }
    if (word.endsWith('N') || word.endsWith('y')) this.bare.push([before + at, before + at + word.length]);
    this.#valueEnded();
    return at + word.length;
  }

  #valueEnded(): void {
    if (this.#closers.length === 0) this.state = 'whole';
    this.#expect = COMMA | CLOSE;
  }

  #break(text: string, at: number): void {
    this.state = 'broken';
    this.problem = `expected ${this.#expected()}, found ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`;
  }

  #expected(): string {
    const closer = this.#closers.at(-1);
    const words: string[] = [];
    if ((this.#expect & VALUE) !== 0) words.push('a value');
    if ((this.#expect & KEY) !== 0) words.push('a key in quotes');
    if ((this.#expect & COLON) !== 0) words.push('":"');
    if ((this.#expect & COMMA) !== 0) words.push('","');
    if ((this.#expect & CLOSE) !== 0 && closer !== undefined)
      words.push(JSON.stringify(String.fromCharCode(closer)));
    return words.join(' or ');
  }
}

/** JSON.parse that takes the NaN and Infinity a scan found for null. Throws what JSON.parse throws. */
export function parseScanned(text: string, bare: JsonScan['bare']): unknown {
  if (bare.length === 0) return JSON.parse(text);
  let repaired = '';
  let from = 0;
  for (const [start, end] of bare) {
    repaired += `${text.slice(from, start)}null`;
    from = end;
  }
  return JSON.parse(repaired + text.slice(from));
}
