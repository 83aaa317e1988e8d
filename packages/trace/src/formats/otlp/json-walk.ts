import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Input } from '../format.ts';
import { mendJson } from '../json-mend.ts';
import { isJsonSpace, JsonScan, parseScanned } from '../json-scan.ts';
import { CUT_OFF, MAX_LINE_BYTES, MAX_REFUSED_CHARS } from '../lines.ts';
import type { Place } from '../text-window.ts';
import { BELOW, isLeaf, LEAF_KEYS, type Level, misnamed, outOfPlace, standingOfKey } from './json-levels.ts';
import { RequestPieces } from './json-pieces.ts';
import { nextStanding } from './json-resync.ts';
import type { Window } from './line-window.ts';

/** A request, or what fits of it: where it begins, and where its spans and logs do. */
export type Piece = {
  readonly request: JsonObject;
  readonly place: Place;
  readonly leaves: readonly Place[];
};

/** Spans, and characters of the source, after which a piece is handed out. */
const PIECE_LEAVES = 500;
const PIECE_CHARS = 1024 * 1024;

/** The first key of the first object in a list. */
const FIRST_KEY = /\[\s*\{\s*"(\w{1,40})"\s*:/y;

/**
 * Reads one export request that begins at the window's place, in pieces, and leaves the place behind it. Of what is
 * broken everything whole is given, the rest is refused with its place.
 */
export class RequestWalk {
  /** Something of the request was broken: brackets that belong to it may come later. */
  damaged = false;
  readonly #input: Input;
  readonly #window: Window;
  readonly #pieces = new RequestPieces();
  /** How deep it stood when it began inside of a request; 0 for a whole one. */
  readonly #startDepth: number;
  #place: Place;
  #leaves: Place[] = [];
  #chars = 0;
  #given = 0;
  #elements = 0;
  #comma = false;
  #done = false;

  /** `inside`: what begins at the window's place is no request, but an element of such a list. */
  constructor(input: Input, window: Window, inside?: Level) {
    this.#input = input;
    this.#window = window;
    this.#place = window.placeOf(window.at);
    if (inside === undefined) {
      this.#pieces.begin();
      window.at++;
    } else this.#pieces.goTo(inside);
    this.#startDepth = inside === undefined ? 0 : this.#pieces.depth;
  }

  async *read(): AsyncGenerator<Piece, void, undefined> {
    while (!this.#done) {
      await this.#step();
      if (this.#leaves.length >= PIECE_LEAVES || this.#chars >= PIECE_CHARS) yield this.#take();
    }
    if (this.#leaves.length > 0 || this.#given === 0) yield this.#take();
  }

  #take(): Piece {
    const piece = { request: this.#pieces.take(), place: this.#place, leaves: this.#leaves };
    this.#leaves = [];
    this.#chars = 0;
    this.#given++;
    this.#place = this.#window.placeOf(this.#window.at);
    return piece;
  }

  async #step(): Promise<void> {
    const window = this.#window;
    this.#comma = false;
    while (!this.#passSpace()) {
      if (await window.more()) continue;
      if (!this.damaged && this.#startDepth === 0 && this.#input.live !== true)
        this.#refuse(window.at, window.at, CUT_OFF);
      this.#done = true;
      return;
    }
    const char = window.text[window.at]!;
    const pieces = this.#pieces;
    if (pieces.inList) {
      if (this.#isBeyond(char)) this.#done = true;
      else if (char === ']') {
        pieces.endList();
        window.at++;
      } else if (char === '{' && !pieces.atLeaves) {
        this.#elements++;
        pieces.begin();
        window.at++;
      } else if (char === '[') {
        this.#refuse(window.at, window.at, 'not JSON: expected "{", found "["');
        window.at++;
      } else await this.#element();
    } else if (char === '}') {
      window.at++;
      if (pieces.depth === 1) this.#done = true;
      else pieces.end();
    } else await this.#member();
  }

  /** What began inside of a request ends where no comma leads on. */
  #isBeyond(char: string): boolean {
    return char === '{' && !this.#comma && this.#elements > 0 && this.#pieces.depth === this.#startDepth;
  }

  /** Passes spaces and commas; false at the end of what is held. */
  #passSpace(): boolean {
    const window = this.#window;
    const { text } = window;
    let { at } = window;
    for (; at < text.length; at++) {
      if (text[at] === ',') this.#comma = true;
      else if (!isJsonSpace(text.charCodeAt(at))) break;
    }
    window.at = at;
    return at < text.length;
  }

  async #element(): Promise<void> {
    const from = this.#window.at;
    const place = this.#window.placeOf(from);
    const value = await this.#value();
    if (value !== undefined) this.#leaf(value, place);
  }

  #leaf(value: JsonValue, place: Place): void {
    this.#elements++;
    this.#pieces.leaf(value);
    this.#leaves.push(place);
  }

  async #member(): Promise<void> {
    const window = this.#window;
    const key = await this.#keyBehind();
    if (key === undefined) return this.#goOnBehind(window.at, 'not JSON: expected a key in quotes and ":"');
    if (LEAF_KEYS.includes(key)) return this.#goOnBehind(window.at, outOfPlace(key));
    this.#enterOwner(key);
    while (!this.#passSpace()) if (!(await window.more())) return;
    if (window.text[window.at] === '[') {
      const down = this.#pieces.leadsDown(key);
      if (down) this.#pieces.beginList(key);
      if (down || this.#beginMisnamed(key)) {
        window.at++;
        return;
      }
    }
    if (window.text[window.at] === '{' && this.#pieces.leadsDown(key)) {
      this.#refuse(window.at, window.at, `not JSON: expected "[" behind ${JSON.stringify(key)}, found "{"`);
      this.#pieces.beginList(key);
      return;
    }
    const value = await this.#value();
    if (value !== undefined) this.#pieces.member(key, value);
  }

  /** Begins the object whose member this is, where the bracket that did it was damaged. */
  #enterOwner(key: string): void {
    const above = standingOfKey(key)?.in;
    if (above === undefined || BELOW[above] === this.#pieces.level) return;
    this.#refuse(this.#window.at, this.#window.at, outOfPlace(key));
    this.#pieces.goTo(above);
    this.#pieces.begin();
  }

  /** Begins the list at the reader's place where its elements tell what its name does not. */
  #beginMisnamed(key: string): boolean {
    const { text, at } = this.#window;
    FIRST_KEY.lastIndex = at;
    const first = FIRST_KEY.exec(text)?.[1];
    if (first === undefined) return false;
    const level = LEAF_KEYS.includes(first) ? 'scope' : standingOfKey(first)?.in;
    if (level === undefined) return false;
    this.#refuse(at, at, misnamed(key, level));
    this.#pieces.goTo(level);
    return true;
  }

  /** The key at the reader's place, which moves behind its colon; undefined when there is none. */
  async #keyBehind(): Promise<string | undefined> {
    const window = this.#window;
    const KEY = /"(?:[^"\\\n]|\\.)*"\s*:/y;
    for (;;) {
      KEY.lastIndex = window.at;
      const found = KEY.exec(window.text)?.[0];
      if (found !== undefined) {
        try {
          const key = JSON.parse(found.slice(0, found.lastIndexOf('"') + 1)) as string;
          window.at += found.length;
          return key;
        } catch {
          return undefined;
        }
      }
      // Keys are short: with this much text there is none.
      if (window.text[window.at] !== '"' || window.text.length - window.at > 10_000) return undefined;
      if (!(await window.more())) return undefined;
    }
  }

  /** The value at the reader's place, which moves behind it. Undefined when it is not whole. */
  async #value(): Promise<JsonValue | undefined> {
    const window = this.#window;
    for (;;) {
      const { text, at } = window;
      const scan = new JsonScan();
      const end = scan.feed(text, at);
      const held = text.length - at;
      if (scan.state === 'whole' && (window.ended || end < text.length)) {
        try {
          const value = parseScanned(text.slice(at, end), scan.bare) as JsonValue;
          this.#chars += end - at;
          window.at = end;
          return value;
        } catch (error) {
          return this.#goOnBehind(end, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      // A broken word at the end of what is held may only be half of one.
      if (scan.state === 'broken' && (end < text.length - 20 || window.ended))
        return this.#goOnBehind(end, `not JSON: ${scan.problem}`);
      if (window.ended) return this.#tornOff(at);
      if (held > MAX_LINE_BYTES)
        return this.#goOnBehind(at + 1, `the value is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
      // Twice the text: a value is scanned from its start again, which must not happen for every chunk.
      window.drop();
      while ((await window.more()) && window.text.length < 2 * held);
    }
  }

  /** The source ends inside the value. */
  #tornOff(from: number): undefined {
    const window = this.#window;
    this.#mend(from, window.text.length);
    window.at = window.text.length;
    if (this.#input.live !== true) this.#refuse(from, window.at, CUT_OFF);
    this.#done = true;
  }

  /** What is left of a broken span, when it is still one. */
  #mend(from: number, to: number): void {
    if (!this.#pieces.atLeaves) return;
    const mended = mendJson(this.#window.text.slice(from, to))?.value;
    if (isLeaf(mended) && (mended.startTimeUnixNano ?? mended.start_time_unix_nano) !== undefined)
      this.#leaf(mended, this.#window.placeOf(from));
  }

  /** The value at the reader's place is broken at `at`: takes what can be read of it, refuses it, goes on behind it. */
  async #goOnBehind(at: number, problem: string): Promise<undefined> {
    const window = this.#window;
    const broken = at - window.at;
    let distance = broken;
    // Enough to find the next one in.
    while (window.text.length - window.at - distance < MAX_REFUSED_CHARS && (await window.more()));
    // A resource or scope that lost its bracket swallows what follows: its beginning is all that is sure of it.
    const from = this.#pieces.atLeaves ? window.at + Math.max(1, distance - 2) : window.at;
    let found = nextStanding(window.text, from);
    while (found === undefined && window.text.length - window.at < MAX_LINE_BYTES && (await window.more())) {
      found = nextStanding(window.text, window.at + distance);
      distance = Math.max(distance, window.text.length - window.at - MAX_REFUSED_CHARS);
    }
    const to = found?.at ?? window.text.length;
    this.#mend(window.at, to);
    this.#refuse(window.at, to, problem, Math.min(window.at + broken, window.text.length));
    window.at = to;
    // Another request is no part of this one.
    if (found?.in === undefined) this.#done = true;
    else this.#pieces.goTo(found.in);
  }

  #refuse(from: number, to: number, reason: string, shownAt = from): void {
    const { line, offset } = this.#window.placeOf(shownAt);
    const text = this.#window.text.slice(from, Math.min(to, from + MAX_REFUSED_CHARS));
    this.damaged = true;
    this.#input.refuse({ line, offset, reason, text });
  }
}
