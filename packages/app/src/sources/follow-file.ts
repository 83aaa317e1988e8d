import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Format, Head, Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import { fingerprintHead, fingerprintOf, matchesFingerprint } from './fingerprint.ts';
import type { Joiner } from './join/joiner.ts';
import { afterLastLine, afterNextLine, byteRange, countLines, isWholeObject } from './line-ends.ts';
import { LiveReader } from './live-reader.ts';
import { headOf, notText, openFile } from './read-file.ts';
import { RefusalBook, readSource } from './read-source.ts';
import { recognise, recogniseBytes } from './recognise.ts';
import type { RecordSink, SourcePosition } from './record-sink.ts';
import { runIdHint } from './run-id-hint.ts';
import { derivedFrom, isGone } from './walk.ts';

const HEAD_BYTES = 64 * 1024;
/** Read and committed in one piece: a restart in a large backlog repeats at most this much. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Silence after which a document counts as written completely. */
const SETTLE_MS = 1_500;
const LINE_END = new Uint8Array([0x0a]);

export type FollowFileOptions = {
  readonly sink: RecordSink;
  /** Knows what belongs together: a trial's files become one run. */
  readonly joiner: Joiner;
  readonly onPosition: (position: SourcePosition) => void;
  /** The position of a file that begins like this one and has gone from where it was: it was renamed. */
  readonly renamedFrom: (path: string, head: Uint8Array) => Promise<SourcePosition | undefined>;
  /** The file's name leads to another file now: how far the one with this id was read, should it turn up elsewhere. */
  readonly onLeft: (id: string, position: SourcePosition) => void;
};

/** One file in a watched folder: how far it is read, and what is held open for it. */
export class FollowedFile {
  path: string;
  /** Device and inode that are open, or were at the last look. */
  id: string | undefined;
  position: SourcePosition | undefined;
  /** What the last look found under the path; undefined when there was no file. */
  seen: { id: string; size: number; modifiedMs: number } | undefined;
  /** When something was read last, on Date.now()'s clock. */
  readAtMs = 0;
  readonly #options: FollowFileOptions;
  #handle: FileHandle | undefined;
  #format: Format | undefined;
  /** Read whole, although its format can be followed. */
  #isDocument = false;
  #reader: LiveReader | undefined;
  #refusals = new RefusalBook();
  /** Size at which no format knew the file. */
  #unknownSize: number | undefined;
  /** Size and time of a file that is read whole once it has settled. */
  #settling: { size: number; modifiedMs: number; sinceMs: number } | undefined;
  /** Lines before an offset, counted when a refusal needs them. */
  #lines = { offset: 0, lines: 0 };
  #runIds = new Set<string>();
  #lastRunId: string | undefined;

  constructor(path: string, position: SourcePosition | undefined, options: FollowFileOptions) {
    this.path = path;
    this.#options = options;
    this.#resume(position);
  }

  /** True while it holds a file open, or a reader with what it knows. */
  get warm(): boolean {
    return this.#handle !== undefined;
  }

  /**
   * Reads what is new. Returns after how many milliseconds to look again although nothing changes; undefined when only
   * a change is of interest. Throws what the file system or the sink failed with: nothing is lost, look again later.
   */
  async look(): Promise<number | undefined> {
    try {
      return await this.#look();
    } catch (error) {
      // It went away while it was looked at.
      if (!isGone(error) || (await lstat(this.path).catch(() => undefined))) throw error;
      this.seen = undefined;
      await this.cool();
      this.#forget();
      return undefined;
    }
  }

  async #look(): Promise<number | undefined> {
    const found = await lstat(this.path).catch(() => undefined);
    if (!found?.isFile()) {
      this.seen = undefined;
      await this.leave();
      return undefined;
    }
    const id = fileId(found);
    this.seen = { id, size: found.size, modifiedMs: found.mtimeMs };
    if (this.id !== undefined && id !== this.id) await this.leave();
    const unchanged = this.position?.size === found.size && this.position.modifiedMs === found.mtimeMs;
    this.id = id;
    if (unchanged && this.position?.offset === found.size) return undefined;
    if (found.size === 0 && this.position === undefined) return undefined;
    if (this.#unknownSize !== undefined && !this.#worthAnotherTry(found.size)) return undefined;
    this.#handle ??= await open(this.path, 'r');
    return this.#readOn(this.#handle);
  }

  /** Lets go of what is held open; what was read stays known. */
  async cool(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await this.#dropReader();
    await handle?.close();
  }

  /** The file is another one now, or the same under another name. */
  moveTo(path: string): void {
    this.path = path;
    if (this.position) this.#moved({ ...this.position, uri: path });
  }

  #resume(position: SourcePosition | undefined): void {
    this.position = position;
    this.#runIds = new Set(position?.runIds);
    this.#lastRunId = position?.runIds.at(-1);
  }

  #worthAnotherTry(size: number): boolean {
    return size < this.#unknownSize! || (size > this.#unknownSize! && this.#unknownSize! < HEAD_BYTES);
  }

  /** The name leads elsewhere: what the old file still had is read, then it is let go. */
  async leave(): Promise<void> {
    try {
      if (this.#handle) await this.#readOn(this.#handle);
    } finally {
      await this.cool();
      this.#forget();
    }
  }

  #forget(): void {
    if (this.id !== undefined && this.position) this.#options.onLeft(this.id, this.position);
    this.id = undefined;
    this.#startOver();
  }

  #startOver(): void {
    this.#resume(undefined);
    this.#format = undefined;
    this.#unknownSize = undefined;
    this.#settling = undefined;
    this.#lines = { offset: 0, lines: 0 };
  }

  async #readOn(handle: FileHandle): Promise<number | undefined> {
    const { size, mtimeMs: modifiedMs } = await handle.stat();
    const head = await fingerprintHead(handle);
    await this.#checkIdentity(size, head);
    this.#format ??= await this.#recogniseIn(handle, size, head);
    if (!this.#format) return this.#unknownSize === undefined ? undefined : this.#letGo();
    const at = { size, modifiedMs, head };
    if (this.#format.follow === undefined || this.#isDocument || isGzip(head))
      return this.#readSettled(this.#format, at);
    const end = await this.#endOfLines(handle, size);
    const from = this.#format.follow === 'whole' && !this.#reader ? 0 : (this.position?.offset ?? 0);
    if (this.#format.follow === 'offset') await this.#readSegments(handle, this.#format, from, end, at);
    else await this.#feed(handle, this.#format, from, end, at);
    if (end === size) this.#settling = undefined;
    // Lines without one record in them are no lines: a document, readable only as a whole.
    const document = end < size && this.#format.follow === 'whole' && this.#runIds.size === 0;
    return document ? this.#readSettled(this.#format, at) : undefined;
  }

  /** Truncated or overwritten: a new beginning. A renamed one: where it was left. */
  async #checkIdentity(size: number, head: Uint8Array): Promise<void> {
    const known = this.position;
    if (known && size >= known.offset && matchesFingerprint(known.fingerprint, head)) return;
    if (known) {
      await this.#dropReader();
      this.#startOver();
    } else {
      const renamed = await this.#options.renamedFrom(this.path, head);
      if (renamed && renamed.offset <= size) this.#resume({ ...renamed, uri: this.path });
    }
  }

  async #recogniseIn(handle: FileHandle, size: number, head: Uint8Array): Promise<Format | undefined> {
    if (size === 0) return undefined;
    if ((await derivedFrom(this.path)) !== undefined) {
      this.#unknownSize = Number.MAX_SAFE_INTEGER;
      return undefined;
    }
    const start = await this.#headIn(handle, head);
    const known = start && recognise(start);
    const placed = start && (await this.#options.joiner.place(this.path, known, start));
    const format = placed && 'format' in placed ? placed.format : undefined;
    this.#unknownSize = format ? undefined : size;
    this.#isDocument = start !== undefined && format?.isDocument?.(start) === true;
    return format;
  }

  /** The beginning, as formats want it; undefined when it is no text. */
  async #headIn(handle: FileHandle, head: Uint8Array): Promise<Head | undefined> {
    if (isGzip(head)) {
      const source = await openFile(this.path);
      await source.close();
      return source.unreadable === undefined ? source.head : undefined;
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const complete = bytesRead < HEAD_BYTES;
    const start = headOf(bytes, basename(this.path), complete);
    return notText(bytes) === undefined || recogniseBytes(start) ? start : undefined;
  }

  async #letGo(): Promise<undefined> {
    await this.cool();
  }

  /** The end of what can be read now: behind the last line end, or the file's end when an object is complete there. */
  async #endOfLines(handle: FileHandle, size: number): Promise<number> {
    const from = this.position?.offset ?? 0;
    const end = await afterLastLine(handle, from, size);
    return end < size && (await isWholeObject(handle, end, size)) ? size : end;
  }

  async #readSegments(
    handle: FileHandle,
    format: Format,
    from: number,
    end: number,
    at: Look,
  ): Promise<void> {
    for (let start = from; start < end; ) {
      let stop = Math.min(end, start + SEGMENT_BYTES);
      if (stop < end) {
        stop = await afterLastLine(handle, start, stop);
        // A line longer than a segment is a segment of its own.
        if (stop === start) stop = (await afterNextLine(handle, start, end)) ?? end;
      }
      await this.#readSegment(handle, format, start, stop, at);
      start = stop;
    }
  }

  async #readSegment(
    handle: FileHandle,
    format: Format,
    start: number,
    stop: number,
    at: Look,
  ): Promise<void> {
    const refused: Refusal[] = [];
    const runId = this.#lastRunId ?? runIdHint(this.path);
    const input = {
      name: basename(this.path),
      chunks: withLineEnd(byteRange(handle, start, stop)),
      live: true,
      ...(runId !== undefined && { runId }),
      refuse: (refusal: Refusal) => {
        if (refused.length < 1_000) refused.push(refusal);
      },
    };
    // One batch is held back, so that the last one can carry the position.
    let held: readonly TraceRecord[] = [];
    for await (const records of format.read!(input)) {
      if (held.length > 0) await this.#deliver(format, held, []);
      held = records;
      this.#noteRuns(records);
    }
    const placed = await this.#placed(handle, refused, start);
    await this.#deliver(format, held, placed, this.#positionAt(format, stop, at));
  }

  /** Refusals with their line and offset in the file, not in the piece. */
  async #placed(handle: FileHandle, refused: readonly Refusal[], start: number): Promise<Refusal[]> {
    if (refused.length === 0) return [];
    if (this.#lines.offset > start) this.#lines = { offset: 0, lines: 0 };
    const { offset, lines } = this.#lines;
    this.#lines = { offset: start, lines: lines + (await countLines(handle, offset, start)) };
    return refused.map((refusal) => ({
      ...refusal,
      ...(refusal.line !== undefined && { line: refusal.line + this.#lines.lines }),
      ...(refusal.offset !== undefined && { offset: refusal.offset + start }),
    }));
  }

  async #feed(handle: FileHandle, format: Format, from: number, end: number, at: Look): Promise<void> {
    if (from >= end && this.position) {
      if (from === end) this.#moved(this.#positionAt(format, this.position.offset, at));
      return;
    }
    const reader = this.#openReader(format);
    try {
      for await (const chunk of withLineEnd(byteRange(handle, from, end))) await reader.push(chunk);
      await this.#deliver(format, [], this.#refusals.take(), this.#positionAt(format, end, at));
    } catch (error) {
      // What the reader knows is no longer what the sink has: read again from the start.
      this.#reader = undefined;
      this.position = undefined;
      throw error;
    }
  }

  #openReader(format: Format): LiveReader {
    if (this.#reader) return this.#reader;
    this.#refusals = new RefusalBook();
    const refusals = this.#refusals;
    const runId = runIdHint(this.path);
    this.#reader = new LiveReader({
      format,
      name: basename(this.path),
      ...(runId !== undefined && { runId }),
      refuse: (refusal) => refusals.add(refusal),
      deliver: async (records) => {
        this.#noteRuns(records);
        await this.#deliver(format, records, refusals.take());
      },
    });
    return this.#reader;
  }

  async #dropReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.discard();
  }

  /** Documents are read whole when nobody has written for a while. */
  async #readSettled(format: Format, at: Look): Promise<number | undefined> {
    const { size, modifiedMs } = at;
    if (
      this.position?.size === size &&
      this.position.modifiedMs === modifiedMs &&
      this.position.offset === size
    )
      return undefined;
    const before = this.#settling;
    if (before?.size !== size || before.modifiedMs !== modifiedMs) {
      this.#settling = { size, modifiedMs, sinceMs: Date.now() };
      return SETTLE_MS;
    }
    const waited = Date.now() - before.sinceMs;
    if (waited < SETTLE_MS) return SETTLE_MS - waited;
    this.#settling = undefined;
    await this.#dropReader();
    const runId = runIdHint(this.path);
    const source = await openFile(this.path);
    try {
      const reading = { format, uri: this.path, modifiedMs, ...(runId !== undefined && { runId }) };
      for await (const batch of readSource(source, reading)) {
        this.#noteRuns(batch.records);
        await this.#deliver(format, batch.records, batch.refused ?? []);
      }
    } finally {
      await source.close();
    }
    await this.#deliver(format, [], [], this.#positionAt(format, size, at));
    return undefined;
  }

  async #deliver(
    format: Format,
    records: readonly TraceRecord[],
    refused: readonly Refusal[],
    position?: SourcePosition,
  ): Promise<void> {
    if (records.length === 0 && refused.length === 0 && !position) return;
    const runId = this.#lastRunId ?? runIdHint(this.path);
    await this.#options.sink.accept({
      records,
      source: { format: format.name, uri: this.path },
      ...(runId !== undefined && { runId }),
      ...(refused.length > 0 && { refused }),
      ...(position && { position }),
    });
    this.readAtMs = Date.now();
    if (position) this.#moved(position);
  }

  #moved(position: SourcePosition): void {
    this.position = position;
    this.#options.onPosition(position);
  }

  #positionAt(format: Format, offset: number, { size, modifiedMs, head }: Look): SourcePosition {
    return {
      uri: this.path,
      format: format.name,
      offset,
      size,
      modifiedMs,
      // Never of more than was read: what follows may still be rewritten.
      fingerprint: fingerprintOf(head.subarray(0, offset)),
      runIds: [...this.#runIds],
    };
  }

  #noteRuns(records: readonly TraceRecord[]): void {
    for (const { run_id: runId } of records) {
      if (runId === undefined || runId === this.#lastRunId) continue;
      this.#lastRunId = runId;
      // Moved to the end: the last one is where reading goes on after a restart.
      this.#runIds.delete(runId);
      this.#runIds.add(runId);
    }
  }
}

/** Tells a file from every other on this machine, whatever its name. */
export function fileId(found: { dev: number; ino: number }): string {
  return `${found.dev}:${found.ino}`;
}

/** What one look at a file found. */
type Look = { size: number; modifiedMs: number; head: Uint8Array };

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** A last line without line end was found to be complete: the reader is told so. */
async function* withLineEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let last: number | undefined;
  for await (const chunk of chunks) {
    last = chunk.at(-1);
    yield chunk;
  }
  if (last !== undefined && last !== 0x0a) yield LINE_END;
}
