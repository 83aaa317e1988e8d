import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { TableName } from '../schema/schema.ts';
import { DOUBLE, DuckDBDataChunk, INTEGER, LIST, listValue, UTINYINT, VARCHAR } from './driver.ts';

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

export type ColumnType = keyof typeof TYPES;

/** A column of a table and how a row fills it; undefined is NULL. */
export type Column<Row> = {
  readonly type: ColumnType;
  readonly of: (row: Row) => number | string | readonly string[] | undefined;
};

/** Appends rows to a table, asking for each value: for tables with few rows. */
export async function append<Row>(
  connection: DuckDBConnection,
  table: TableName,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const types = columns.map((column) => column.type);
  await appendChunks(connection, table, types, rows.length, (vectors, start, size) => {
    for (const [index, { of }] of columns.entries()) {
      const vector = vectors[index]!;
      for (let at = 0; at < size; at++) {
        const value = of(rows[start + at]!) ?? null;
        vector.setItem(at, typeof value === 'object' && value !== null ? listValue(value) : value);
      }
    }
  });
}

/** A column of values that are ready. */
export type ReadyColumn = { readonly type: ColumnType; readonly values: Float64Array | readonly string[] };

/**
 * Appends at most a chunk of rows whose columns are ready: for spans. To ask each column for the value of each row, as
 * `append` does, cost 9 µs a span with 35 columns; this costs a third.
 */
export async function appendReady(
  connection: DuckDBConnection,
  table: TableName,
  columns: readonly ReadyColumn[],
  count: number,
): Promise<void> {
  const types = columns.map((column) => column.type);
  await appendChunks(connection, table, types, count, (vectors, _, size) => {
    for (const [index, { values }] of columns.entries()) {
      const vector = vectors[index]!;
      if (values instanceof Float64Array) for (let at = 0; at < size; at++) vector.setItem(at, values[at]!);
      else for (let at = 0; at < size; at++) vector.setItem(at, values[at]!);
    }
  });
}

/** Whole columns in data chunks are the fastest way in from JavaScript (see docs/decisions). */
async function appendChunks(
  connection: DuckDBConnection,
  table: TableName,
  types: readonly ColumnType[],
  count: number,
  fill: (vectors: readonly Vector[], start: number, size: number) => void,
): Promise<void> {
  if (count === 0) return;
  const duckTypes: DuckDBType[] = types.map((type) => TYPES[type]);
  const appender = await connection.createAppender(table);
  try {
    for (let start = 0; start < count; start += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - start);
      const chunk = DuckDBDataChunk.create(duckTypes, size);
      const vectors = types.map((__, index) => chunk.getColumnVector(index) as Vector);
      fill(vectors, start, size);
      for (const vector of vectors) vector.flush();
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

type Vector = { setItem(at: number, value: DuckDBValue): void; flush(): void };
