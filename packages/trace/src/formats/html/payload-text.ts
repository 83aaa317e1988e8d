import { isObject, type JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';

/**
 * The beginning of an input or an output as people read it: text as it is, everything else as indented JSON without
 * looking at more of it than is shown. At most about `limit` characters.
 */
export function payloadText(value: JsonValue | undefined, limit: number): string {
  const simple = bareText(value);
  if (simple !== undefined) return shortened(simple, limit);
  const writer = new Writer(limit);
  writer.write(value ?? null);
  return shortened(writer.text, limit);
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${cutText(text, limit).trimEnd()}…`;
}

/** A string, or an object with nothing but a text in it. */
function bareText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value) || typeof value.text !== 'string') return undefined;
  return Object.keys(value).every((key) => key === 'text' || key === 'length' || key === 'type')
    ? value.text
    : undefined;
}

type Open = { close: string; entries: Iterator<[string | undefined, JsonValue | undefined]>; first: boolean };

/** JSON that stops where there is enough of it. Containers that are open stand in a list: their depth comes from data. */
class Writer {
  text = '';
  readonly #limit: number;
  readonly #open: Open[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(value: JsonValue): void {
    this.#begin(value);
    while (this.#open.length > 0 && this.text.length <= this.#limit) {
      const container = this.#open.at(-1)!;
      const { done, value: entry } = container.entries.next();
      if (done) {
        this.#open.pop();
        this.text += container.first ? container.close : `\n${this.#indent()}${container.close}`;
        continue;
      }
      const [key, item] = entry;
      this.text += `${container.first ? '' : ','}\n${this.#indent()}${key === undefined ? '' : `${JSON.stringify(cutText(key, this.#limit))}: `}`;
      container.first = false;
      this.#begin(item ?? null);
    }
  }

  #begin(value: JsonValue): void {
    if (Array.isArray(value)) {
      this.text += '[';
      this.#open.push({ close: ']', entries: items(value), first: true });
    } else if (isObject(value)) {
      this.text += '{';
      this.#open.push({ close: '}', entries: fields(value), first: true });
    } else if (typeof value === 'string') {
      // Line breaks stand as such: this is for reading, not for parsing.
      this.text += JSON.stringify(cutText(value, this.#limit))
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t');
    } else this.text += String(value);
  }

  #indent(): string {
    return '  '.repeat(Math.min(this.#open.length, 20));
  }
}

function* items(list: readonly JsonValue[]): Generator<[undefined, JsonValue]> {
  for (const item of list) yield [undefined, item];
}

function* fields(object: {
  [key: string]: JsonValue | undefined;
}): Generator<[string, JsonValue | undefined]> {
  for (const key in object) if (object[key] !== undefined) yield [key, object[key]];
}
