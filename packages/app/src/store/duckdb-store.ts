import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Database } from './duckdb/database.ts';
import { DuckDbReader } from './duckdb/reader.ts';
import { DuckDbWriter } from './duckdb/writer.ts';
import type { Store, StoreReader, StoreWriter } from './store.ts';

/** Opens the store in the folder `home`, and makes it when it is not there. Throws StoreHeldError or StoreVersionError. */
export async function openStore(home: string): Promise<Store> {
  const folder = resolve(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return storeOn(await Database.open(join(folder, 'tacho.duckdb')));
}

/** A store that lives as long as the process. */
export async function memoryStore(): Promise<Store> {
  return storeOn(await Database.open(':memory:'));
}

async function storeOn(database: Database): Promise<Store> {
  const writer = new DuckDbWriter(database.writing);
  let last: Promise<unknown> = Promise.resolve();

  async function writeAlone<T>(use: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const session = database.writing;
    await session.execute('BEGIN');
    try {
      const result = await use(writer);
      await writer.finish();
      await session.execute('COMMIT');
      return result;
    } catch (error) {
      writer.forget();
      await session.execute('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  return {
    path: database.path,
    read<T>(use: (reader: StoreReader) => Promise<T>): Promise<T> {
      return database.reading((session) => use(new DuckDbReader(session)));
    },
    write<T>(use: (writer: StoreWriter) => Promise<T>): Promise<T> {
      const done = last.then(
        () => writeAlone(use),
        () => writeAlone(use),
      );
      last = done;
      return done;
    },
    async close(): Promise<void> {
      await last.catch(() => {});
      await database.close();
    },
  };
}
