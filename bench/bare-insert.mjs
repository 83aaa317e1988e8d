// The limit of every write: the same rows, ready in columns, through the fastest door the engine has.
import { join } from 'node:path';
import { DOUBLE, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { TABLES } from '../packages/app/dist/store/schema/schema.js';
import { tableSql } from '../packages/app/dist/store/sql-file.js';
import { median } from './figure.mjs';
import { inFolder } from './tacho.mjs';

const TABLES_OF_SPANS = ['spans', 'texts', 'payloads'];
const TRANSACTION = 5_000;
const CHUNK = 2048;

/**
 * Spans a second, median of so many rounds.
 * @param {string} source a store that Tacho wrote, closed
 * @param {number} spans a round
 * @param {number} rounds
 */
export async function bareInsert(source, spans, rounds) {
  const rates = [];
  for (let round = 0; round < rounds; round++)
    rates.push(await inFolder((folder) => insert(source, folder, spans, round)));
  return median(rates);
}

async function insert(source, folder, spans, round) {
  const from = await DuckDBInstance.create(source, { access_mode: 'READ_ONLY' });
  const reading = await from.connect();
  const options = { threads: '2', storage_compatibility_version: 'v1.5.0' };
  const into = await DuckDBInstance.create(join(folder, 'bare.duckdb'), options);
  const writing = await into.connect();
  for (const table of TABLES) await writing.run(tableSql(table));
  const [total] = await counts(reading, ['spans']);
  const perTransaction = TRANSACTION / total;
  let ms = 0;
  for (let at = 0; at < spans / TRANSACTION; at++) {
    const tables = [];
    for (const name of TABLES_OF_SPANS)
      tables.push(await columnsOf(reading, name, perTransaction, at + round * (spans / TRANSACTION)));
    const started = performance.now();
    await writing.run('BEGIN');
    for (const { name, types, chunks } of tables) {
      const appender = await writing.createAppender(name);
      for (const columns of chunks) {
        const chunk = DuckDBDataChunk.create(types);
        chunk.setColumns(columns);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    }
    await writing.run('COMMIT');
    ms += performance.now() - started;
  }
  for (const each of [writing, into, reading, from]) each.closeSync();
  return (spans / ms) * 1000;
}

async function counts(connection, tables) {
  const numbers = [];
  for (const name of tables) {
    const counted = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${name}`);
    numbers.push(counted.getRows()[0][0]);
  }
  return numbers;
}

/** A share of a table's rows as columns, in chunks. BIGINTs go in faster as doubles. */
async function columnsOf(connection, name, share, index) {
  const [total] = await counts(connection, [name]);
  const rows = Math.ceil(total * share);
  const result = await connection.run(`FROM ${name} LIMIT ${rows} OFFSET ${rows * index}`);
  const types = result.columnTypes().map((type) => (String(type) === 'BIGINT' ? DOUBLE : type));
  const columns = (await result.getColumns()).map((values, i) =>
    types[i] === DOUBLE ? values.map(Number) : values,
  );
  const chunks = [];
  for (let at = 0; at < (columns[0]?.length ?? 0); at += CHUNK)
    chunks.push(columns.map((values) => values.slice(at, at + CHUNK)));
  return { name, types, chunks };
}
