import type { Head, Input } from './format.ts';
import { mendJson } from './json-mend.ts';
import { isJsonSpace, JsonScan, parseScanned } from './json-scan.ts';
import { CUT_OFF, MAX_LINE_BYTES, MAX_REFUSED_CHARS } from './lines.ts';
import { type Place, TextWindow } from './text-window.ts';

/** A member of a document, or an element of one of its long lists. */
export type DocumentPart = {
  /** Number of the top-level value it belongs to. */
  readonly document: number;
  /** The member's name; '' for an element of a top-level list, and for a top-level value that is neither. */
  readonly key: string;
  /** Position in a list that is handed out element by element. */
  readonly index?: number;
  readonly value: unknown;
  readonly place: Place;
  /** The source was cut off or damaged inside the value: this is what could be read of it. */
  readonly mended?: true;
};

export type DocumentOptions = {
  /** A list or object may lack its closing brackets: that is legal in the format, and no sign of damage. */
  readonly openEnd?: boolean;
};

type Took = { value: unknown; mended?: true } | undefined;

/** Places at which reading is tried again behind a damaged element. */
const MOST_ATTEMPTS = 64;

/** Parts that are handed over together. */
const BATCH = 500;

/** A line break, a comma or the list's own bracket, and then an object: where an element may begin. */
const ELEMENT = /(?:[,[]\s*|\n\s*)(?=\{)/g;

/**
 * The members of top-level objects, one by one; those named in `spread` that are lists come element by element, so that
 * memory stays flat over a list of any length (`''`: the elements of a top-level list). Several top-level values
 * (JSON lines) are numbered by `document`. Parts are gathered: not for a stream that is followed. What is broken is refused with its place, what could be read of it is handed
 * out marked `mended`, and reading goes on behind it.
 */
export async function* readJsonDocument(
  input: Input,
  spread: readonly string[],
  options: DocumentOptions = {},
): AsyncGenerator<readonly DocumentPart[], void, undefined> {
  const reader = new DocumentReader(input, new Set(spread), options);
  try {
    for (;;) {
      const more = await reader.step();
      if (reader.parts.length >= BATCH || (!more && reader.parts.length > 0)) yield reader.take();
      if (!more) return;
    }
  } finally {
    await reader.close();
  }
}

/** The top-level value of a head, read as far as it goes; undefined when it is no JSON object or list. */
export function headDocument(head: Head): unknown {
  const from = head.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return mendJson(head.text, from)?.value;
}

/** Where the reader is: between documents, in an object's members, or in a list's elements. */
type State = 'between' | 'members' | 'elements';

class DocumentReader {
  parts: DocumentPart[] = [];
  readonly #input: Input;
  readonly #spread: ReadonlySet<string>;
  readonly #window: TextWindow;
  readonly #openEnd: boolean;
  #state: State = 'between';
  #document = -1;
  #key = '';
  #index = 0;
  /** The list that is being read is a member of an object, not a document of its own. */
  #inObject = false;
  /** Something was skipped: brackets that close it may still come. */
  #skewed = false;
  /** A comma stands before the reader's place: what comes is no new document. */
  #comma = false;

  constructor(input: Input, spread: ReadonlySet<string>, options: DocumentOptions) {
    this.#input = input;
    this.#openEnd = options.openEnd === true || input.live === true;
    this.#spread = spread;
    this.#window = new TextWindow(input);
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  take(): DocumentPart[] {
    const taken = this.parts;
    this.parts = [];
    return taken;
  }

  /** Reads one thing. False at the end of the source. */
  async step(): Promise<boolean> {
    const char = await this.#nextChar();
    if (char === undefined) {
      if (this.#state !== 'between' && !this.#openEnd)
        this.#refuse(this.#window.at, this.#window.at, CUT_OFF);
      this.#state = 'between';
      return false;
    }
    if (this.#state === 'between') await this.#between(char);
    else if (this.#state === 'members') await this.#member(char);
    else await this.#element(char);
    return true;
  }

  /** The next character that is neither space nor comma, which is not passed. */
  async #nextChar(): Promise<string | undefined> {
    const window = this.#window;
    this.#comma = false;
    for (;;) {
      const { text } = window;
      for (; window.at < text.length; window.at++) {
        if (text[window.at] === ',') this.#comma = true;
        else if (!isJsonSpace(text.charCodeAt(window.at))) break;
      }
      if (window.at < text.length) return text[window.at];
      if (!(await window.more())) return undefined;
    }
  }

  async #between(char: string): Promise<void> {
    const window = this.#window;
    const { at } = window;
    if (char === '{' && this.#skewed && this.#comma) this.#state = 'elements';
    else if (char === '{') {
      this.#skewed = false;
      this.#document++;
      this.#state = 'members';
      window.at++;
    } else if (char === '[' && this.#spread.has('')) {
      this.#document++;
      this.#beginList('', false);
    } else if (char === '}' || char === ']') {
      if (!this.#skewed) this.#refuse(at, at + 1, `a ${JSON.stringify(char)} closes what is not open`);
      window.at++;
    } else {
      this.#document++;
      const place = window.placeOf(at);
      const took = await this.#value(true);
      if (took) this.#put({ key: '', place, ...took });
    }
  }

  #beginList(key: string, inObject: boolean): void {
    this.#key = key;
    this.#index = 0;
    this.#inObject = inObject;
    this.#state = 'elements';
    this.#window.at++;
  }

  async #member(char: string): Promise<void> {
    const window = this.#window;
    if (char === '}') {
      window.at++;
      this.#state = 'between';
      return;
    }
    const key = char === '"' ? await this.#keyBehind() : undefined;
    if (key === undefined) return this.#mendRest('expected a key in quotes and ":"');
    const value = await this.#nextChar();
    if (value === undefined) return;
    if (value === '[' && this.#spread.has(key)) return this.#beginList(key, true);
    const place = window.placeOf(window.at);
    const took = await this.#value(false, key);
    if (took) this.#put({ key, place, ...took });
  }

  /** The key at the reader's place, which moves behind its colon; undefined when there is none. */
  async #keyBehind(): Promise<string | undefined> {
    const window = this.#window;
    const KEY = /"(?:[^"\\\n]|\\.)*"\s*:/y;
    for (;;) {
      KEY.lastIndex = window.at;
      const found = KEY.exec(window.text)?.[0];
      if (found !== undefined) {
        window.at += found.length;
        try {
          return JSON.parse(found.slice(0, found.lastIndexOf('"') + 1)) as string;
        } catch {
          window.at -= found.length;
          return undefined;
        }
      }
      // Keys are short: with this much text there is none.
      if (window.text.length - window.at > 100_000 || !(await window.more())) return undefined;
    }
  }

  async #element(char: string): Promise<void> {
    const window = this.#window;
    if (char === ']' || (char === '}' && this.#skewed)) {
      window.at++;
      // Behind damage, brackets may belong to what was skipped: the list goes on when another element follows.
      if (this.#skewed && /[[{\]}]/.test((await this.#nextChar()) ?? '')) return;
      this.#state = this.#inObject ? 'members' : 'between';
      return;
    }
    const place = window.placeOf(window.at);
    const took = await this.#value(true);
    const index = this.#index++;
    if (took) this.#put({ key: this.#key, index, place, ...took });
  }

  #put(part: Omit<DocumentPart, 'document'>): void {
    this.parts.push({ document: this.#document, ...part, ...(this.#skewed && { mended: true }) });
  }

  /** The value at the reader's place, which moves behind it. Undefined when nothing of it could be read. */
  async #value(resync: boolean, key?: string): Promise<Took> {
    const window = this.#window;
    for (;;) {
      const scan = new JsonScan();
      const end = scan.feed(window.text, window.at);
      const whole = scan.state === 'whole' && (window.ended || !this.#mayGoOn(end));
      if (whole) {
        try {
          const value = parseScanned(window.text.slice(window.at, end), scan.bare);
          window.at = end;
          return { value };
        } catch (error) {
          return this.#damaged(end, error instanceof Error ? error.message : String(error), resync, key);
        }
      }
      // A broken word at the end of what is held may only be half of one.
      if (scan.state === 'broken' && (end < window.text.length - 20 || window.ended))
        return this.#damaged(end, scan.problem, resync, key);
      if (window.ended) return this.#tornOff();
      if (window.text.length - window.at > MAX_LINE_BYTES)
        return this.#damaged(
          window.at + 1,
          `the value is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`,
          resync,
          key,
        );
      await this.#double();
    }
  }

  /** A number goes on in what comes next: `5` of `5e-324`. */
  #mayGoOn(end: number): boolean {
    const { text } = this.#window;
    return /[\w.+-]/.test(text[end - 1]!) && !/[\s,}\]]/.test(text[end] ?? '') && text.length - end < 30;
  }

  /** Twice the text that is held: a value is scanned from its start again, which must not happen for every chunk. */
  async #double(): Promise<void> {
    const window = this.#window;
    window.drop();
    const wanted = 2 * window.text.length;
    while ((await window.more()) && window.text.length < wanted);
  }

  /** The source ends inside the value. */
  #tornOff(): Took {
    const window = this.#window;
    const from = window.at;
    window.at = window.text.length;
    if (this.#input.live !== true) this.#refuse(from, window.at, CUT_OFF);
    this.#state = 'between';
    const mended = mendJson(window.text, from);
    return mended && { value: mended.value, mended: true };
  }

  /** The value at the reader's place is broken: takes what can be read of it and goes on behind it. */
  async #damaged(at: number, problem: string, resync: boolean, key: string | undefined): Promise<Took> {
    const window = this.#window;
    // Counted from the reader's place, which stays the same while more comes in.
    const distance = at - window.at;
    if (!resync) {
      await this.#mendRest(`not JSON: ${problem}`, `${JSON.stringify(key ?? '')}:`, distance);
      return undefined;
    }
    const next = await this.#nextElement(distance);
    const damaged = window.text.slice(window.at, next);
    this.#refuse(window.at, next, `not JSON: ${problem}`, window.at + distance);
    window.at = next;
    this.#skewed = true;
    const mended = mendJson(damaged);
    return mended && { value: mended.value, mended: true };
  }

  /** Where the next element begins behind a break; the end of what is held when none is found. */
  async #nextElement(distance: number): Promise<number> {
    const window = this.#window;
    if (window.text.length - window.at - distance < MAX_REFUSED_CHARS) await window.more();
    ELEMENT.lastIndex = Math.max(window.at, window.at + distance - 2);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const found = ELEMENT.exec(window.text);
      if (found === null) break;
      const at = found.index + found[0].length;
      if (at <= window.at) continue;
      const scan = new JsonScan();
      scan.feed(window.text, at);
      if (scan.state !== 'broken' && !(scan.state === 'cut' && window.ended)) return at;
    }
    return window.text.length;
  }

  /** An object is broken between its members: the rest of it is read as well as it can be. */
  async #mendRest(problem: string, start = '', distance = 0): Promise<void> {
    const window = this.#window;
    while (window.text.length - window.at < MAX_LINE_BYTES && (await window.more()));
    const { text, at } = window;
    const place = window.placeOf(at);
    const mended = mendJson(`{${start}${text.slice(at)}`);
    const end = Math.min(text.length, at + Math.max(1, (mended?.end ?? 0) - 1 - start.length));
    this.#refuse(at, end, problem, at + distance);
    for (const [key, value] of Object.entries((mended?.value ?? {}) as Record<string, unknown>)) {
      if (this.#spread.has(key) && Array.isArray(value))
        value.forEach((item: unknown, index) => {
          this.#put({ key, index, value: item, place, mended: true });
        });
      else this.#put({ key, value, place, mended: true });
    }
    window.at = end;
    this.#state = 'between';
    this.#skewed = true;
  }

  #refuse(from: number, to: number, reason: string, shownAt = from): void {
    const { line, offset } = this.#window.placeOf(Math.max(0, Math.min(shownAt, this.#window.text.length)));
    const text = this.#window.text.slice(from, Math.min(to, from + MAX_REFUSED_CHARS));
    this.#input.refuse({ line, offset, reason, text });
  }
}
