import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Database } from './duckdb/database.ts';
import { answeredInTime, ownQuery } from './duckdb/own-query.ts';
import { DuckDbReader } from './duckdb/reader.ts';
import { asOpenTrouble, asTrouble, isFatal } from './duckdb/trouble.ts';
import { DuckDbWriter } from './duckdb/writer.ts';
import {
  type AskableStore,
  type OwnQueryLimits,
  OwnQueryProblem,
  type OwnQueryResult,
  type StoreReader,
  StoreTroubleError,
  type StoreWriter,
} from './store.ts';
import { storePath } from './store-path.ts';
import { Turns } from './turns.ts';

/**
 * Opens the store in the folder `home`, and makes it when it is not there. Throws StoreHeldError, StoreVersionError,
 * StoreDamagedError or StoreTroubleError. `memoryMb`: the most that the engine may take, instead of what suits a server.
 */
export async function openStore(home: string, memoryMb?: number): Promise<AskableStore> {
  const folder = resolve(home);
  makeFolder(folder);
  return DuckDbStore.open(storePath(folder), memoryMb);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A recursive mkdir on a read-only disk says ENOENT; the plain one says what is wrong.
    let reason = error;
    try {
      mkdirSync(folder);
    } catch (plain) {
      reason = plain;
    }
    throw new StoreTroubleError(folder, reason instanceof Error ? reason.message : String(reason));
  }
}

/** A store that lives as long as the process. */
export async function memoryStore(): Promise<AskableStore> {
  return DuckDbStore.open(':memory:');
}

/** Queries of people that are answered at once. The driver has four threads, and the page and what comes in need theirs. */
const QUERIES_AT_ONCE = 2;

/** Quiet time after which what was written is folded into the file: it then takes no memory, and opening is quick. */
const QUIET_MS = 3000;

type Opened = { readonly database: Database; readonly writer: DuckDbWriter };

async function openedAt(path: string, memoryMb: number | undefined): Promise<Opened> {
  try {
    const database = await Database.open(path, memoryMb);
    return { database, writer: new DuckDbWriter(database.writing) };
  } catch (error) {
    throw asOpenTrouble(path, error);
  }
}

/** A store over a database that is opened anew when it broke: a disk that was full need not be the end of the server. */
class DuckDbStore implements AskableStore {
  readonly path: string;
  readonly #memoryMb: number | undefined;
  #opened: Opened | undefined;
  #opening: Promise<Opened> | undefined;
  /** The write under way. */
  #writing: Promise<unknown> = Promise.resolve();
  /** The write that comes last. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  readonly #queries = new Turns(QUERIES_AT_ONCE);
  #quiet: ReturnType<typeof setTimeout> | undefined;

  private constructor(opened: Opened, memoryMb: number | undefined) {
    this.path = opened.database.path;
    this.#opened = opened;
    this.#memoryMb = memoryMb;
  }

  static async open(path: string, memoryMb?: number): Promise<DuckDbStore> {
    return new DuckDbStore(await openedAt(path, memoryMb), memoryMb);
  }

  async read<T>(use: (reader: StoreReader) => Promise<T>): Promise<T> {
    const once = ({ database }: Opened): Promise<T> =>
      database.reading((session) => use(new DuckDbReader(session)));
    const opened = await this.#current();
    try {
      return await once(opened);
    } catch (error) {
      if (!isFatal(error)) throw asTrouble(this.path, error);
      this.#discard(opened);
    }
    const again = await this.#current();
    return once(again).catch((error: unknown) => {
      throw asTrouble(this.path, error);
    });
  }

  async query(sql: string, limits: OwnQueryLimits): Promise<OwnQueryResult> {
    if (!(await this.#queries.take(limits.timeoutMs)))
      throw new OwnQueryProblem(
        `Other queries have been at work for ${limits.timeoutMs / 1000} s.`,
        'Ask again when they have ended.',
      );
    const answer = this.#current().then(({ database }) =>
      database.asking((connection) => ownQuery(connection, sql, limits)),
    );
    const over = (): void => this.#queries.give();
    answer.then(over, over);
    return answeredInTime(answer, limits.timeoutMs);
  }

  write<T>(use: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const begin = (): Promise<T> => this.#writeAlone(use);
    const done = this.#last.then(begin, begin);
    this.#last = done;
    this.#foldWhenQuiet();
    return done;
  }

  #foldWhenQuiet(): void {
    clearTimeout(this.#quiet);
    // A checkpoint is refused while somebody reads; the next quiet time will do.
    const fold = (): Promise<void> | undefined =>
      this.#opened?.database.writing.execute('CHECKPOINT').catch(() => {});
    this.#quiet = setTimeout(() => {
      this.#last = this.#last.then(fold, fold);
    }, QUIET_MS);
    this.#quiet.unref();
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {});
    clearTimeout(this.#quiet);
    this.#closed = true;
    await this.#opening?.catch(() => {});
    await this.#opened?.database.close();
  }

  async #writeAlone<T>(use: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const opened = await this.#current();
    const work = transaction(opened, use);
    this.#writing = work;
    try {
      return await work;
    } catch (error) {
      if (isFatal(error)) this.#discard(opened);
      throw asTrouble(this.path, error);
    }
  }

  /** The open database. One that could not be opened anew is tried again by the next that asks. */
  #current(): Promise<Opened> {
    if (this.#opened) return Promise.resolve(this.#opened);
    return this.#opening ?? this.#openAfter(Promise.resolve());
  }

  /** Closes a database that answers nothing any more, and opens it anew. */
  #discard(broken: Opened): void {
    if (this.#opened !== broken) return;
    this.#opened = undefined;
    // Whoever still works with it is told the same error, and soon.
    const closed = this.#writing.catch(() => {}).then(() => broken.database.close());
    void this.#openAfter(closed.catch(() => {})).catch(() => {});
  }

  #openAfter(closed: Promise<unknown>): Promise<Opened> {
    this.#opening = closed
      .then(() => {
        if (this.#closed) throw new Error(`The store ${this.path} is closed.`);
        return openedAt(this.path, this.#memoryMb);
      })
      .then((opened) => {
        this.#opened = opened;
        return opened;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }
}

async function transaction<T>(
  { database: { writing }, writer }: Opened,
  use: (writer: StoreWriter) => Promise<T>,
): Promise<T> {
  try {
    await writing.execute('BEGIN');
    const result = await use(writer);
    await writer.finish();
    await writing.execute('COMMIT');
    return result;
  } catch (error) {
    writer.forget();
    await writing.execute('ROLLBACK').catch(() => {});
    throw error;
  }
}
