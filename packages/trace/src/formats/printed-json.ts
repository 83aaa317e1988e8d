import type { Input } from './format.ts';
import { JsonLineReader } from './json-lines.ts';
import type { Line } from './lines.ts';

type Takers = { value(value: unknown, line: Line): void; prose(line: Line): void };

/**
 * JSON among whatever else a program printed: a value begins at the start of a line, and goes on in lines that are indented
 * or close it. Any other line is prose.
 */
export class PrintedJson {
  readonly #json: JsonLineReader;
  readonly #takers: Takers;
  #inside = false;

  constructor(input: Input, takers: Takers) {
    this.#takers = takers;
    this.#json = new JsonLineReader(input, (value, line) => takers.value(value, line));
  }

  read(lines: readonly Line[]): void {
    for (const line of lines) {
      const first = line.text.trimStart()[0] ?? '';
      const continues = this.#inside && (/^\s/.test(line.text) || first === '}');
      this.#inside = first === '{' || continues;
      if (this.#inside) this.#json.read([line]);
      else if (first !== '') this.#takers.prose(line);
    }
  }

  end(): void {
    this.#json.end();
  }
}
