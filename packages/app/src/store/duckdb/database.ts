import type { DuckDBConnection, DuckDBInstance as Instance } from '@duckdb/node-api';
import { SCHEMA_VERSION, TABLES } from '../schema/schema.ts';
import { tableSql, upgradeSql } from '../sql-file.ts';
import { StoreHeldError, StoreVersionError } from '../store.ts';
import { UPGRADES } from '../upgrades/upgrades.ts';
import { DuckDBInstance } from './driver.ts';
import { Session } from './session.ts';

/**
 * A limit of the engine's memory, not a reservation: an idle store takes 45 MB. With 1 GB an import of 2 GB took twice the
 * memory, and no less time.
 */
const MEMORY_MB = 512;

const SETTINGS = {
  threads: '2',
  // Memory that is not used goes back to the system by itself: 165 MB of an idle server became 146 MB.
  allocator_background_threads: 'true',
  // At 16 MB, the default, the last rows were compressed and rewritten so often that the file grew by an eighth. After a
  // crash a log of 64 MB is read in again in a quarter of a second.
  wal_autocheckpoint: '64MB',
  // ZSTD columns need 1.2, small dictionaries of texts 1.3.
  storage_compatibility_version: 'v1.5.0',
  // No file but its own, whatever a query asks for, and nothing that a query sets.
  enable_external_access: 'false',
  lock_configuration: 'true',
  // Nothing is ever fetched from the network.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/** Connections for reading that are kept. */
const IDLE_READERS = 4;

/**
 * Paths open in this process. The lock on the file is no guard here: it is the process's own, and closing a second
 * handle would release it for everybody.
 */
const openPaths = new Set<string>();

/** A DuckDB database: one connection that writes, and one for each reader at a time. */
export class Database {
  readonly path: string;
  readonly writing: Session;
  readonly #instance: Instance;
  readonly #idle: Session[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  readonly #asking = new Set<DuckDBConnection>();
  #closed = false;

  private constructor(path: string, instance: Instance, writing: Session) {
    this.path = path;
    this.#instance = instance;
    this.writing = writing;
  }

  /** `memoryMb`: the most that the engine may take. */
  static async open(path: string, memoryMb = MEMORY_MB): Promise<Database> {
    if (openPaths.has(path)) throw new StoreHeldError(path, process.pid);
    const instance = await DuckDBInstance.create(path, { ...SETTINGS, memory_limit: `${memoryMb}MB` }).catch(
      (error: unknown) => {
        throw heldError(path, error) ?? error;
      },
    );
    if (path !== ':memory:') openPaths.add(path);
    const writing = new Session(await instance.connect());
    const database = new Database(path, instance, writing);
    try {
      await prepareSchema(writing, path);
    } catch (error) {
      // Left as it was found: not even its log is folded in.
      await writing.execute('PRAGMA disable_checkpoint_on_shutdown').catch(() => {});
      await database.close();
      throw error;
    }
    return database;
  }

  /** Lends a connection whose reads all see the same state, whatever is written meanwhile. */
  reading<T>(use: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error(`The store ${this.path} is closed.`));
    const done = this.#read(use);
    const settled = done.catch(() => {}).finally(() => this.#reading.delete(settled));
    this.#reading.add(settled);
    return done;
  }

  /** Lends a connection that is closed afterwards, for what is not ours. */
  asking<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error(`The store ${this.path} is closed.`));
    const done = this.#instance.connect().then(async (connection) => {
      this.#asking.add(connection);
      try {
        return await use(connection);
      } finally {
        this.#asking.delete(connection);
        connection.closeSync();
      }
    });
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#reading.add(settled);
    void settled.finally(() => this.#reading.delete(settled));
    return done;
  }

  /** Waits for readers and folds the log into the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A person's own query may take minutes: nobody waits for it any more.
    for (const connection of this.#asking) connection.interrupt();
    await Promise.all(this.#reading);
    for (const session of this.#idle) session.close();
    this.writing.close();
    this.#instance.closeSync();
    openPaths.delete(this.path);
  }

  async #read<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const session = this.#idle.pop() ?? new Session(await this.#instance.connect());
    let sound = false;
    try {
      await session.execute('BEGIN TRANSACTION READ ONLY');
      const result = await use(session);
      sound = true;
      return result;
    } finally {
      await session.execute('COMMIT').catch(() => {});
      // One that failed may be left inside its transaction.
      if (sound && this.#idle.length < IDLE_READERS && !this.#closed) this.#idle.push(session);
      else session.close();
    }
  }
}

async function prepareSchema(session: Session, path: string): Promise<void> {
  const [counted] = await session.rows<{ tables: number }>('table-count');
  if (counted!.tables > 0) {
    const rows = await session.rows<{ value: string }>('schema-version').catch(() => []);
    const found = Number(rows[0]?.value ?? 0);
    if (found !== SCHEMA_VERSION) await upgrade(session, path, found);
    return;
  }
  await session.execute('BEGIN');
  for (const table of TABLES) await session.execute(tableSql(table));
  await session.run('put-schema-version', { version: String(SCHEMA_VERSION) });
  await session.execute('COMMIT');
}

/** Brings an older store up to this version, all of the way or not at all. */
async function upgrade(session: Session, path: string, found: number): Promise<void> {
  const first = UPGRADES.indexOf(found);
  if (first < 0) throw new StoreVersionError(path, found, SCHEMA_VERSION);
  await session.execute('BEGIN');
  for (const version of UPGRADES.slice(first)) await session.execute(upgradeSql(version));
  await session.run('set-schema-version', { version: String(SCHEMA_VERSION) });
  await session.execute('COMMIT');
}

/** DuckDB's "Conflicting lock is held in /usr/bin/node (PID 4711)". */
function heldError(path: string, error: unknown): StoreHeldError | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (!/could not set lock|conflicting lock/i.test(message)) return undefined;
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  return new StoreHeldError(path, pid === undefined ? undefined : Number(pid));
}
