import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { JsonLineReader } from '../json-lines.ts';
import { type Line, readLines, refuseLine, salvageLine } from '../lines.ts';
import { isBareUsage } from './message.ts';
import { Session } from './session.ts';
import { TextUsage, usageInObject } from './text-usage.ts';

/** Sessions of one log that are kept apart: several processes may write into it. */
const MOST_SESSIONS = 50;

/**
 * Records of what `claude -p` printed, a batch for each chunk. Lines that are no JSON are counted, and looked through for
 * usage, which counts only where no session's messages are.
 */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const output = new Output(input);
  for await (const lines of readLines(input)) {
    output.read(lines);
    yield* output.take();
  }
  if (input.live === true) return;
  output.finish();
  yield* output.take();
}

class Output {
  readonly #input: Input;
  readonly #json: JsonLineReader;
  readonly #sessions = new Map<string, Session>();
  readonly #text = new TextUsage();
  readonly #retired: (readonly TraceRecord[])[] = [];
  #current: Session | undefined;
  #textLines = 0;
  /** A value goes on over further lines. */
  #inside = false;

  constructor(input: Input) {
    this.#input = input;
    this.#json = new JsonLineReader(input, (value, line) => this.#take(value, line));
  }

  read(lines: readonly Line[]): void {
    for (const line of lines) {
      // A value begins at the line's start, and goes on in lines that are indented or close it.
      const first = line.text.trimStart()[0] ?? '';
      const begins = first === '{' || first === '[';
      const continues = this.#inside && (/^\s/.test(line.text) || '}]'.includes(first));
      if (begins || continues) {
        this.#inside = true;
        this.#json.read([line]);
      } else {
        this.#inside = false;
        this.#prose(line);
      }
    }
  }

  *take(): Generator<readonly TraceRecord[]> {
    yield* this.#retired.splice(0);
    for (const session of this.#sessions.values()) {
      const records = session.take();
      if (records.length > 0) yield records;
    }
  }

  finish(): void {
    this.#json.end();
    const usage = this.#sessions.size === 0 ? this.#text.usage : undefined;
    if (usage !== undefined) this.#session(undefined).readUsage(usage);
    else if (this.#sessions.size === 0 && this.#textLines > 0)
      this.#input.refuse({
        line: 1,
        reason:
          'no message of claude and no usage: expected JSON with a type, or lines with input_tokens and output_tokens',
      });
    for (let no = 0; no < this.#textLines && this.#current !== undefined; no++) this.#current.count('text');
    for (const session of this.#sessions.values()) session.finish();
  }

  #prose(line: Line): void {
    this.#textLines++;
    this.#text.add(line.text);
    const brace = line.text.indexOf('{"');
    if (brace < 0) return;
    for (const value of salvageLine(line.text.slice(brace)).values) {
      if (!isObject(value)) continue;
      if (typeof value.type === 'string' && typeof value.session_id === 'string') this.#message(value);
      else if (isBareUsage(value)) this.#bareUsage(value);
    }
  }

  #take(value: unknown, line: Line): void {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!isObject(item)) refuseLine(line, this.#input, 'expected a JSON object with a "type"');
      else if (typeof item.type === 'string' && item.type !== 'message') this.#message(item);
      else if (isBareUsage(item)) this.#bareUsage(item);
      else refuseLine(line, this.#input, 'expected a message of claude: the field "type" is missing');
    }
  }

  #message(line: JsonObject): void {
    this.#session(asString(line.session_id)).read(line);
  }

  #bareUsage(line: JsonObject): void {
    const usage = usageInObject(line);
    if (usage !== undefined) this.#session(undefined).readUsage(usage);
  }

  /** The session of a line; lines that name none belong to the one before. */
  #session(id: string | undefined): Session {
    if (id === undefined && this.#current !== undefined) return this.#current;
    const runId = id ?? this.#input.runId ?? this.#stem();
    let session = this.#sessions.get(runId);
    if (session === undefined) {
      session = new Session(runId, this.#input.live === true);
      this.#sessions.set(runId, session);
      if (this.#sessions.size > MOST_SESSIONS) this.#retire();
    }
    this.#current = session;
    return session;
  }

  #retire(): void {
    const [runId, session] = this.#sessions.entries().next().value!;
    this.#sessions.delete(runId);
    session.finish();
    this.#retired.push(session.take());
  }

  #stem(): string {
    return this.#input.name?.replace(/\.\w+$/, '') || 'claude-output';
  }
}
