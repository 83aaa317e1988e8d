import type { JsonValue } from '../model/json.ts';
import { MAX_DEPTH } from '../model/record.ts';
import type { Redactor } from '../model/redact.ts';
import { plainValue, textOf } from './plain-value.ts';

/** Longest serialised value; a longer one has its texts cut. Readers take lines of 16 MiB, and a span has several values. */
const MAX_JSON = 4 << 20;
/** Short texts that repeat (names, kinds, models) are quoted once; free ones beyond this number are quoted each time. */
const MAX_QUOTED = 2000;
const MAX_QUOTED_LENGTH = 80;

/** Turns a program's values into JSON text, without secrets. Never throws. */
export class Serialiser {
  readonly #redactor: Redactor | undefined;
  readonly #quoted = new Map<string, string>();
  readonly #names = new Map<string, string | undefined>();

  constructor(redactor: Redactor | undefined) {
    this.#redactor = redactor;
  }

  /** A name as a JSON string. Takes anything, for callers without types. */
  quote(text: unknown): string {
    if (typeof text !== 'string') return this.quote(textOf(text) ?? '');
    const known = this.#quoted.get(text);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(this.#redactor === undefined ? text : this.#redactor.text(text));
    if (text.length <= MAX_QUOTED_LENGTH && this.#quoted.size < MAX_QUOTED) this.#quoted.set(text, quoted);
    return quoted;
  }

  /** Any value as JSON; undefined for nothing. */
  json(value: unknown): string | undefined {
    if (value === undefined) return undefined;
    let json: string | undefined;
    try {
      json = JSON.stringify(value);
    } catch {
      // BigInt, a cycle, a getter or proxy that throws, a text beyond V8's longest string.
    }
    // `{}` is what JSON makes of errors, maps and sets.
    if (json === undefined || json.length > MAX_JSON || json.includes('{}') || tooDeep(json)) {
      json = JSON.stringify(plainValue(value));
      if (json.length > MAX_JSON)
        json = JSON.stringify(`[${json.length} characters: too long for one record]`);
    }
    if (this.#redactor?.mayHold(json)) {
      json = JSON.stringify(this.#redactor.value(JSON.parse(json) as JsonValue));
    }
    return json;
  }

  /** An object with at least one field as JSON; undefined for anything else. */
  object(value: unknown): string | undefined {
    if (value === undefined) return undefined;
    try {
      const flat = this.#flat(value);
      if (flat !== undefined) return flat;
    } catch {
      // A getter that throws; the long way names it.
    }
    const json = this.json(value);
    return json !== undefined && json.length > 2 && json.startsWith('{') ? json : undefined;
  }

  /**
   * A plain object of short texts, numbers and flags: nearly all attributes. Its names and texts have been quoted and looked
   * through before, so it takes a third of JSON.stringify and the search for secrets. Undefined for any other.
   */
  #flat(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return undefined;
    let json = '';
    for (const name in value) {
      const prefix = this.#names.get(name) ?? this.#learnName(name);
      if (prefix === undefined) return undefined;
      const field = (value as Record<string, unknown>)[name];
      if (typeof field === 'number') json += prefix + (Number.isFinite(field) ? field : 'null');
      else if (typeof field === 'string' && field.length <= MAX_QUOTED_LENGTH)
        json += prefix + this.quote(field);
      else if (typeof field === 'boolean' || field === null) json += prefix + field;
      else if (field !== undefined) return undefined;
    }
    return json === '' ? undefined : `{${json.slice(1)}}`;
  }

  /** `,"name":`, or undefined for a name that asks for a closer look. */
  #learnName(name: string): string | undefined {
    if (name.length > MAX_QUOTED_LENGTH || this.#names.size >= MAX_QUOTED) return undefined;
    const quoted = JSON.stringify(name);
    const prefix = name === 'toJSON' || this.#redactor?.mayHold(`${quoted}:`) ? undefined : `,${quoted}:`;
    this.#names.set(name, prefix);
    return prefix;
  }

  text(text: string): string {
    return this.#redactor === undefined ? text : this.#redactor.text(text);
  }
}

/** True when the JSON nests as deep as the door refuses. Counting brackets comes first: almost nothing has that many. */
function tooDeep(json: string): boolean {
  const limit = MAX_DEPTH - 10;
  if (json.length < 2 * limit || !hasManyBrackets(json, limit)) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

function hasManyBrackets(json: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      if (++count > limit) return true;
    }
  }
  return false;
}
