import { realpath } from 'node:fs/promises';
import type { Format } from '@tacho/trace/formats/format';
import { ahead } from './ahead.ts';
import { Archives } from './archives.ts';
import { Joiner } from './join/joiner.ts';
import { positionOf } from './position-of.ts';
import { type OpenSource, openBytes, openFile } from './read-file.ts';
import { ReadFiles } from './read-files.ts';
import { readSource } from './read-source.ts';
import { notRecognised, recognise, recogniseBytes } from './recognise.ts';
import type { Accepted, RecordBatch, RecordSink, SourcePosition } from './record-sink.ts';
import { runIdHint } from './run-id-hint.ts';
import { SendWindow } from './send-window.ts';
import { firstTimeIn, inReadingOrder, type Recognised } from './session-order.ts';
import { isZip, type LeftOut } from './unpack-zip.ts';
import { type Candidate, derivedFrom, isGone, reasonOf, walk } from './walk.ts';

/**
 * A place that could not be read. `line` is 1-based; null where the whole file is meant. `found` says what is in a file
 * that no format recognises.
 */
export type RefusedPlace = {
  file: string;
  line: number | null;
  reason: string;
  found?: string;
  /** How what it holds can be had all the same. */
  advice?: string;
};

export type ImportResult = {
  runs: string[];
  /** Files that are in the store now: read, wholly or in part, or unchanged since they were. */
  files: number;
  /** Records that were new. */
  records: number;
  /** Records that were there already. */
  duplicates: number;
  /** Lines and whole files that could not be read; files that no format recognises among them. */
  refused: RefusedPlace[];
  /** Files left alone on purpose: links out of the folder, what a recorder derives, empty files. */
  skipped: { file: string; reason: string }[];
  /** Files that have not changed since they were last read. */
  unchanged: number;
  /** Format → number of files that were read as it, unchanged ones among them. */
  recognised: Record<string, number>;
  /** Run → the files it came out of, where they are several. */
  joined: Record<string, string[]>;
};

export type ImportProgress = {
  phase: 'looking' | 'reading';
  files: number;
  filesTotal: number;
  bytes: number;
  bytesTotal: number;
  records: number;
  path: string;
};

export type ImportOptions = {
  readonly sink: RecordSink;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Takes the place of the path `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What is known of files that were read before, by uri: those that have not changed are not read again. */
  readonly positions?: ReadonlyMap<string, SourcePosition>;
  /** Reads everything as this format instead of recognising it. */
  readonly format?: Format;
  readonly signal?: AbortSignal;
};

/** A path that was named does not exist, or cannot be opened: nothing at all was imported. */
export class ImportPathError extends Error {
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.name = 'ImportPathError';
  }
}

/**
 * Reads files and folders (`-`: standard input) into a sink: recognised by content, sessions in their order, memory
 * flat whatever the size. What cannot be read is listed and the rest goes on; what the sink fails with is thrown.
 */
export async function importPaths(paths: readonly string[], options: ImportOptions): Promise<ImportResult> {
  for (const path of paths) {
    if (path === '-') continue;
    await realpath(path).catch((error) => {
      throw new ImportPathError(path, reasonOf(error));
    });
  }
  const archives = new Archives();
  try {
    const work = new ImportWork(options, archives);
    await work.read(inReadingOrder(await work.look(paths.filter((path) => path !== '-'))));
    if (paths.includes('-') && options.stdin) await work.readStdin(options.stdin);
    return await work.finish();
  } finally {
    await archives.close();
  }
}

/** Files whose beginnings are read at one time, and files that are open before their turn comes. */
const LOOK_AHEAD = 8;
const OPEN_AHEAD = 3;

/** What `-` is called where a file's name is shown. */
const STDIN = 'stdin';

function isUnchanged(known: SourcePosition, { size, modifiedMs }: Candidate): boolean {
  return known.size === size && Math.abs(known.modifiedMs - modifiedMs) < 1;
}

class ImportWork {
  readonly #options: ImportOptions;
  readonly #archives: Archives;
  readonly #joiner = new Joiner();
  readonly #read = new ReadFiles();
  readonly #importedAt = new Date().toISOString();
  readonly #window: SendWindow;
  readonly #runs = new Set<string>();
  /** Runs in the order in which their records were read: answers come in any. */
  readonly #order = new Set<string>();
  readonly #refused: RefusedPlace[] = [];
  readonly #skipped: { file: string; reason: string }[] = [];
  readonly #progress: ImportProgress = {
    phase: 'looking',
    files: 0,
    filesTotal: 0,
    bytes: 0,
    bytesTotal: 0,
    records: 0,
    path: '',
  };
  #records = 0;
  #duplicates = 0;
  #unchanged = 0;

  constructor(options: ImportOptions, archives: Archives) {
    this.#options = options;
    this.#archives = archives;
    this.#window = new SendWindow(options.sink, (batch, answer) => this.#sent(batch, answer));
  }

  async look(paths: readonly string[]): Promise<Recognised[]> {
    const found = new Map<string, Recognised>();
    for (const named of paths) await this.#lookAt(this.#filesOf(named), found);
    this.#progress.phase = 'reading';
    this.#progress.filesTotal = found.size;
    return [...found.values()];
  }

  async *#filesOf(named: string): AsyncGenerator<Candidate> {
    const leave = (left: LeftOut): void => this.#leaveOut(left);
    for await (const candidate of walk(named, leave)) yield* this.#archives.expand(candidate, leave);
  }

  async #lookAt(files: AsyncIterable<Candidate>, found: Map<string, Recognised>): Promise<void> {
    const looks = ahead(files, LOOK_AHEAD, (candidate) => this.#recognise(candidate, found));
    for await (const { item: candidate, result: note } of looks) {
      this.#options.signal?.throwIfAborted();
      this.#progress.path = this.#archives.shown(candidate.path);
      this.#progress.filesTotal++;
      const recognised = note();
      if (recognised) {
        found.set(candidate.path, recognised);
        this.#progress.bytesTotal += candidate.size;
      }
      this.#options.onProgress?.(this.#progress);
    }
  }

  /** Looks at a file; what is to be noted of it is noted when its turn comes, so that lists are in the order of the files. */
  async #recognise(
    candidate: Candidate,
    found: ReadonlyMap<string, Recognised>,
  ): Promise<() => Recognised | undefined> {
    const { path } = candidate;
    if (found.has(path)) return () => undefined;
    const shown = this.#archives.shown(path);
    const known = this.#options.positions?.get(shown);
    if (known?.records !== undefined && isUnchanged(known, candidate)) {
      const { records, runIds, format } = known;
      return () => {
        this.#read.note(shown, format, runIds);
        return this.#leaveUnchanged(records, runIds);
      };
    }
    if (candidate.size === 0) return () => this.#skip(shown, 'it is empty');
    const original = await derivedFrom(path);
    if (original !== undefined) return () => this.#skip(shown, `made from the ${original} beside it`);
    try {
      const source = await openFile(path);
      await source.close();
      const placed = await this.#joiner.place(path, this.#formatOf(source), source.head);
      if (!placed) return () => this.#refuseWhole(shown, source);
      if ('leftAlone' in placed) return () => this.#skip(shown, placed.leftAlone);
      const { format } = placed;
      const recognised = { ...candidate, format, firstUs: firstTimeIn(source.head.text) };
      return () => recognised;
    } catch (error) {
      return () => this.#notOpened(shown, error);
    }
  }

  #leaveUnchanged(records: number, runIds: readonly string[]): undefined {
    this.#unchanged++;
    this.#duplicates += records;
    for (const run of runIds) {
      this.#runs.add(run);
      this.#order.add(run);
    }
  }

  #leaveOut({ path, reason, damaged }: LeftOut): void {
    if (damaged) this.#refuse(path, null, reason);
    else this.#skip(path, reason);
  }

  #skip(file: string, reason: string): undefined {
    this.#skipped.push({ file, reason });
  }

  async read(files: readonly Recognised[]): Promise<void> {
    const opened = ahead(
      files,
      OPEN_AHEAD,
      (file) => this.#open(file.path),
      async (source) => source?.close(),
    );
    for await (const { item: file, result: source } of opened) if (source) await this.#readFile(file, source);
  }

  async #readFile(file: Recognised, source: OpenSource): Promise<void> {
    if (this.#options.signal?.aborted) await source.close();
    this.#options.signal?.throwIfAborted();
    const uri = this.#archives.shown(file.path);
    this.#progress.path = uri;
    const before = this.#progress.bytes;
    const runs = new Set<string>();
    const runId = runIdHint(uri);
    const batches = readSource(source, {
      format: file.format,
      uri,
      importedAt: this.#importedAt,
      // What was unpacked is as old as the unpacking.
      ...(uri === file.path && { modifiedMs: file.modifiedMs }),
      ...(runId !== undefined && { runId }),
      onBytes: (taken) => {
        // Of a gzip file more bytes come out than it has.
        this.#progress.bytes = before + Math.min(taken, file.size);
        this.#options.onProgress?.(this.#progress);
      },
    });
    let records = 0;
    await this.#send(source, uri, batches, async (batch) => {
      records += batch.records.length;
      for (const record of batch.records) if (record.run_id !== undefined) runs.add(record.run_id);
      if (batch.ended !== true) return batch;
      return { ...batch, position: positionOf({ ...file, path: uri }, source, [...runs], records) };
    });
    this.#read.note(uri, file.format.name, runs);
    this.#progress.bytes = before + file.size;
    this.#options.onProgress?.(this.#progress);
  }

  async readStdin(stdin: AsyncIterable<Uint8Array>): Promise<void> {
    const source = await openBytes(stdin, STDIN);
    if (isZip(source.raw)) return this.#readArchive(source.chunks);
    const format = this.#formatOf(source);
    if (format) {
      this.#progress.path = STDIN;
      const onBytes = (bytes: number): void => {
        this.#progress.bytes = bytes;
        this.#progress.bytesTotal = bytes;
        this.#options.onProgress?.(this.#progress);
      };
      const batches = readSource(source, { format, uri: STDIN, importedAt: this.#importedAt, onBytes });
      await this.#send(source, STDIN, batches, async (batch) => batch);
      this.#read.note(STDIN, format.name, []);
    } else if (source.head.text === '') this.#skipped.push({ file: STDIN, reason: 'it is empty' });
    else this.#refuseWhole(STDIN, source);
  }

  /** A zip archive on standard input: its list of files stands at its end, so all of it is taken first. */
  async #readArchive(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const found = new Map<string, Recognised>();
    const files = this.#archives.expandBytes(bytes, STDIN, (left) => this.#leaveOut(left));
    await this.#lookAt(files, found);
    await this.read(inReadingOrder([...found.values()]));
  }

  #formatOf(source: OpenSource): Format | undefined {
    const { format: chosen } = this.#options;
    if (source.unreadable === undefined) return chosen ?? recognise(source.head);
    const found = recogniseBytes(source.head);
    return chosen === undefined || chosen === found ? found : undefined;
  }

  async #open(path: string): Promise<OpenSource | undefined> {
    try {
      return await openFile(path);
    } catch (error) {
      return this.#notOpened(this.#archives.shown(path), error);
    }
  }

  #notOpened(file: string, error: unknown): undefined {
    if (isGone(error)) this.#skip(file, 'it went away before it could be read');
    else this.#refuse(file, null, reasonOf(error));
  }

  async #send(
    source: OpenSource,
    uri: string,
    batches: AsyncIterable<RecordBatch>,
    complete: (batch: RecordBatch) => Promise<RecordBatch>,
  ): Promise<void> {
    try {
      for await (const batch of batches) {
        this.#options.signal?.throwIfAborted();
        for (const { line, reason } of batch.refused ?? []) this.#refuse(uri, line ?? null, reason);
        this.#noteOrder(batch);
        await this.#window.send(await complete(batch));
      }
    } finally {
      await source.close();
    }
    this.#progress.files++;
  }

  #noteOrder({ records, runId }: RecordBatch): void {
    let last: string | undefined;
    for (const record of records) {
      const run = record.run_id ?? runId;
      if (run === undefined || run === last) continue;
      this.#order.add(run);
      last = run;
    }
  }

  async finish(): Promise<ImportResult> {
    await this.#window.drain();
    return {
      runs: [...new Set([...this.#order, ...this.#runs])].filter((run) => this.#runs.has(run)),
      files: this.#progress.files + this.#unchanged,
      records: this.#records,
      duplicates: this.#duplicates,
      refused: this.#refused,
      skipped: this.#skipped,
      unchanged: this.#unchanged,
      recognised: this.#read.recognised,
      joined: this.#read.joined,
    };
  }

  #sent(_: RecordBatch, answer: Accepted): void {
    this.#records += answer.accepted;
    this.#duplicates += answer.duplicates;
    this.#progress.records += answer.accepted + answer.duplicates;
    for (const run of answer.runs) this.#runs.add(run);
  }

  #refuseWhole(file: string, { unreadable, head }: OpenSource): undefined {
    if (unreadable !== undefined) this.#refuse(file, 1, unreadable);
    else this.#refused.push({ file, line: 1, ...notRecognised(head) });
  }

  #refuse(file: string, line: number | null, reason: string): undefined {
    this.#refused.push({ file, line, reason });
  }
}
