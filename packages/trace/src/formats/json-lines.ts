import type { Head, Input } from './format.ts';
import { isJsonSpace, type JsonScan, parseScanned } from './json-scan.ts';
import { CUT_OFF, type Line, MAX_LINE_BYTES, readLines, refuseLine, salvageLine } from './lines.ts';

/** A value and the line on which it begins. */
export type JsonItem = { readonly value: unknown; readonly line: Line };

/** A value that goes on over further lines: pretty-printed JSON in a file of lines. */
type OpenValue = { first: Line; texts: string[]; chars: number; scan: JsonScan };

/**
 * JSON values out of lines, pushed: one a line, several a line, one over many lines, or an array with an element a line.
 * What cannot be read goes to `input.refuse`; everything else to `take`.
 */
export class JsonLineReader {
  readonly #input: Input;
  readonly #take: (value: unknown, line: Line) => void;
  #open: OpenValue | undefined;
  /** The lines that follow belong to a value that was refused already. */
  #inRefused = false;
  /** A line with nothing but `[` came: one with nothing but `]` may. */
  #inArray = false;

  constructor(input: Input, take: (value: unknown, line: Line) => void) {
    this.#input = input;
    this.#take = take;
  }

  read(lines: readonly Line[]): void {
    for (const line of lines) {
      if (this.#open !== undefined || this.#inRefused) {
        if (this.#continue(line)) continue;
      }
      let value: unknown;
      try {
        value = JSON.parse(line.text);
      } catch {
        this.#salvage(line);
        continue;
      }
      this.#take(value, line);
    }
  }

  /** The source is finished: a value that is still open was torn off. A live source goes on, and its open value too. */
  end(): void {
    if (this.#open && !this.#input.live) this.#refuseOpen(CUT_OFF);
  }

  /** Whether the line belongs to the value before it, open or refused. */
  #continue(line: Line): boolean {
    // Printers indent what is inside a value. A line that is not indented begins something new, so that a torn line
    // never swallows the good ones behind it.
    const code = line.text.charCodeAt(0);
    const inside = isJsonSpace(code) || code === 125 || code === 93;
    if (this.#open === undefined) {
      this.#inRefused = inside;
      if (!inside) return false;
      const salvage = /^\s*\{/.test(line.text) ? salvageLine(line.text) : undefined;
      for (const value of salvage?.values ?? []) this.#take(value, line);
      return true;
    }
    if (!inside) {
      const onlyBracket = this.#open.texts.length === 1 && this.#open.first.text.trim() === '[';
      if (onlyBracket) {
        this.#inArray = true;
        this.#open = undefined;
      } else this.#refuseOpen(CUT_OFF);
      return false;
    }
    return this.#extend(this.#open, line);
  }

  #extend(open: OpenValue, line: Line): boolean {
    open.texts.push(line.text);
    open.chars += line.text.length;
    open.scan.skip(1);
    const end = open.scan.feed(line.text);
    if (open.scan.state === 'open') {
      if (open.chars > MAX_LINE_BYTES)
        this.#refuseOpen(
          `the value is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; write one value a line`,
        );
      return true;
    }
    let problem = `not JSON: ${open.scan.problem} (line ${line.number}, column ${end + 1})`;
    const rest = line.text.slice(end).trim();
    if (open.scan.state === 'whole' && (rest === '' || rest === ',')) {
      const text = open.texts.join('\n');
      try {
        const value = parseScanned(text.slice(0, text.length - (line.text.length - end)), open.scan.bare);
        this.#open = undefined;
        this.#take(value, open.first);
        return true;
      } catch (error) {
        problem = `not JSON: ${error instanceof Error ? error.message : String(error)}`;
      }
    } else if (open.scan.state === 'whole')
      problem = `not JSON: text follows the value (line ${line.number}, column ${end + 1})`;
    this.#refuseOpen(problem);
    this.#continue(line);
    return true;
  }

  #salvage(line: Line): void {
    if (this.#inArray && line.text.trim() === ']') {
      this.#inArray = false;
      return;
    }
    const { values, problem, open } = salvageLine(line.text);
    if (open && line.whole) {
      const text = line.text.slice(open.from);
      this.#open = { first: line, texts: [text], chars: text.length, scan: open.scan };
    } else if (open) refuseLine(line, this.#input, CUT_OFF);
    else if (problem !== undefined) refuseLine(line, this.#input, problem);
    for (const value of values) this.#take(value, line);
  }

  #refuseOpen(reason: string): void {
    const { first, texts } = this.#open!;
    refuseLine({ ...first, text: texts.join('\n') }, this.#input, reason);
    this.#open = undefined;
    this.#inRefused = true;
  }
}

/** The JSON values of a source, in batches, each with the line on which it begins. */
export async function* readJsonLines(input: Input): AsyncGenerator<readonly JsonItem[], void, undefined> {
  let items: JsonItem[] = [];
  const reader = new JsonLineReader(input, (value, line) => items.push({ value, line }));
  for await (const lines of readLines(input)) {
    reader.read(lines);
    if (items.length > 0) yield items;
    items = [];
  }
  reader.end();
  if (items.length > 0) yield items;
}

/** The JSON values in the first lines of a head, read as the source itself would be. What is broken is left out. */
export function headValues(head: Head, maxLines: number): unknown[] {
  const texts = head.text.split('\n', maxLines + 1);
  // The last one may be cut in the middle.
  if (texts.length > maxLines || (!head.complete && texts.length > 1)) texts.pop();
  const values: unknown[] = [];
  const reader = new JsonLineReader({ chunks: noChunks(), refuse: () => {} }, (value) => values.push(value));
  reader.read(texts.map((text, at) => ({ text, number: at + 1, offset: 0, whole: true })));
  return values;
}

async function* noChunks(): AsyncGenerator<Uint8Array, void, undefined> {}
