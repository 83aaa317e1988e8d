import type { DuckDBConnection } from '@duckdb/node-api';
import type { JsonValue } from '@tacho/trace/model/json';
import { viewSql } from '../sql-file.ts';
import { type OwnQueryLimits, OwnQueryProblem, type OwnQueryResult } from '../store.ts';
import { VIEWS } from '../views/views.ts';
import { JsonDuckDBValueConverter } from './driver.ts';

/** DuckDB's numbers of statements that only read. */
const SELECT = 1;
const EXPLAIN = 4;
const NOTHING_TO_EXTRACT = 'Error in native callback';
/** An answer is held in memory: payloads of a thousand rows may be gigabytes. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** Whole numbers that JSON's numbers can carry come as texts from the driver. */
const WHOLE = /^(U?(BIG|HUGE)INT)$/;

/**
 * Answers a person's own SQL on a connection of its own: one statement that reads, in a transaction that cannot write, on an
 * engine that may open no files. Stops at the limits. Throws OwnQueryProblem.
 */
export async function ownQuery(
  connection: DuckDBConnection,
  sql: string,
  limits: OwnQueryLimits,
): Promise<OwnQueryResult> {
  const startedMs = performance.now();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, limits.timeoutMs);
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    const catalog = (await connection.runAndReadAll('SELECT current_catalog()')).getRows()[0]![0] as string;
    const quoted = `"${catalog.replaceAll('"', '""')}"`;
    for (const view of VIEWS) await connection.run(viewSql(view).replaceAll('{{catalog}}', () => quoted));
    const statements = await connection.extractStatements(sql).catch((error: unknown) => {
      // What the driver says where there is nothing but blanks and comments.
      if (String(error).includes(NOTHING_TO_EXTRACT))
        throw new OwnQueryProblem('There is no statement in this query.');
      throw error;
    });
    if (statements.count !== 1) throw new OwnQueryProblem('One statement at a time, please.');
    const statement = await statements.prepare(0);
    try {
      if (statement.statementType !== SELECT && statement.statementType !== EXPLAIN)
        throw new OwnQueryProblem('Only statements that read can be asked: SELECT, WITH, EXPLAIN.');
      const result = await statement.stream();
      const columns = result.columnNames().map((name, at) => ({ name, type: String(result.columnType(at)) }));
      const rows: JsonValue[][] = [];
      let truncated = false;
      let characters = 0;
      while (!truncated) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        for (const row of chunk.convertRows(JsonDuckDBValueConverter) as JsonValue[][]) {
          truncated = rows.length === limits.rows || characters > MOST_CHARACTERS;
          if (truncated) break;
          rows.push(row.map((value, at) => numberOf(value, columns[at]!.type)));
          for (const value of row) if (typeof value === 'string') characters += value.length;
        }
      }
      return { columns, rows, truncated, ms: Math.round(performance.now() - startedMs) };
    } finally {
      statement.destroySync();
    }
  } catch (error) {
    if (error instanceof OwnQueryProblem) throw error;
    if (late) throw tookTooLong(limits.timeoutMs);
    throw new OwnQueryProblem(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** How long a query that was told to stop may take to do so, in ms. */
const STOPPING_MS = 1000;

/** The answer, or the problem that there is none: a single step of a query may be long, and the engine stops between steps. */
export async function answeredInTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tookTooLong(timeoutMs)), timeoutMs + STOPPING_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tookTooLong(timeoutMs: number): OwnQueryProblem {
  return new OwnQueryProblem(
    `The query took longer than ${timeoutMs / 1000} s and was stopped.`,
    'Ask for less, or give it longer with --timeout.',
  );
}

function numberOf(value: JsonValue, type: string): JsonValue {
  if (typeof value !== 'string' || !WHOLE.test(type)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
