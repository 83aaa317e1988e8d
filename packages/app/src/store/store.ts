import type { SpanColumns } from '@tacho/trace/model/columns';
import type { JsonValue } from '@tacho/trace/model/json';
import type { JudgedFacts } from '@tacho/trace/model/judged-facts';
import type { Run, RunHeader } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { RunList, RunQuery, RunSummary } from '@tacho/trace/wire/runs';
import type { SearchAnswer, SessionList } from '@tacho/trace/wire/search';
import type { ToolList } from '@tacho/trace/wire/tools';

/** How far a followed file has been read; committed together with what was read, so a restart neither loses nor repeats. */
export type SourcePosition = {
  uri: string;
  format: string;
  /** Bytes read, up to the end of the last whole line. */
  offset: number;
  /** Size and modification time when it was last read: unchanged files are not read again. */
  size: number;
  modifiedMs: number;
  /** Hash of the first bytes: tells truncation and rotation from growth. */
  fingerprint: string;
  runIds: string[];
  /** Records that were read from it, where it was read as a whole: what an import that leaves it alone reports as known. */
  records?: number;
};

/** A line that was refused, kept with its reason. */
export type Quarantined = {
  uri: string;
  line?: number;
  offset?: number;
  reason: string;
  text?: string;
  refusedUs: number;
};

/** Who takes runs one by one: by their facts, or by the summary where they were stored without. */
export type JudgedUse = {
  facts(facts: JudgedFacts): void;
  summary(summary: RunSummary): void;
};

/** Reading never blocks writing, and sees a consistent state. */
export interface StoreReader {
  runs(query: RunQuery): Promise<RunList>;
  summary(runId: string): Promise<RunSummary | undefined>;
  /** Hands over every run that fits the filters, one by one, in no order, and without a limit: for sums over many runs. */
  eachJudged(query: RunQuery, use: JudgedUse): Promise<void>;
  /** Run ids that begin with, or equal, what a person typed; newest first. */
  findRuns(prefix: string, limit: number): Promise<string[]>;
  /** Which of these runs are here. */
  storedRuns(runIds: readonly string[]): Promise<Set<string>>;
  /** The run with all spans but without payloads: what a fold continues from. */
  run(runId: string): Promise<Run | undefined>;
  /** The run with payloads, for exports. */
  fullRun(runId: string): Promise<Run | undefined>;
  columns(runId: string): Promise<SpanColumns | undefined>;
  /** One span with its payloads. */
  span(runId: string, no: number): Promise<Span | undefined>;
  /** Sessions of the runs that fit the filters, newest first; orders and pages in the query mean nothing. */
  sessions(query: RunQuery, limit: number): Promise<SessionList>;
  /** Tools that the runs which fit the filters called, the most used first; orders and pages in the query mean nothing. */
  tools(query: RunQuery, limit: number): Promise<ToolList>;
  /** Places in spans where a text occurs, in runs from new to old. Reads everything that is stored. */
  search(text: string, limit: number): Promise<SearchAnswer>;
  /**
   * Calls of a tool with the same arguments in a run, in whatever order their fields stand, from so many on; the most repeated
   * first, by span numbers.
   */
  repeatedCalls(runId: string, least: number): Promise<RepeatedCalls[]>;
  /** How long finished calls took in the newest runs, by kind, tool and model. */
  usualTimes(): Promise<UsualTime[]>;
  /** Runs without an end. */
  running(): Promise<string[]>;
  positions(): Promise<SourcePosition[]>;
  /** Runs with calls that count in this run and not in them; the oldest first. */
  leaningRuns(runId: string): Promise<string[]>;
  /** Runs that files brought and that were deleted since. */
  lostRuns(): Promise<string[]>;
  quarantine(limit: number): Promise<{ total: number; lines: Quarantined[] }>;
}

/** Span numbers of the first and the newest of equal calls. */
export type RepeatedCalls = { first: number; last: number; times: number };

export type StoredSpan = { no: number; span: Span; keepPayload?: boolean };

/** Everything written in one `write` becomes durable together, or not at all. */
export interface StoreWriter {
  /** Without `judged`, whoever wants the facts of the run makes them from its summary. */
  putRun(header: RunHeader, summary: RunSummary, judged?: JudgedFacts): Promise<void>;
  /**
   * Inserts or replaces spans by (run, number). With `keepPayload`, inputs and outputs that are absent here stay as they
   * are stored: the ingest does not hold payloads in memory once they are written.
   */
  putSpans(runId: string, spans: readonly StoredSpan[]): Promise<void>;
  /** The run that owns each call key: the first that claimed it. */
  claimCalls(runId: string, keys: readonly string[]): Promise<Map<string, string>>;
  putPosition(position: SourcePosition): Promise<void>;
  putQuarantine(lines: readonly Quarantined[]): Promise<void>;
  deleteRun(runId: string): Promise<void>;
  /** Writes what is there already: proves that the store can be written. */
  prove(): Promise<void>;
}

/** One engine behind two doors. Callers are lent a reader or writer for the length of a closure and keep neither. */
export interface Store {
  readonly path: string;
  read<T>(use: (reader: StoreReader) => Promise<T>): Promise<T>;
  /** Resolves when what was written is durable; rejects with nothing written. */
  write<T>(use: (writer: StoreWriter) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A store that can be asked what it was not made for. */
export interface AskableStore extends Store {
  /** A person's own SQL over the documented views, which can only read. Throws OwnQueryProblem. */
  query(sql: string, limits: OwnQueryLimits): Promise<OwnQueryResult>;
}

/** Where a person's own query is stopped. */
export type OwnQueryLimits = { rows: number; timeoutMs: number };
export type OwnQueryResult = {
  /** Names, and types in the engine's words. */
  columns: { name: string; type: string }[];
  rows: JsonValue[][];
  /** There were more rows than asked for. */
  truncated: boolean;
  ms: number;
};

/** A person's own query that cannot be answered: a sentence for that person. */
export class OwnQueryProblem extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'OwnQueryProblem';
    this.hint = hint;
  }
}

/** A query of the run list that makes no sense, such as a cursor that nobody gave out: a sentence for whoever asked. */
export class RunQueryProblem extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = 'RunQueryProblem';
    this.hint = hint;
  }
}

/** The store is open in another process. */
export class StoreHeldError extends Error {
  readonly pid: number | undefined;
  constructor(path: string, pid: number | undefined) {
    super(
      `The store ${path} is open in another process${pid === undefined ? '' : ` (pid ${pid})`}. Stop it, or work through its server.`,
    );
    this.name = 'StoreHeldError';
    this.pid = pid;
  }
}

/** The store was made by another version of Tacho, and is left untouched. */
export class StoreVersionError extends Error {
  constructor(path: string, found: number, expected: number) {
    super(
      `The store ${path} has schema version ${found}; this Tacho reads version ${expected}. ` +
        (found > expected ? 'Use a newer Tacho for it' : 'Move it away') +
        ', or set TACHO_HOME to another folder.',
    );
    this.name = 'StoreVersionError';
  }
}

/** The store cannot be read or written just now (disk full, read-only, gone). What was not acknowledged is not stored: send it again. */
export class StoreTroubleError extends Error {
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`The store ${path} cannot be used just now: ${reason}`, options);
    this.name = 'StoreTroubleError';
  }
}

/** The file is damaged, or no store at all, and is left untouched. */
export class StoreDamagedError extends Error {
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(
      `The store ${path} cannot be opened: ${reason} It is left untouched: move it away, or set TACHO_HOME to another folder.`,
      options,
    );
    this.name = 'StoreDamagedError';
  }
}
