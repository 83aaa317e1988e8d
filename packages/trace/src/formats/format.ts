import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';

/** How sure a format is that a source is its own: 0 is "not mine", 1 is certain. The highest wins; no fixture may tie. */
export type Likelihood = number;

/** The beginning of a source, enough to recognise it. */
export type Head = {
  /** File name without folders, where there is one: a hint, never proof. */
  readonly name?: string;
  /** Up to the first 64 KiB, decompressed, without a byte order mark. */
  readonly text: string;
  /** The same as bytes, where the giver has them: for formats that may be no text. */
  readonly bytes?: Uint8Array;
  /** The whole source is in `text`. */
  readonly complete: boolean;
};

/** Something that could not be read. Everything good around it is read all the same. */
export type Refusal = {
  /** 1-based line, where the source has lines. */
  readonly line?: number;
  /** Byte offset of the line or value. */
  readonly offset?: number;
  /** A sentence: what was found, what was expected. */
  readonly reason: string;
  /** The refused text, cut at 64 KiB: it goes to quarantine. */
  readonly text?: string;
};

/** A source being read: bytes in, refusals out. Never a path, so that the browser can open a dropped file. */
export type Input = {
  /** File name without folders. */
  readonly name?: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The run of records that name none: the source's own guess (a folder's name, the run before a restart). */
  readonly runId?: string;
  /** When the file was written last, where the source knows it: the time of documents that say none, an estimate. */
  readonly modifiedMs?: number;
  /** The source goes on growing: `chunks` ends only when following ends, so nothing may wait for its end. */
  readonly live?: boolean;
  refuse(refusal: Refusal): void;
};

/** One file format. Reader and writer are pure; a new one is a folder here and a line in index.ts. */
export interface Format {
  readonly name: string;
  readonly title: string;
  /** How a growing file is followed: from the byte where reading stopped, or again from its start (readers with state). */
  readonly follow?: 'offset' | 'whole';
  detect(head: Head): Likelihood;
  /**
   * Records in batches (one for each chunk, not one each: an async step costs more than parsing a line). Every record
   * carries `run_id`. A finished source ends with what it knows of the run's end; a torn one does not.
   */
  read?(input: Input): AsyncIterable<readonly TraceRecord[]>;
  /** The run as text, in pieces. */
  write?(run: Run): Iterable<string>;
  /** How its files' names end, where that is not `.json`. */
  readonly extension?: string;
  /** Its files may be bytes that are no text: `detect` knows them by the head's bytes. */
  readonly binary?: true;
  /** A file that is one document, though others of the format grow line by line: it is read whole when it has settled. */
  isDocument?(head: Head): boolean;
  /** Several runs may stand one after the other in one file. */
  readonly concatenates?: true;
}
