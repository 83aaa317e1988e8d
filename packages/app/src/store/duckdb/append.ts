import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { TableName } from '../schema/schema.ts';

/** Rows of a data chunk: DuckDB's vector size. */
export const CHUNK_ROWS = 2048;

/** `long` is a BIGINT given as a number: DuckDB converts a whole vector of doubles faster than we make bigints. */
const TYPES = {
  int: INTEGER,
  byte: UTINYINT,
  long: DOUBLE,

  double: DOUBLE,
  text: VARCHAR,
  texts: LIST(VARCHAR),
} as const;

/** A column of a table and how a row fills it; undefined is NULL. */
export type Column<Row> = {
  readonly type: keyof typeof TYPES;
  readonly of: (row: Row) => number | bigint | string | readonly string[] | undefined;
};

/**
 * Appends `count` rows to a table in whole columns, the fastest way in from JavaScript (see docs/decisions). Rows are
 * asked for one at a time, so that none of them outlives the young generation of the garbage collector.
 */
export async function append<Row>(
  connection: DuckDBConnection,
  table: TableName,
  columns: readonly Column<Row>[],
  count: number,
  rowAt: (index: number) => Row,
): Promise<void> {
  if (count === 0) return;
  const types: DuckDBType[] = columns.map((column) => TYPES[column.type]);
  const appender = await connection.createAppender(table);
  try {
    for (let start = 0; start < count; start += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - start);
      const chunk = DuckDBDataChunk.create(types, size);
      const vectors = columns.map((_, index) => chunk.getColumnVector(index) as Vector);
      for (let at = 0; at < size; at++) {
        const row = rowAt(start + at);
        for (let index = 0; index < columns.length; index++) {
          const value = columns[index]!.of(row) ?? null;
          vectors[index]!.setItem(at, typeof value === 'object' && value !== null ? listValue(value) : value);
        }
      }
      for (const vector of vectors) vector.flush();
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

type Vector = { setItem(at: number, value: DuckDBValue): void; flush(): void };
