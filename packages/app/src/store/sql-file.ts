import { readFileSync } from 'node:fs';
import type { QueryName } from './queries/queries.ts';
import type { TableName } from './schema/schema.ts';
import type { ViewName } from './views/views.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const texts = new Map<QueryName, string>();

/** The SQL of a query; read from its file once. */
export function querySql(name: QueryName): string {
  let text = texts.get(name);
  if (text === undefined) {
    text = read(`./queries/${name}.sql`);
    texts.set(name, text);
  }
  return text;
}

/** The SQL that makes a view; `{{catalog}}` stands for the database. */
export function viewSql(name: ViewName): string {
  return read(`./views/${name}.sql`);
}

/** The SQL that makes a store of this version of the schema one of the next. */
export function upgradeSql(version: number): string {
  return read(`./upgrades/from-${version}.sql`);
}

/** The SQL that makes a table. */
export function tableSql(name: TableName): string {
  return read(`./schema/${name}.sql`);
}
