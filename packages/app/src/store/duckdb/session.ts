import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBPreparedStatement,
  DuckDBType,
  DuckDBValue,
} from '@duckdb/node-api';
import type { QueryName } from '../queries/queries.ts';
import { querySql } from '../sql-file.ts';
import { INTEGER, LIST, listValue, VARCHAR } from './driver.ts';

/** What a query is given: an array is a list of texts, an Int32Array a list of numbers. */
export type SqlValue = string | number | null | readonly string[] | Int32Array;
export type SqlValues = Readonly<Record<string, SqlValue>>;

/** One connection. It does one thing at a time, in the order in which it was asked. */
export class Session {
  readonly #connection: DuckDBConnection;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** The rows of a query as objects. What is BIGINT comes as bigint: queries cast to DOUBLE what fits. */
  rows<Row>(name: QueryName, values: SqlValues = {}): Promise<Row[]> {
    return this.rowsOf<Row>(querySql(name), values);
  }

  rowsOf<Row>(sql: string, values: SqlValues): Promise<Row[]> {
    return this.#prepared(
      sql,
      values,
      async (statement) => (await (await statement.run()).getRowObjectsJS()) as Row[],
    );
  }

  async run(name: QueryName, values: SqlValues = {}): Promise<void> {
    await this.#prepared(querySql(name), values, (statement) => statement.run());
  }

  /** Statements without values: transactions, tables. */
  async execute(sql: string): Promise<void> {
    await this.#alone(() => this.#connection.run(sql));
  }

  /** Hands the result over chunk by chunk (2048 rows each), before the next is read: a large result is never whole in memory. */
  chunks(name: QueryName, values: SqlValues, use: (chunk: DuckDBDataChunk) => void): Promise<void> {
    return this.chunksOf(querySql(name), values, use);
  }

  chunksOf(sql: string, values: SqlValues, use: (chunk: DuckDBDataChunk) => void): Promise<void> {
    return this.#prepared(sql, values, async (statement) => {
      const result = await statement.stream();
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        use(chunk);
      }
    });
  }

  /** Runs what appends by hand, between two queries. */
  append(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    return this.#alone(() => work(this.#connection));
  }

  close(): void {
    this.#connection.closeSync();
  }

  /**
   * Prepares a statement for one use. DuckDB 1.5 plans by the statistics of the moment (what is beyond the largest number
   * is not looked for, texts are packed into as many bytes as the longest needs) and keeps the plan when rows are added:
   * a statement that was prepared over an empty table later answers wrongly. Preparing takes 0.14 ms.
   */
  #prepared<T>(
    sql: string,
    values: SqlValues,
    use: (statement: DuckDBPreparedStatement) => Promise<T>,
  ): Promise<T> {
    return this.#alone(async () => {
      const statement = await this.#connection.prepare(sql);
      try {
        bind(statement, values);
        return await use(statement);
      } finally {
        statement.destroySync();
      }
    });
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

function bind(statement: DuckDBPreparedStatement, values: SqlValues): void {
  const bound: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value instanceof Int32Array) {
      bound[name] = listValue([...value]);
      types[name] = LIST(INTEGER);
    } else if (typeof value === 'object' && value !== null) {
      bound[name] = listValue(value);
      types[name] = LIST(VARCHAR);
    } else bound[name] = value;
  }
  statement.bind(bound, types);
}
