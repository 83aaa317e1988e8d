import { expect, test } from 'vitest';
import {
  type FigureColumn,
  figuresCsv,
  nextOrder,
  shownColumns,
  sortedRows,
  textOf,
} from './figure-column.ts';

type Row = { name: string; cost: number | null };
const NAME: FigureColumn<Row> = { id: 'name', title: 'Name', value: ({ name }) => name, left: true };
const COST: FigureColumn<Row> = {
  id: 'cost_usd',
  title: 'Cost',
  value: ({ cost }) => cost,
  text: ({ cost }) => `$${cost}`,
};
const RUNS: FigureColumn<Row> = { id: 'runs', title: 'Runs', value: () => 3, hidden: true };
const BAR: FigureColumn<Row> = { id: 'bar', title: '', value: () => 1, drawn: true };
const COLUMNS = [NAME, COST, RUNS, BAR];
const ROWS: Row[] = [
  { name: 'b', cost: 1 },
  { name: 'a', cost: null },
  { name: 'c', cost: 10 },
  { name: 'd', cost: 1 },
];
const named = (order?: { column: string; descending: boolean }): string =>
  sortedRows(ROWS, COLUMNS, order)
    .map(({ name }) => name)
    .join('');

test('rows are sorted either way, equals stay, and the unknown is last', () => {
  expect(named({ column: 'cost_usd', descending: true })).toBe('cbda');
  expect(named({ column: 'cost_usd', descending: false })).toBe('bdca');
  expect(named({ column: 'name', descending: false })).toBe('abcd');
});

test('without an order, and by a column that is not there, rows stay as they came', () => {
  expect(named()).toBe('bacd');
  expect(named({ column: 'toString', descending: true })).toBe('bacd');
  expect(named({ column: 'runs', descending: true })).toBe('bacd');
});

test('a first click asks for the largest figure, but for the first name; a second turns it round', () => {
  expect(nextOrder(COST, undefined)).toEqual({ column: 'cost_usd', descending: true });
  expect(nextOrder(NAME, { column: 'cost_usd', descending: true })).toEqual({
    column: 'name',
    descending: false,
  });
  expect(nextOrder(COST, { column: 'cost_usd', descending: true }).descending).toBe(false);
});

test('the CSV has every column in full, and no formula', () => {
  expect(figuresCsv([{ name: '=1+1', cost: -0.123456789 }, ...ROWS.slice(1, 2)], COLUMNS)).toBe(
    "name,cost_usd,runs\r\n'=1+1,-0.123456789,3\r\na,,3\r\n",
  );
});

test('the screen leaves out what is hidden, and what no row knows', () => {
  const ids = (rows: readonly Row[]): string[] => shownColumns(rows, COLUMNS).map(({ id }) => id);
  expect(ids(ROWS)).toEqual(['name', 'cost_usd', 'bar']);
  expect(ids(ROWS.slice(1, 2))).toEqual(['name', 'bar']);
});

test('a text is what it says, without what acts on a screen', () => {
  expect(textOf(NAME, { name: 'a\u202eb\n c', cost: 1 })).toBe('ab c');
  expect(textOf(COST, { name: '', cost: 1 })).toBe('$1');
  expect(textOf(NAME, { name: '', cost: 1 })).toBe('–');
});
