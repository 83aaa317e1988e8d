import type { JsonValue } from '../../model/json.ts';
import { isObject, type JsonObject, putField } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { type DocumentPart, readJsonDocument } from '../json-document.ts';
import { JsonLineReader } from '../json-lines.ts';
import { readLines } from '../lines.ts';
import { PrintedOutput } from '../printed-output.ts';
import { Conversation } from './conversation.ts';
import { isLogEntry } from './detect.ts';
import { OUTPUT } from './output.ts';
import { beginsOutput, isOutput } from './output-value.ts';

const PROMPT_LOG =
  'a log of prompts without answers: the sessions themselves lie beside it, in the folder "chats"';
/** The lists that may be long. */
const LISTS = ['messages', 'history', ''];
const ENOUGH = 65_536;

type Place = { line: number; offset: number };

/** Records of a session's own file, or of what the CLI printed. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const { source, lines, printed } = await looked(input);
  if (!printed) yield* readSession(source, lines);
  else {
    const output = new PrintedOutput(source, OUTPUT);
    for await (const batch of readLines(source)) {
      output.read(batch);
      yield* output.take();
    }
    output.finish();
    yield* output.take();
  }
}

/**
 * Records of a session. A document is read member by member; a file of lines, and whatever is followed while it grows, value
 * by value: both say the same. A session announces no end: what is at work when the file ends stays open.
 */
async function* readSession(
  source: Input,
  lines: boolean,
): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const conversation = new Conversation({ name: source.name, runId: source.runId });
  const reader = new SessionReader(conversation, source);
  if (lines) {
    const values = new JsonLineReader(source, (value, line) =>
      reader.value(value as JsonValue, { line: line.number, offset: line.offset }),
    );
    for await (const batch of readLines(source)) {
      values.read(batch);
      if (source.live === true) conversation.settle(false);
      const records = conversation.take();
      if (records.length > 0) yield records;
    }
    values.end();
  } else
    for await (const parts of readJsonDocument(source, LISTS)) {
      for (const part of parts) reader.part(part);
      const records = conversation.take();
      if (records.length > 0) yield records;
    }
  reader.end();
  if (source.live !== true) conversation.settle(true);
  const rest = conversation.take();
  if (rest.length > 0) yield rest;
}

type Looked = { source: Input; lines: boolean; printed: boolean };

/** Whether the source is an output, or a file of lines, by its first ones. Its bytes are not lost by looking. */
async function looked(input: Input): Promise<Looked> {
  const iterator = input.chunks[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  const decoder = new TextDecoder();
  let text = '';
  let printed: boolean | undefined;
  while (text.length < ENOUGH && printed === undefined) {
    const next = await iterator.next();
    if (next.done === true) {
      printed = isOutput(text, true);
      break;
    }
    // A copy: the giver may use its buffer again.
    held.push(next.value.slice());
    text += decoder.decode(next.value, { stream: true });
    printed = isOutput(text, false);
  }
  printed ??= beginsOutput(text);
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* held;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  const source: Input = { ...input, chunks: chunks(), refuse: (refusal) => input.refuse(refusal) };
  return { source, printed, lines: input.live === true || isLine(text.trimStart().split('\n', 1)[0]!) };
}

/** A whole object that is no session: the first of several lines. */
function isLine(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && value.messages === undefined && value.history === undefined;
  } catch {
    return false;
  }
}

/** Tells what a value is: a session, a line that describes or changes it, or a message. */
class SessionReader {
  readonly #conversation: Conversation;
  readonly #input: Input;
  /** Members of the document at hand, gathered until it ends or its list begins. */
  #members: { document: number; value: JsonObject; place: Place; listed: boolean } | undefined;
  #loggedPrompts = false;

  constructor(conversation: Conversation, input: Input) {
    this.#conversation = conversation;
    this.#input = input;
  }

  value(value: JsonValue, place: Place): void {
    if (Array.isArray(value)) for (const item of value) this.#item(item, place);
    else if (!isObject(value)) this.#refuse(place);
    else if (Array.isArray(value.messages) || Array.isArray(value.history)) this.#session(value, place);
    else this.#line(value, place);
  }

  part({ document, key, index, value, place, mended }: DocumentPart): void {
    if (this.#members?.document !== document) this.end();
    if (index !== undefined) {
      if (this.#members !== undefined && !this.#members.listed) {
        this.#conversation.describe(this.#members.value);
        this.#members = { document, value: {}, place, listed: true };
      }
      this.#members ??= { document, value: {}, place, listed: true };
      this.#item(value as JsonValue, place, mended);
    } else if (key === '') this.value(value as JsonValue, place);
    else {
      this.#members ??= { document, value: {}, place, listed: false };
      putField(this.#members.value, key, value as JsonValue);
    }
  }

  /** The document at hand has no more members. */
  end(): void {
    const members = this.#members;
    this.#members = undefined;
    if (members === undefined) return;
    if (!members.listed) this.#line(members.value, members.place);
    else if (Object.keys(members.value).length > 0) this.#conversation.describe(members.value);
  }

  #session(value: JsonObject, place: Place): void {
    const { messages, history, ...facts } = value;
    this.#conversation.describe(facts);
    for (const list of [messages, history])
      if (Array.isArray(list)) for (const item of list) this.#item(item, place);
  }

  #line(value: JsonObject, place: Place): void {
    const { $set: changes, $rewindTo: target } = value;
    if (isObject(changes)) {
      if (Array.isArray(changes.messages)) this.#session(changes, place);
      else this.#conversation.describe(changes);
    } else if (typeof target === 'string') this.#conversation.rewind(target);
    else if (typeof value.sessionId === 'string' && value.type === undefined)
      this.#conversation.describe(value);
    else {
      this.#conversation.begunWithoutName();
      this.#item(value, place);
    }
  }

  #item(item: JsonValue, place: Place, mended = false): void {
    if (isObject(item) && isLogEntry(item)) {
      if (!this.#loggedPrompts) this.#input.refuse({ ...place, reason: PROMPT_LOG });
      this.#loggedPrompts = true;
    } else if (!isObject(item) || !this.#conversation.message(item, mended)) this.#refuse(place);
  }

  #refuse(place: Place): void {
    this.#input.refuse({
      ...place,
      reason: 'expected a message of a Gemini CLI session, with "type" and "content"',
    });
  }
}
