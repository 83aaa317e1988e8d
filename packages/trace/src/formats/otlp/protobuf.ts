import { OtlpError } from './request.ts';
import { ShortTexts } from './short-texts.ts';

/** How a field's value is written. Groups are long deprecated, and skipped. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const GROUP = 3;
const GROUP_END = 4;
export const FIXED32 = 5;

/** 2^32, and what is left of it when nanoseconds become microseconds: 2^32 = 4 294 967 · 1000 + 296. */
const HIGH = 4294967296;
const HIGH_US = 4294967;
const HIGH_REST = 296;

const texts = new ShortTexts();

const HEX_PAIRS = Array.from({ length: 65536 }, (_, pair) => pair.toString(16).padStart(4, '0'));
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads the wire format of protocol buffers, forwards only. Everything that cannot be is an OtlpError. */
export class Protobuf {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;
  /** Upper half of the last varint read; the lower half is what `varint` returns. */
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Field number and wire type of the next field, as `number << 3 | type`. */
  tag(end: number): number {
    const first = this.#bytes[this.at]!;
    // All fields of our messages up to number 15 have a tag of one byte.
    if (first < 128 && this.at < end) {
      this.at++;
      if (first >= 8) return first;
      this.#fail('a field has the number 0', this.at - 1);
    }
    const from = this.at;
    const tag = this.varint(end);
    if (this.#high !== 0 || tag < 8) this.#fail('a field has a number that cannot be', from);
    return tag;
  }

  /** The lower 32 bits of a varint, unsigned. */
  varint(end: number): number {
    const from = this.at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) this.#fail('the message is cut off inside a number', from);
      const byte = this.#bytes[this.at++]!;
      const part = byte & 127;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (shift - 32);
      if (byte < 128) {
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    return this.#fail('a number is longer than ten bytes', from);
  }

  /** A signed 64-bit integer: a number where that is exact, else its digits. */
  int64(end: number): number | string {
    const low = this.varint(end);
    const high = this.#high;
    if (high === 0) return low;
    const negative = high >= 0x80000000;
    // Two's complement: invert and add one, over both halves.
    const plainLow = negative ? (~low + 1) >>> 0 : low;
    const plainHigh = negative ? (~high + (low === 0 ? 1 : 0)) >>> 0 : high;
    const value = plainHigh * HIGH + plainLow;
    if (plainHigh < 0x200000) return negative ? -value : value;
    return `${negative ? '-' : ''}${digitsOf(plainHigh, plainLow)}`;
  }

  fixed32(end: number): number {
    this.#need(4, end);
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  double(end: number): number {
    this.#need(8, end);
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** Nanoseconds as whole microseconds, exact: 64 bits do not fit a double, their two halves do. */
  nanosAsUs(end: number): number {
    this.#need(8, end);
    const low = this.#view.getUint32(this.at, true);
    const high = this.#view.getUint32(this.at + 4, true);
    this.at += 8;
    return high * HIGH_US + Math.floor((high * HIGH_REST + low) / 1000);
  }

  /** End of the part that begins here: a text, bytes, or a message inside this one. */
  part(end: number): number {
    const from = this.at;
    const length = this.varint(end);
    if (this.#high !== 0 || length > end - this.at) {
      const left = end - this.at;
      this.#fail(`the message is cut off: a part has ${length} bytes, and ${left} are left`, from);
    }
    return this.at + length;
  }

  text(end: number): string {
    const to = this.part(end);
    const text = texts.read(this.#bytes, this.#view, this.at, to);
    this.at = to;
    return text;
  }

  /** Bytes as lower-case hex. */
  hex(end: number): string {
    const to = this.part(end);
    let text = '';
    for (; this.at + 1 < to; this.at += 2)
      text += HEX_PAIRS[(this.#bytes[this.at]! << 8) | this.#bytes[this.at + 1]!];
    if (this.at < to) text += HEX_PAIRS[this.#bytes[this.at++]!]!.slice(2);
    return text;
  }

  base64(end: number): string {
    const to = this.part(end);
    let text = '';
    for (; this.at < to; this.at += 3) {
      const left = to - this.at;
      const second = left > 1 ? this.#bytes[this.at + 1]! : 0;
      const third = left > 2 ? this.#bytes[this.at + 2]! : 0;
      const bits = (this.#bytes[this.at]! << 16) | (second << 8) | third;
      text += BASE64[bits >> 18]! + BASE64[(bits >> 12) & 63]!;
      text += left > 1 ? BASE64[(bits >> 6) & 63]! : '=';
      text += left > 2 ? BASE64[bits & 63]! : '=';
    }
    this.at = to;
    return text;
  }

  /** Steps over the value of a field that means nothing to us. */
  skip(tag: number, end: number): void {
    const from = this.at;
    let depth = 0;
    for (let type = tag & 7; ; type = this.tag(end) & 7) {
      if (type === VARINT) this.varint(end);
      else if (type === FIXED64 || type === FIXED32) {
        const size = type === FIXED64 ? 8 : 4;
        this.#need(size, end);
        this.at += size;
      } else if (type === BYTES) this.at = this.part(end);
      else if (type === GROUP) depth++;
      else if (type === GROUP_END && depth > 0) depth--;
      else this.#fail(`a field has the wire type ${type}, which there is not`, from);
      if (depth === 0) return;
    }
  }

  #need(size: number, end: number): void {
    if (size > end - this.at)
      this.#fail(`the message is cut off: ${size} bytes are needed, and ${end - this.at} are left`, this.at);
  }

  #fail(what: string, offset: number): never {
    throw new OtlpError(`not an OTLP message: ${what} (byte ${offset})`, offset);
  }
}

/** 64 bits as decimal digits, six at a time: their rest times 2^32 is still exact. */
function digitsOf(high: number, low: number): string {
  let text = '';
  let [upper, lower] = [high, low];
  while (upper > 0) {
    const joined = (upper % 1e6) * HIGH + lower;
    upper = Math.floor(upper / 1e6);
    lower = Math.floor(joined / 1e6);
    text = String(joined % 1e6).padStart(6, '0') + text;
  }
  return String(lower) + text;
}
