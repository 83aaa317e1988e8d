import { ArrowDown, ArrowUp } from 'lucide-react';
import type { TableOrder } from '../../state/analytics-url.ts';
import { grouped } from '../../ui/format.ts';
import css from './analytics.module.css';
import { type FigureColumn, nextOrder, shownColumns, textOf } from './figure-column.ts';

/** Rows that are shown unasked, and at all: what is beyond them is in the CSV. */
const FIRST = 12;
const MOST = 500;

/** Figures as a table that every title sorts. */
export function FigureTable<Row>({
  caption,
  rows,
  columns,
  order,
  onOrder,
  whole,
  onWhole,
}: {
  caption: string;
  rows: readonly Row[];
  columns: readonly FigureColumn<Row>[];
  order: TableOrder | undefined;
  onOrder: (order: TableOrder) => void;
  whole: boolean;
  onWhole: () => void;
}) {
  const shown = shownColumns(rows, columns);
  const visible = rows.slice(0, whole ? MOST : FIRST);
  return (
    <div className={css.tableBox}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be scrolled with keys as well. */}
      <section className={css.scroller} aria-label={caption} tabIndex={0}>
        <table className={css.table}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {shown.map((column) => {
                const on = order?.column === column.id;
                return (
                  <th
                    key={column.id}
                    scope="col"
                    data-left={column.left || undefined}
                    aria-sort={
                      column.drawn ? undefined : on ? (order.descending ? 'descending' : 'ascending') : 'none'
                    }
                    title={column.help}
                  >
                    {column.drawn ? (
                      column.title
                    ) : (
                      <button
                        type="button"
                        className={css.sort}
                        data-on={on || undefined}
                        onClick={() => onOrder(nextOrder(column, order))}
                      >
                        {column.title}
                        {on && (order.descending ? <ArrowDown size={11} /> : <ArrowUp size={11} />)}
                      </button>
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {visible.map((row, no) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name that all tables share, and hold no state.
              <tr key={no}>
                {shown.map((column, at) =>
                  at === 0 ? (
                    <th key={column.id} scope="row" title={textOf(column, row)}>
                      {column.cell?.(row) ?? textOf(column, row)}
                    </th>
                  ) : (
                    <td
                      key={column.id}
                      data-left={column.left || undefined}
                      title={column.left ? textOf(column, row) : undefined}
                    >
                      {column.cell?.(row) ?? textOf(column, row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > FIRST && (
        <p className={css.more}>
          {rows.length > MOST && whole && <>The CSV has all {grouped(rows.length)} rows. </>}
          <button type="button" className={css.wholeButton} onClick={onWhole}>
            {whole
              ? `Show the first ${FIRST}`
              : rows.length > MOST
                ? `Show the first ${MOST} of ${grouped(rows.length)}`
                : `Show all ${grouped(rows.length)}`}
          </button>
        </p>
      )}
    </div>
  );
}
