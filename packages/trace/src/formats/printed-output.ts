import { isObject, type JsonObject } from '../model/json.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Input } from './format.ts';
import { type Line, refuseLine } from './lines.ts';
import { PrintedJson } from './printed-json.ts';

/** What was printed of one session becomes its records. */
export interface PrintedSession {
  readonly id: string;
  /** A line of an unknown kind, by its name. */
  count(kind: string): void;
  take(): readonly TraceRecord[];
  settle(final: boolean): void;
}

/** What an agent prints. */
export type Printed<Session extends PrintedSession> = {
  /** After `expected`, in a sentence. */
  readonly expected: string;
  /** The session of a file that names none, and has no name itself. */
  readonly fallbackId: string;
  /** How the value is read; undefined where it is none of the agent's. */
  readerOf(value: JsonObject): ((session: Session) => void) | undefined;
  /** The session that a value names. */
  idIn(value: JsonObject): string | undefined;
  open(id: string): Session;
};

/** What a program that ran an agent kept of its output: the agent's values, and whatever was printed beside them. */
export class PrintedOutput<Session extends PrintedSession> {
  readonly #input: Input;
  readonly #printed: Printed<Session>;
  readonly #json: PrintedJson;
  readonly #done: (readonly TraceRecord[])[] = [];
  #session: Session | undefined;
  #textLines = 0;

  constructor(input: Input, printed: Printed<Session>) {
    this.#input = input;
    this.#printed = printed;
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
    if (!isObject(value)) {
      refuseLine(line, this.#input, `expected ${this.#printed.expected}: a JSON object`);
      return;
    }
    const read = this.#printed.readerOf(value);
    if (read !== undefined) read(this.#sessionOf(value));
    else if (this.#session === undefined || typeof value.type !== 'string') this.#textLines++;
    // Events of versions to come are counted by their names.
    else this.#session.count(value.type);
  }

  #sessionOf(value: JsonObject): Session {
    const named = this.#printed.idIn(value);
    const session = this.#session;
    if (session !== undefined && (named === undefined || named === session.id)) return session;
    session?.settle(true);
    if (session !== undefined) this.#done.push(session.take());
    this.#session = this.#printed.open(named ?? this.#input.runId ?? this.#stem());
    return this.#session;
  }

  #stem(): string {
    return this.#input.name?.replace(/\.\w+$/, '') || this.#printed.fallbackId;
  }
}
