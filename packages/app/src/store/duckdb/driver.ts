import { createRequire } from 'node:module';

/**
 * DuckDB's driver. It is CommonJS: imported as a module, Node searches its sources for the names of its exports first, which
 * takes 40 ms of every command.
 */
export const {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  JsonDuckDBValueConverter,
  LIST,
  UTINYINT,
  VARCHAR,
  listValue,
}: typeof import('@duckdb/node-api') = createRequire(import.meta.url)('@duckdb/node-api');
