import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { QUERIES } from './queries/queries.ts';
import { TABLES } from './schema/schema.ts';
import { querySql, tableSql } from './sql-file.ts';

const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`./${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();

test('every query and every table is a file, and every file is one of them', () => {
  expect([...QUERIES].sort()).toEqual(filesOf('queries'));
  expect([...TABLES].sort()).toEqual(filesOf('schema'));
});

test('every file says why it is as it is', () => {
  for (const sql of [...QUERIES.map(querySql), ...TABLES.map(tableSql)]) expect(sql).toMatch(/^-- \w/);
});
