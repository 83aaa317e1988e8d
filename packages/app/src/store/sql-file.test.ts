import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { QUERIES } from './queries/queries.ts';
import { TABLES } from './schema/schema.ts';
import { querySql, tableSql, viewSql } from './sql-file.ts';
import { VIEWS } from './views/views.ts';

const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`./${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();

test('every query, table and view is a file, and every file is one of them', () => {
  expect([...QUERIES].sort()).toEqual(filesOf('queries'));
  expect([...TABLES].sort()).toEqual(filesOf('schema'));
  expect([...VIEWS].sort()).toEqual(filesOf('views'));
});

test('every file says why it is as it is', () => {
  for (const sql of [...QUERIES.map(querySql), ...TABLES.map(tableSql), ...VIEWS.map(viewSql)])
    expect(sql).toMatch(/^-- \w/);
});
