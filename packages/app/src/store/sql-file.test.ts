import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { QUERIES } from './queries/queries.ts';
import { SCHEMA_VERSION, TABLES } from './schema/schema.ts';
import { querySql, tableSql, upgradeSql, viewSql } from './sql-file.ts';
import { UPGRADES } from './upgrades/upgrades.ts';
import { VIEWS } from './views/views.ts';

const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`./${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();

test('every query, table, upgrade and view is a file, and every file is one of them', () => {
  expect([...QUERIES].sort()).toEqual(filesOf('queries'));
  expect([...TABLES].sort()).toEqual(filesOf('schema'));
  expect(UPGRADES.map((version) => `from-${version}`).sort()).toEqual(filesOf('upgrades'));
  expect([...VIEWS].sort()).toEqual(filesOf('views'));
});

test('every version but the newest becomes the next', () => {
  expect(UPGRADES).toEqual(Array.from({ length: SCHEMA_VERSION - 1 }, (_, at) => at + 1));
});

test('every file says why it is as it is', () => {
  for (const sql of [
    ...QUERIES.map(querySql),
    ...TABLES.map(tableSql),
    ...UPGRADES.map(upgradeSql),
    ...VIEWS.map(viewSql),
  ])
    expect(sql).toMatch(/^-- \w/);
});
