import type { Input, Refusal } from './format.ts';
import { isJsonSpace, JsonScan, parseScanned } from './json-scan.ts';

/** One line of a source, without its line break. Empty lines are counted, but not handed out. */
export type Line = {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Byte at which the line begins. */
  readonly offset: number;
  /** False for a last line that has no line break: it may be torn. */
  readonly whole: boolean;
};

/** Longer lines are refused without being held: a real one of 16 MB exists, and a string ends at 512 MB. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Refused text is kept for a person to look at, not to be whole. */
export const MAX_REFUSED_CHARS = 64 * 1024;
/**
 * Bytes decoded at once. Lines are slices of the decoded text and keep all of it alive: with windows of 1 MiB the garbage
 * collector took four times as long over a file of 53 MB as with 64 KiB.
 */
const WINDOW_BYTES = 64 * 1024;

const NEWLINE = 10;
const RETURN = 13;

type Report = (refusal: Refusal) => void;

/** Bytes to lines, pushed. Decodes whole chunks: a decoder call for each line would cost more than parsing it. */
class LineSplitter {
  readonly #refuse: Report;
  /** What follows the last line break so far. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes already thrown away of a line that is too long; 0 when none is. */
  #skippedBytes = 0;
  #skippedStart = '';
  #number = 1;
  #offset = 0;
  /** The source is UTF-16: it was refused, and nothing more of it is looked at. */
  #foreign = false;

  constructor(refuse: Report) {
    this.#refuse = refuse;
  }

  push(bytes: Uint8Array): Line[] {
    if (this.#foreign) return [];
    let window = bytes;
    if (this.#skippedBytes > 0) {
      const end = window.indexOf(NEWLINE);
      this.#skippedBytes += end < 0 ? window.length : end + 1;
      if (end < 0) return [];
      this.#refuseSkipped();
      window = window.subarray(end + 1);
    }
    const last = window.lastIndexOf(NEWLINE);
    let lines: Line[] = [];
    if (last >= 0) {
      const whole = this.#withHeld(window.subarray(0, last + 1));
      lines = this.#split(whole);
      this.#offset += whole.length;
    }
    // A copy: the giver may use its buffer again.
    // A copy, of a Buffer too, whose own slice() is a view: who hands chunks over may use their memory again.
    if (last + 1 < window.length) this.#hold(Uint8Array.prototype.slice.call(window, last + 1));
    return lines;
  }

  /** The last line, when it has no line break. */
  end(): Line[] {
    if (this.#skippedBytes > 0) this.#refuseSkipped();
    if (this.#heldBytes === 0 || this.#foreign) return [];
    const rest = this.#withHeld(new Uint8Array(0));
    const lines = this.#split(rest);
    this.#offset += rest.length;
    return lines;
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= MAX_LINE_BYTES) return;
    this.#skippedBytes = this.#heldBytes;
    this.#skippedStart = decode(this.#withHeld(new Uint8Array(0)).subarray(0, MAX_REFUSED_CHARS));
  }

  #withHeld(bytes: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return bytes;
    const joined = new Uint8Array(this.#heldBytes + bytes.length);
    let at = 0;
    for (const part of this.#held) {
      joined.set(part, at);
      at += part.length;
    }
    joined.set(bytes, at);
    this.#held = [];
    this.#heldBytes = 0;
    return joined;
  }

  #refuseSkipped(): void {
    this.#refuseLong(this.#offset, this.#skippedStart);
    this.#offset += this.#skippedBytes;
    this.#skippedBytes = 0;
    this.#skippedStart = '';
    this.#number++;
  }

  #refuseLong(offset: number, text: string): void {
    this.#refuse({
      line: this.#number,
      offset,
      reason: `the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB, the most that is read`,
      text,
    });
  }

  /** `bytes` begins at a line's start and ends behind a line break, or at the end of the source. */
  #split(bytes: Uint8Array): Line[] {
    const lines: Line[] = [];
    if (this.#offset === 0 && isUtf16(bytes)) {
      this.#foreign = true;
      this.#refuse({ line: 1, offset: 0, reason: 'the text is UTF-16, expected UTF-8: save it as UTF-8' });
      return lines;
    }
    const text = decode(bytes);
    // As many characters as bytes: plain ASCII but for bytes that are no UTF-8, so positions agree.
    const aligned = text.length === bytes.length;
    const doubtful = text.includes('\ufffd');
    let at = 0;
    let byteAt = 0;
    while (at < text.length) {
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      const byteEnd = aligned ? end : found < 0 ? bytes.length : bytes.indexOf(NEWLINE, byteAt);
      const offset = this.#offset + byteAt;
      let from = at;
      if (offset === 0 && text.charCodeAt(0) === 0xfeff) from = 1;
      const to = end > from && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
      if (to > from) {
        if (byteEnd - byteAt > MAX_LINE_BYTES)
          this.#refuseLong(offset, text.slice(from, from + MAX_REFUSED_CHARS));
        else {
          const line = { text: text.slice(from, to), number: this.#number, offset, whole: found >= 0 };
          if (doubtful) this.#reportBytes(line, bytes.subarray(byteAt, byteEnd));
          lines.push(line);
        }
      }
      this.#number++;
      at = end + 1;
      byteAt = byteEnd + 1;
    }
    return lines;
  }

  /** The line is read all the same; only the bytes are lost. A replacement character that the source wrote is fine. */
  #reportBytes(line: Line, bytes: Uint8Array): void {
    if (!line.text.includes('\ufffd') || isUtf8(bytes)) return;
    this.#refuse({
      line: line.number,
      offset: line.offset,
      reason: 'the line has bytes that are not UTF-8; the line was read with "\ufffd" in their place',
      text: line.text.slice(0, MAX_REFUSED_CHARS),
    });
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** By its byte order mark: what a shell of Windows writes when output is sent to a file. */
function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * The lines of a source, in batches. Takes LF and CRLF, a byte order mark and bytes that are no UTF-8 (reported through
 * `input.refuse`). A last line without line break comes last when the source is finished, and never when it is live.
 */
export async function* readLines(input: Input): AsyncGenerator<readonly Line[], void, undefined> {
  const splitter = new LineSplitter((refusal) => input.refuse(refusal));
  for await (const chunk of input.chunks) {
    for (let at = 0; at < chunk.length; at += WINDOW_BYTES) {
      const lines = splitter.push(chunk.subarray(at, at + WINDOW_BYTES));
      if (lines.length > 0) yield lines;
    }
  }
  if (input.live) return;
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Sets a line aside, with the sentence why. */
export function refuseLine(line: Line, input: Input, reason: string): void {
  input.refuse({
    line: line.number,
    offset: line.offset,
    reason,
    text: line.text.slice(0, MAX_REFUSED_CHARS),
  });
}

/**
 * The JSON values of a line: one as a rule, several where writers lost a line break, NaN and Infinity as null. What is
 * broken is refused with its column; good values around it are returned. Use readJsonLines where values may span lines.
 */
export function parseJsonLine(line: Line, input: Input): unknown[] {
  try {
    return [JSON.parse(line.text)];
  } catch {
    const { values, problem, open } = salvageLine(line.text);
    if (open) refuseLine(line, input, CUT_OFF);
    else if (problem !== undefined) refuseLine(line, input, problem);
    return values;
  }
}

export const CUT_OFF = 'the value is cut off: the text ends before it does';

/** Attempts to find good values behind a broken one, in one line. */
const MAX_ATTEMPTS = 32;

/** `problem` says what could not be read; `open` is set when the line is the beginning of a value and nothing else. */
export type Salvage = { values: unknown[]; problem?: string; open?: { scan: JsonScan; from: number } };

/** What can be read of a line on which JSON.parse failed. */
export function salvageLine(text: string): Salvage {
  const first = readValues(text, 0);
  if (first.problem === undefined) return first;
  // A torn line and the next writer's first line, glued together: where reading stopped, or in the quote before, an
  // object begins that ends with the line.
  let next = text.indexOf('{"', Math.max(1, first.at - 2));
  for (let attempt = 0; next >= 0 && attempt < MAX_ATTEMPTS; attempt++) {
    const rest = readValues(text, next);
    if (rest.problem === undefined && !rest.open)
      return { values: [...first.values, ...rest.values], problem: first.problem };
    next = text.indexOf('{"', next + 1);
  }
  return { values: first.values, problem: first.problem };
}

/** All values from `from` to the end of the text, or to the first that is broken. */
function readValues(text: string, from: number): Salvage & { at: number } {
  const values: unknown[] = [];
  let at = from;
  for (;;) {
    // Commas between values: the lines of an array that has one element a line.
    while (at < text.length && (isJsonSpace(text.charCodeAt(at)) || (text[at] === ',' && values.length > 0)))
      at++;
    if (at >= text.length) return { values, at };
    const scan = new JsonScan();
    const end = scan.feed(text, at);
    let { problem } = scan;
    if (scan.state === 'whole') {
      try {
        values.push(parseScanned(text.slice(at, end), scan.bare));
        at = end;
        continue;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
    } else if (scan.state === 'open') {
      if (values.length === 0) return { values, open: { scan, from: at }, at: end };
      problem = CUT_OFF;
    }
    return { values, at: end, problem: `not JSON: ${problem} (column ${end + 1})` };
  }
}
