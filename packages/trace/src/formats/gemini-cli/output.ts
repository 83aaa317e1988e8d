import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { type Line, refuseLine } from '../lines.ts';
import { PrintedJson } from '../printed-json.ts';
import { OutputSession } from './output-session.ts';
import { isReport, isStreamEvent } from './output-value.ts';

/** What a program that ran the CLI kept of its output: a report or events, and whatever was printed beside them. */
export class Output {
  readonly #input: Input;
  readonly #json: PrintedJson;
  readonly #done: (readonly TraceRecord[])[] = [];
  #session: OutputSession | undefined;
  #textLines = 0;

  constructor(input: Input) {
    this.#input = input;
    this.#json = new PrintedJson(input, {
      value: (value, line) => this.#take(value, line),
      prose: () => this.#textLines++,
    });
  }

  read(lines: readonly Line[]): void {
    this.#json.read(lines);
    if (this.#input.live === true) this.#session?.settle(false);
  }

  *take(): Generator<readonly TraceRecord[]> {
    yield* this.#done.splice(0);
    const records = this.#session?.take() ?? [];
    if (records.length > 0) yield records;
  }

  finish(): void {
    this.#json.end();
    if (this.#input.live === true) return;
    for (; this.#textLines > 0 && this.#session !== undefined; this.#textLines--) this.#session.count('text');
    this.#session?.settle(true);
  }

  #take(value: unknown, line: Line): void {
    if (!isObject(value)) refuseLine(line, this.#input, 'expected an output of Gemini CLI: a JSON object');
    else if (isStreamEvent(value)) this.#sessionOf(value).read(value);
    else if (isReport(value)) this.#sessionOf(value).report(value);
    else if (this.#session === undefined || typeof value.type !== 'string') this.#textLines++;
    // Events of versions to come are counted by their names.
    else this.#session.count(value.type);
  }

  #sessionOf(value: JsonObject): OutputSession {
    const named = asString(value.session_id);
    const session = this.#session;
    if (session !== undefined && (named === undefined || named === session.id)) return session;
    session?.settle(true);
    if (session !== undefined) this.#done.push(session.take());
    this.#session = new OutputSession(named ?? this.#input.runId ?? this.#stem());
    return this.#session;
  }

  #stem(): string {
    return this.#input.name?.replace(/\.\w+$/, '') || 'gemini-cli-output';
  }
}
