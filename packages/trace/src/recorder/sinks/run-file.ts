import { closeSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { clockUs, secondsText } from '../clock.ts';
import type { Sink } from '../sink.ts';
import { Backlog, droppedLine } from './backlog.ts';
import { makeFolders } from './make-folders.ts';

/** What waits in memory while the disk is full or read-only: 8 million characters, some 30 000 records. */
const MAX_WAITING = 8_000_000;
/** While writing fails it is tried again at most this often. */
const RETRY_MS = 500;
/** Batches are at most a little over 64 KiB, unless one record is larger. */
const SCRATCH_BYTES = 256 * 1024;

let scratch: Buffer | undefined;

type Later = (ms: number, fn: () => void) => () => void;

/**
 * telemetry.jsonl: every batch is appended by one write of whole lines, in the turn in which it comes. On trouble it keeps
 * lines in memory, drops the oldest beyond a limit, says so once, and recovers by itself.
 */
export class RunFile implements Sink {
  readonly path: string;
  readonly #folder: string;
  readonly #tell: (sentence: string) => void;
  readonly #later: Later;
  readonly #backlog = new Backlog(MAX_WAITING);
  #file: number | undefined;
  #closed = false;
  #failing = false;
  #told = false;
  #reported = 0;
  /** Records told to be lost. */
  #lost = 0;
  #nextTryMs = 0;
  #cancelRetry: (() => void) | undefined;
  /** The last write broke off inside a line: the next one begins on a new line. */
  #torn = false;

  constructor(folder: string, tell: (sentence: string) => void, later: Later) {
    this.#folder = folder;
    this.path = join(folder, 'telemetry.jsonl');
    this.#tell = tell;
    this.#later = later;
  }

  write(lines: string): void {
    if (this.#failing) {
      this.#backlog.add(lines);
      if (Date.now() >= this.#nextTryMs) this.#retry();
      return;
    }
    const rest = this.#append(lines);
    if (rest === '') {
      if (this.#closed) this.#release();
      return;
    }
    this.#failing = true;
    this.#backlog.add(rest);
    this.#scheduleRetry();
  }

  async flush(): Promise<void> {
    if (this.#failing) this.#retry();
  }

  async close(): Promise<void> {
    this.finish();
  }

  /** Tries a last time, and releases the file. */
  finish(): void {
    if (this.#failing) this.#retry();
    this.#closed = true;
    this.#release();
    const lost = this.#failing ? this.#backlog.count + this.#backlog.dropped : 0;
    if (lost > this.#lost) this.#tell(`${lost} records of ${this.path} are lost.`);
    this.#lost = Math.max(lost, this.#lost);
  }

  #retry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    while (this.#backlog.count > 0) {
      const lines = this.#backlog.take(64 * 1024);
      const rest = this.#append(lines.join(''));
      if (rest === '') continue;
      this.#backlog.putBack(rest.split(/(?<=\n)/));
      this.#scheduleRetry();
      return;
    }
    this.#failing = false;
    const { dropped } = this.#backlog;
    if (dropped > this.#reported) {
      this.#reported = dropped;
      this.write(droppedLine(secondsText(clockUs()), dropped));
      this.#tell(`${this.path} can be written again; ${dropped} records had to be dropped.`);
    }
    if (this.#closed) this.#release();
  }

  #scheduleRetry(): void {
    this.#nextTryMs = Date.now() + RETRY_MS;
    this.#cancelRetry ??= this.#later(RETRY_MS, () => this.#retry());
  }

  /** Appends text; returns the lines that did not get there. */
  #append(text: string): string {
    let bytes: Buffer | undefined;
    let written = 0;
    let length = 0;
    try {
      const file = this.#open();
      if (this.#torn) {
        writeSync(file, '\n');
        this.#torn = false;
      }
      bytes = bytesOf(text);
      length = bytes === scratch ? scratchLength : bytes.length;
      while (written < length) written += writeSync(file, bytes, written, length - written);
      return '';
    } catch (problem) {
      if (!this.#told) {
        this.#told = true;
        this.#tell(
          `${this.path} cannot be written (${reasonOf(problem)}). The program goes on; Tacho tries again.`,
        );
      }
      this.#release();
      if (bytes === undefined || written === 0) return text;
      // What is left begins with the line that was cut: it is written again, whole.
      const lineStart = bytes.lastIndexOf(0x0a, written - 1) + 1;
      this.#torn = lineStart < written;
      return bytes.toString('utf8', lineStart, length);
    }
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    makeFolders(this.#folder);
    this.#file = openSync(this.path, 'a');
    return this.#file;
  }

  #release(): void {
    if (this.#file === undefined) return;
    try {
      closeSync(this.#file);
    } catch {
      // A file whose disk went away cannot be closed either; the number is given up.
    }
    this.#file = undefined;
  }
}

let scratchLength = 0;

/** Encodes into one buffer that all runs share: half the time of a new buffer for each batch. */
function bytesOf(text: string): Buffer {
  // A UTF-16 unit becomes at most three bytes.
  if (text.length * 3 > SCRATCH_BYTES) return Buffer.from(text, 'utf8');
  scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  scratchLength = scratch.write(text, 0, 'utf8');
  return scratch;
}

function reasonOf(problem: unknown): string {
  const code = (problem as { code?: unknown }).code;
  return typeof code === 'string' ? code : String(problem);
}

/** Bytes and lines of a file; a last line without an end counts. Throws when it cannot be read. */
export function measureFile(path: string): { bytes: number; lines: number } {
  const { size } = statSync(path);
  const file = openSync(path, 'r');
  try {
    if (!fstatSync(file).isFile()) return { bytes: size, lines: 0 };
    const chunk = Buffer.allocUnsafe(64 * 1024);
    let bytes = 0;
    let lines = 0;
    let last = 0x0a;
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      for (let at = chunk.indexOf(0x0a); at >= 0 && at < count; at = chunk.indexOf(0x0a, at + 1)) lines++;
      bytes += count;
      last = chunk[count - 1]!;
    }
    return { bytes, lines: last === 0x0a ? lines : lines + 1 };
  } finally {
    closeSync(file);
  }
}
