import { csvText } from '@tacho/trace/model/csv';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { ReactNode } from 'react';
import type { TableOrder } from '../../state/analytics-url.ts';
import { NONE } from '../../ui/format.ts';

/** A column of figures: what the table shows, what it is sorted by, and what stands in the CSV. */
export type FigureColumn<Row> = {
  /** Its name in the CSV and in the URL: where the report has a name for it, that. */
  id: string;
  title: string;
  /** Null: unknown. */
  value: (row: Row) => string | number | null;
  /** As people read it; without it, the value is a text. */
  text?: (row: Row) => string;
  /** More than a text. */
  cell?: (row: Row) => ReactNode;
  help?: string;
  /** Texts stand on the left. */
  left?: boolean;
  /** Stands in the CSV only: the screen shows it as part of another. */
  hidden?: boolean;
  /** A drawing of what stands in other columns: neither in the CSV nor to be sorted by. */
  drawn?: boolean;
};

/** A column's value as text without anything that acts on a screen. */
export function textOf<Row>({ text, value }: FigureColumn<Row>, row: Row): string {
  if (text) return text(row);
  const known = value(row);
  return known === null || known === '' ? NONE : plainLine(String(known));
}

/** The columns of the screen; of which nothing is known in any row is left out. The first has the names. */
export function shownColumns<Row>(
  rows: readonly Row[],
  columns: readonly FigureColumn<Row>[],
): readonly FigureColumn<Row>[] {
  return columns.filter(
    ({ hidden, drawn, value }, at) =>
      hidden !== true && (at === 0 || drawn === true || rows.some((row) => value(row) !== null)),
  );
}

/** Rows in the order that was chosen, the unknown last; in the order that they came in where no such column is. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly FigureColumn<Row>[],
  order: TableOrder | undefined,
): readonly Row[] {
  const column = columns.find(({ id, hidden, drawn }) => id === order?.column && !hidden && !drawn);
  if (!column || !order) return rows;
  const way = order.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return way * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
    })
    .map(({ row }) => row);
}

/** What a click on a column's title sorts by: the largest figure first, but the first name. */
export function nextOrder<Row>(column: FigureColumn<Row>, order: TableOrder | undefined): TableOrder {
  const descending = order?.column === column.id ? !order.descending : column.left !== true;
  return { column: column.id, descending };
}

/** The figures as CSV, to the last digit that is known. */
export function figuresCsv<Row>(rows: readonly Row[], columns: readonly FigureColumn<Row>[]): string {
  const written = columns.filter(({ drawn }) => drawn !== true);
  return csvText([written.map(({ id }) => id), ...rows.map((row) => written.map(({ value }) => value(row)))]);
}
