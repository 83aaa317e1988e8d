import type { Input } from './format.ts';
import { mendJson } from './json-mend.ts';
import { findSync, fitting, keyAt, type OpenFrame, type Sync } from './json-nest-sync.ts';
import { isJsonSpace, JsonScan, parseScanned } from './json-scan.ts';
import { CUT_OFF, MAX_LINE_BYTES, MAX_REFUSED_CHARS } from './lines.ts';
import { type Place, TextWindow } from './text-window.ts';

/** What a nested document consists of, in the order in which it stands there. */
export type NestPart =
  /** An object begins: a document (`list` is ''), or an element of a list whose elements are entered. */
  | { readonly is: 'open'; readonly list: string; readonly place: Place }
  /** A member of the innermost open object, or an element of its list of that name when the list is spread. */
  | {
      readonly is: 'member';
      readonly key: string;
      readonly index?: number;
      readonly value: unknown;
      readonly place: Place;
      /** The value was damaged or cut off: this is what could be read of it. */
      readonly mended?: true;
    }
  /** The innermost object ends; `torn` when its end was never seen. */
  | { readonly is: 'close'; readonly torn?: true };

export type NestOptions = {
  /** Lists whose elements are objects like the one that holds the list. They are entered, to any depth. */
  readonly enter: readonly string[];
  /** Lists that are handed out element by element. */
  readonly spread: readonly string[];
};

/** Parts that are handed over together. */
const BATCH = 500;

/**
 * A document of objects in objects, part by part: of what is entered only the names of the open lists are held, so that
 * memory stays flat over any length and grows with the depth alone. Several documents may follow each other, or stand in a
 * list. What is broken is refused with its place, and reading goes on at the next line that fits by its indentation, or
 * behind the next comma at which an element begins.
 */
export async function* readNestedJson(
  input: Input,
  options: NestOptions,
): AsyncGenerator<readonly NestPart[], void, undefined> {
  const window = new TextWindow(input);
  const reader = new NestReader(input, window, options);
  try {
    for (let wanted = 0; ; ) {
      if (reader.step()) {
        wanted = 0;
        if (reader.parts.length >= BATCH) yield reader.take();
        continue;
      }
      if (window.ended) break;
      // A value is scanned from its start again, which must not happen for every chunk.
      window.drop();
      while ((await window.more()) && window.text.length < wanted);
      wanted = 2 * window.text.length;
    }
    reader.end();
    if (reader.parts.length > 0) yield reader.take();
  } finally {
    await window.close();
  }
}

class NestReader {
  parts: NestPart[] = [];
  readonly #input: Input;
  readonly #window: TextWindow;
  readonly #enter: ReadonlySet<string>;
  readonly #spread: ReadonlySet<string>;
  readonly #frames: OpenFrame[] = [];
  /** Indentation of the line that is being read; -1 where a value ended on it that began above. */
  #indent = 0;
  /** Nothing but spaces stands before the reader's place on its line. */
  #first = true;
  /** Where reading went on was a guess: brackets may close what was skipped. */
  #skewed = false;

  constructor(input: Input, window: TextWindow, { enter, spread }: NestOptions) {
    this.#input = input;
    this.#window = window;
    this.#enter = new Set(enter);
    this.#spread = new Set(spread);
  }

  take(): NestPart[] {
    const taken = this.parts;
    this.parts = [];
    return taken;
  }

  /** Reads one thing. False when that takes more text than there is. */
  step(): boolean {
    const window = this.#window;
    this.#skipSpace();
    const char = window.text[window.at];
    if (char === undefined) return false;
    const top = this.#frames.at(-1);
    if (top === undefined) return this.#between(char);
    if (this.#first && top.inner < 0 && char !== '}' && char !== ']') top.inner = this.#indent;
    return top.object ? this.#member(top, char) : this.#element(top, char);
  }

  /** The source is over: what is still open was cut off. */
  end(): void {
    if (this.#frames.length === 0) return;
    this.#refuse(this.#window.at, this.#window.at, CUT_OFF);
    this.#closeTo(0, true);
  }

  #skipSpace(): void {
    const { text } = this.#window;
    let { at } = this.#window;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10) {
        this.#indent = 0;
        this.#first = true;
      } else if (code === 44) this.#first = false;
      else if (!isJsonSpace(code)) break;
      else if (this.#first) this.#indent++;
    }
    this.#window.at = at;
  }

  #passed(length: number): true {
    this.#window.at += length;
    this.#first = false;
    return true;
  }

  #between(char: string): boolean {
    if (char === '{') return this.#open('');
    if (char === '[') return this.#openList('', true);
    if (char === ']' || char === '}') {
      if (!this.#skewed)
        this.#refuse(this.#window.at, this.#window.at + 1, `a ${quoted(char)} closes what is not open`);
      return this.#passed(1);
    }
    return this.#damaged(0, `expected an object, found ${quoted(char)}`);
  }

  #open(list: string): true {
    const { at } = this.#window;
    this.parts.push({ is: 'open', list, place: this.#window.placeOf(at) });
    this.#frames.push({
      object: true,
      name: list,
      entered: false,
      indent: this.#indent,
      inner: -1,
      index: 0,
    });
    return this.#passed(1);
  }

  #openList(name: string, entered: boolean): true {
    this.#frames.push({ object: false, name, entered, indent: this.#indent, inner: -1, index: 0 });
    return this.#passed(1);
  }

  #member(frame: OpenFrame, char: string): boolean {
    const window = this.#window;
    if (char === '}') {
      // Behind a guess, what goes on with a comma is not over.
      if (this.#skewed && this.#frames.length === 1) {
        if (!/^\}\s*\S/.test(window.text.slice(window.at, window.at + 100)) && !window.ended) return false;
        if (/^\}\s*,/.test(window.text.slice(window.at, window.at + 100))) return this.#passed(1);
      }
      this.#closeTo(this.#frames.length - 1, false);
      return this.#passed(1);
    }
    if (char === ']') return this.#strayBracket(char, false);
    if (char === '{' && this.#skewed && frame.lastList !== undefined) {
      this.#frames.push({
        object: false,
        name: frame.lastList,
        entered: true,
        indent: -1,
        inner: -1,
        index: 0,
      });
      return true;
    }
    const key = char === '"' ? keyAt(window.text, window.at) : null;
    if (key === undefined && !window.ended && window.text.length - window.at < 100_000) return false;
    if (!key) return this.#damaged(0, 'expected a key in quotes and ":"');
    let at = key.end;
    while (at < window.text.length && isJsonSpace(window.text.charCodeAt(at))) at++;
    const next = window.text[at];
    if (next === undefined && !window.ended) return false;
    const list = this.#frames.at(-2);
    if (frame.index === 0 && list?.object === false) list.firstKey ??= key.name;
    if (next === '[' && (this.#enter.has(key.name) || this.#spread.has(key.name))) {
      this.#passed(at - window.at);
      frame.index++;
      frame.lastList = key.name;
      return this.#openList(key.name, this.#enter.has(key.name));
    }
    const from = window.at;
    window.at = at;
    if (this.#value(key.name)) {
      frame.index++;
      return true;
    }
    window.at = from;
    return false;
  }

  #element(frame: OpenFrame, char: string): boolean {
    if (char === ']') {
      this.#frames.pop();
      return this.#passed(1);
    }
    if (char === '}') return this.#strayBracket(char, true);
    if (char === '{' && frame.entered) {
      frame.index++;
      return this.#open(frame.name);
    }
    // Behind a guess, a key may follow: the list is over then.
    if (this.#skewed && char === '"' && this.#frames.length > 1) {
      const key = keyAt(this.#window.text, this.#window.at);
      if (key === undefined && !this.#window.ended && this.#window.text.length - this.#window.at < 100_000)
        return false;
      if (key) {
        this.#frames.pop();
        return true;
      }
    }
    const read = this.#value(frame.name, frame.index);
    if (read) frame.index++;
    return read;
  }

  /** A bracket closes something further out: what is open inside was not closed. */
  #strayBracket(char: string, object: boolean): true {
    const { at } = this.#window;
    const fits = this.#frames.findLastIndex((frame) => frame.object === object);
    if (!this.#skewed)
      this.#refuse(
        at,
        at + 1,
        `a ${quoted(char)} closes what is not open, or something inside is not closed`,
      );
    this.#skewed = true;
    if (fits >= 0 && !(object && fits === 0)) this.#closeTo(fits, true);
    return this.#passed(1);
  }

  /** The value at the reader's place, which moves behind it. False when its end is not there yet. */
  #value(key: string, index?: number): boolean {
    const window = this.#window;
    const scan = new JsonScan();
    const end = scan.feed(window.text, window.at);
    const left = window.text.length - end;
    if (scan.state === 'whole') {
      // A number goes on in what comes next: `5` of `5e-324`.
      const mayGoOn = /[\w.+-]/.test(window.text[end - 1]!) && !/[\s,}\]]/.test(window.text[end] ?? '');
      if (mayGoOn && left < 30 && !window.ended) return false;
      const place = window.placeOf(window.at);
      try {
        const value = parseScanned(window.text.slice(window.at, end), scan.bare);
        this.#put(key, index, value, place, false);
      } catch (error) {
        return this.#damaged(
          end - window.at,
          `not JSON: ${error instanceof Error ? error.message : String(error)}`,
          {
            key,
            index,
          },
        );
      }
      if (window.text.slice(window.at, end).includes('\n')) this.#indent = -1;
      return this.#passed(end - window.at);
    }
    if (scan.state === 'broken' && (left > 20 || window.ended))
      return this.#damaged(end - window.at, `not JSON: ${scan.problem}`, { key, index });
    if (window.ended) {
      const mended = mendJson(window.text, window.at);
      if (mended) this.#put(key, index, mended.value, window.placeOf(window.at), true);
      window.at = window.text.length;
      return true;
    }
    if (window.text.length - window.at > MAX_LINE_BYTES)
      return this.#damaged(0, `the value is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
    return false;
  }

  #put(key: string, index: number | undefined, value: unknown, place: Place, mended: boolean): void {
    this.parts.push({
      is: 'member',
      key,
      ...(index !== undefined && { index }),
      value,
      place,
      ...(mended && { mended }),
    });
  }

  /** Something is broken `distance` behind the reader's place: goes on where something begins that fits. */
  #damaged(distance: number, problem: string, member?: { key: string; index: number | undefined }): boolean {
    const window = this.#window;
    const sync =
      this.#fitsHere(distance) ??
      findSync(this.#frames, window.text, window.at + distance, window.at, window.ended);
    if (sync === undefined && !window.ended && window.text.length - window.at < MAX_LINE_BYTES) return false;
    const { at, depth, guessed } = sync ?? { at: window.text.length, depth: this.#frames.length };
    this.#refuse(window.at, at, problem, window.at + distance);
    const mended = member && mendJson(window.text.slice(window.at, at));
    if (mended) this.#put(member.key, member.index, mended.value, window.placeOf(window.at), true);
    this.#closeTo(depth, true);
    this.#skewed ||= guessed === true;
    const from = window.at;
    window.at = at;
    this.#first = at === from;
    // Space is read again from the line's beginning, so that its indentation is known.
    if (sync && !guessed) while (window.at > from && window.text[window.at] !== '\n') window.at--;
    return true;
  }

  /** Only brackets are missing: what stands here, first on its line, belongs further out. */
  #fitsHere(distance: number): Sync | undefined {
    if (distance > 0 || !this.#first) return undefined;
    const { text, at } = this.#window;
    const depth = fitting(this.#frames, text, at, this.#indent);
    return depth === undefined || depth >= this.#frames.length ? undefined : { at, depth };
  }

  #closeTo(depth: number, torn: boolean): void {
    while (this.#frames.length > depth) {
      const frame = this.#frames.pop()!;
      if (frame.object) this.parts.push(torn ? { is: 'close', torn } : { is: 'close' });
    }
  }

  #refuse(from: number, to: number, reason: string, shownAt = from): void {
    const { text } = this.#window;
    const { line, offset } = this.#window.placeOf(Math.min(shownAt, text.length));
    this.#input.refuse({
      line,
      offset,
      reason,
      text: text.slice(from, Math.min(to, from + MAX_REFUSED_CHARS)),
    });
  }
}

function quoted(char: string): string {
  return JSON.stringify(char);
}
