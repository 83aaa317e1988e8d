import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { type Line, refuseLine } from '../lines.ts';
import { PrintedJson } from '../printed-json.ts';
import { isExecEvent } from './exec-event.ts';
import { ExecThread } from './exec-log.ts';

/** What a program that ran `codex exec --json` kept of its output: events, and whatever was printed beside them. */
export class ExecOutput {
  readonly #input: Input;
  readonly #json: PrintedJson;
  readonly #done: (readonly TraceRecord[])[] = [];
  #thread: ExecThread | undefined;
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
    if (this.#input.live === true) this.#thread?.settle(false);
  }

  *take(): Generator<readonly TraceRecord[]> {
    yield* this.#done.splice(0);
    const records = this.#thread?.take() ?? [];
    if (records.length > 0) yield records;
  }

  finish(): void {
    this.#json.end();
    if (this.#input.live === true) return;
    for (; this.#textLines > 0 && this.#thread !== undefined; this.#textLines--) this.#thread.count('text');
    this.#thread?.settle(true);
  }

  #take(value: unknown, line: Line): void {
    if (!isObject(value)) refuseLine(line, this.#input, 'expected an event of codex exec: a JSON object');
    else if (isExecEvent(value) || (value.type === 'error' && typeof value.message === 'string'))
      this.#threadOf(value).read(value);
    else if (this.#thread === undefined || typeof value.type !== 'string') this.#textLines++;
    // Events of versions to come are counted by their names.
    else this.#thread.count(value.type);
  }

  #threadOf(event: JsonObject): ExecThread {
    const named = event.type === 'thread.started' ? asString(event.thread_id) : undefined;
    const thread = this.#thread;
    if (thread !== undefined && (named === undefined || named === thread.id)) return thread;
    thread?.settle(true);
    if (thread !== undefined) this.#done.push(thread.take());
    this.#thread = new ExecThread(named ?? this.#input.runId ?? this.#stem());
    return this.#thread;
  }

  #stem(): string {
    return this.#input.name?.replace(/\.\w+$/, '') || 'codex-exec';
  }
}
