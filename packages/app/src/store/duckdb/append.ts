import {
  BIGINT,
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
  big: BIGINT,
  double: DOUBLE,
  text: VARCHAR,
  texts: LIST(VARCHAR),
} as const;

/** A column of a table and how a row fills it; undefined is NULL. */
export type Column<Row> = {
  readonly type: keyof typeof TYPES;
  readonly of: (row: Row) => number | bigint | string | readonly string[] | undefined;
};

/** Appends rows to a table in whole columns, the fastest way in from JavaScript (see docs/decisions). */
export async function append<Row>(
  connection: DuckDBConnection,
  table: TableName,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const types: DuckDBType[] = columns.map((column) => TYPES[column.type]);
  const appender = await connection.createAppender(table);
  try {
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows.length - start);
      const chunk = DuckDBDataChunk.create(types, count);
      for (const [index, { of }] of columns.entries()) {
        const vector = chunk.getColumnVector(index) as {
          setItem(at: number, value: DuckDBValue): void;
          flush(): void;
        };
        for (let at = 0; at < count; at++) {
          const value = of(rows[start + at]!) ?? null;
          vector.setItem(at, typeof value === 'object' && value !== null ? listValue(value) : value);
        }
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}
