import { csvText } from '@tacho/trace/model/csv';
import type { JsonValue } from '@tacho/trace/model/json';
import type { OwnQueryResult } from '../../store/store.ts';
import type { Colours } from './colours.ts';
import { table } from './table.ts';

/** Wider texts give way on a narrow screen. */
const SHRINKS_TO = 12;
/** Characters of a cell: a payload may be megabytes. */
const WIDEST = 200;

/** The rows of a query for a terminal: numbers to the right, what is absent empty. */
export function queryTable(
  { columns, rows }: OwnQueryResult,
  screen: { columns: number; colours: Colours },
): string {
  return table(
    rows,
    columns.map(({ name }, at) => ({
      title: name,
      of: (row: JsonValue[]) => textOf(row[at]!).slice(0, WIDEST),
      right: rows.every((row) => row[at] === null || typeof row[at] === 'number'),
      shrinksTo: SHRINKS_TO,
    })),
    screen,
  );
}

/** The same as CSV, with a line of names. */
export function queryCsv({ columns, rows }: OwnQueryResult): string {
  return csvText([columns.map(({ name }) => name), ...rows]);
}

function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
