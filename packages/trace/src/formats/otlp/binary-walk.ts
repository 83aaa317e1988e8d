import type { Input } from '../format.ts';
import type { BinaryPiece, Leaf, ResourceBytes, ScopeBytes } from './binary-piece.ts';
import { type BinaryShape, frameLength, MOST_FRAME_BYTES } from './binary-shape.ts';
import type { ByteWindow } from './byte-window.ts';

/** Spans, and bytes, after which a piece is handed out. */
const PIECE_LEAVES = 500;
const PIECE_BYTES = 1024 * 1024;

/** A tag and a length, each at its longest. */
const HEAD_BYTES = 15;

/** Longer fields are refused: a span of this length is none. */
const MOST_FIELD_BYTES = 64 * 1024 * 1024;

const CUT_OFF = 'the message is cut off: the file ends before it does';

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The tags that lead down: resources in a request, scopes in a resource, spans or logs in a scope. */
const DOWN = [0x0a, 0x12, 0x12] as const;
/** Messages that are open: the request, a resource, a scope. */
type Depth = 1 | 2 | 3;

/** Reads requests in protobuf, whole or cut off, in pieces. What is inside of a broken message is passed by its length. */
export class BinaryWalk {
  readonly #input: Input;
  readonly #window: ByteWindow;
  /** Where the open messages end. */
  #ends: number[] = [];
  #resources: ResourceBytes[] = [];
  #isLogs = false;
  #leaves = 0;
  #bytes = 0;

  constructor(input: Input, window: ByteWindow) {
    this.#input = input;
    this.#window = window;
  }

  async *read(shape: BinaryShape): AsyncGenerator<BinaryPiece, void, undefined> {
    if (shape === 'message') yield* this.#request(Number.POSITIVE_INFINITY);
    else
      for (let end = await this.#frame(); end !== undefined; end = await this.#frame())
        yield* this.#request(end);
  }

  /** Where the next message ends; undefined when there is none. */
  async #frame(): Promise<number | undefined> {
    const window = this.#window;
    const head = await window.peek(5);
    if (head.length === 0) return undefined;
    if (head.length < 4) {
      this.#refuse(CUT_OFF);
      return undefined;
    }
    const length = frameLength(head);
    if (length > MOST_FRAME_BYTES || (head.length === 5 && length > 0 && head[4] !== DOWN[0])) {
      this.#refuse('no message begins here: the rest of the file cannot be read');
      return undefined;
    }
    window.pass(4);
    return window.offset + length;
  }

  async *#request(end: number): AsyncGenerator<BinaryPiece, void, undefined> {
    this.#ends = [end];
    while (this.#ends.length > 0) {
      const leaf = await this.#step();
      if (leaf === undefined) continue;
      const isLogs = isLog(leaf.content);
      if (isLogs !== this.#isLogs && this.#leaves > 0) yield this.#take();
      this.#isLogs = isLogs;
      this.#resources.at(-1)!.scopes.at(-1)!.leaves.push(leaf);
      this.#leaves++;
      this.#bytes += leaf.bytes.length;
      if (this.#leaves >= PIECE_LEAVES || this.#bytes >= PIECE_BYTES) yield this.#take();
    }
    if (this.#leaves > 0 || this.#resources.length > 0) yield this.#take();
    this.#resources = [];
  }

  /** What has come in so far. Open messages go on, with what is known of them. */
  #take(): BinaryPiece {
    const piece = { isLogs: this.#isLogs, resources: this.#resources };
    const resource = this.#resources.at(-1);
    const scope = resource?.scopes.at(-1);
    this.#leaves = 0;
    this.#bytes = 0;
    this.#resources = [];
    if (resource && this.#ends.length > 1)
      this.#resources.push({
        rest: [...resource.rest],
        scopes: scope && this.#ends.length > 2 ? [{ rest: [...scope.rest], leaves: [] }] : [],
      });
    return piece;
  }

  /** Reads one field. Gives it when it is a span or log. */
  async #step(): Promise<(Leaf & { content: Uint8Array }) | undefined> {
    const window = this.#window;
    const end = this.#ends.at(-1)!;
    if (window.offset >= end) {
      this.#ends.pop();
      return undefined;
    }
    const wanted = Math.min(HEAD_BYTES, end - window.offset);
    const head = await window.peek(wanted);
    if (head.length === 0) return this.#endOfSource(end);
    const found = fieldIn(head);
    if (found === undefined && head.length < wanted) return this.#cutOff(window.offset);
    if (found === undefined || window.offset + found.size > end) return this.#broken(end);
    const depth = this.#ends.length as Depth;
    if (found.tag === DOWN[depth - 1] && depth < 3) {
      window.pass(found.start);
      this.#ends.push(window.offset + found.size - found.start);
      if (depth === 1) this.#resources.push({ rest: [], scopes: [] });
      else this.#resources.at(-1)!.scopes.push({ rest: [], leaves: [] });
      return undefined;
    }
    if (found.size > MOST_FIELD_BYTES) return this.#broken(end);
    const { offset } = window;
    const held = await window.peek(found.size);
    if (held.length < found.size) {
      window.pass(held.length);
      return this.#cutOff(offset);
    }
    const bytes = held.slice();
    window.pass(found.size);
    if (found.tag === DOWN[2] && depth === 3) return { bytes, offset, content: bytes.subarray(found.start) };
    this.#restAt(depth)?.push(bytes);
    return undefined;
  }

  #restAt(depth: Depth): ScopeBytes['rest'] | undefined {
    const resource = this.#resources.at(-1);
    return depth === 1 ? undefined : depth === 2 ? resource?.rest : resource?.scopes.at(-1)?.rest;
  }

  /** A message without a length of its own ends with the source; every other one is cut off. */
  #endOfSource(end: number): undefined {
    if (end === Number.POSITIVE_INFINITY) this.#ends = [];
    else this.#cutOff(this.#window.offset);
  }

  #cutOff(offset: number): undefined {
    this.#refuse(CUT_OFF, offset);
    this.#ends = [];
  }

  /** A field that cannot be: what is left of the innermost message is passed. */
  async #broken(end: number): Promise<undefined> {
    const window = this.#window;
    const last = end === Number.POSITIVE_INFINITY;
    const rest = last ? 'the rest of the file' : `${end - window.offset} bytes`;
    this.#refuse(`not an OTLP message: a field is broken, ${rest} cannot be read`);
    this.#ends.pop();
    await window.skip(last ? Number.MAX_SAFE_INTEGER : end - window.offset);
  }

  #refuse(reason: string, offset = this.#window.offset): void {
    this.#input.refuse({ offset, reason });
  }
}

/** A span begins with its trace's id, a log with a time or a number. */
function isLog(content: Uint8Array): boolean {
  return content.length > 0 && content[0] !== 0x0a;
}

/** A field's tag, where its content starts and how long it is with both. Undefined where that is not to be seen. */
function fieldIn(head: Uint8Array): { tag: number; start: number; size: number } | undefined {
  const tag = varintIn(head, 0);
  if (tag === undefined || tag.value < 8) return undefined;
  const start = tag.next;
  const type = tag.value % 8;
  if (type === FIXED64) return { tag: tag.value, start, size: start + 8 };
  if (type === FIXED32) return { tag: tag.value, start, size: start + 4 };
  if (type !== VARINT && type !== BYTES) return undefined;
  const number = varintIn(head, start);
  if (number === undefined) return undefined;
  if (type === VARINT) return { tag: tag.value, start, size: number.next };
  return { tag: tag.value, start: number.next, size: number.next + number.value };
}

function varintIn(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    value += (bytes[at]! & 127) * 2 ** (7 * (at - from));
    if (bytes[at]! < 128) return { value, next: at + 1 };
  }
  return undefined;
}
