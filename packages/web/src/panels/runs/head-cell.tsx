// biome-ignore-all lint/a11y/useSemanticElements: the list is no <table>, see run-table.tsx.
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { RunFilters } from '../../state/url.ts';
import type { RunColumn } from './run-columns.tsx';
import css from './runs.module.css';

export type SortChange = Pick<RunFilters, 'sort' | 'descending'>;

/** The title of a column, with which the list is sorted by it. */
export function HeadCell({
  column,
  filters,
  onSort,
}: {
  column: RunColumn;
  filters: RunFilters;
  onSort: (change: SortChange) => void;
}) {
  const { sort } = column;
  const current = filters.sort ?? 'start';
  const descending = filters.sort === undefined ? true : filters.descending === true;
  const on = sort !== undefined && sort === current;
  const className = `${css.headCell} ${column.right ? css.right : ''}`;
  const style = { gridArea: column.id };
  if (sort === undefined)
    return (
      <span role="columnheader" tabIndex={-1} className={className} style={style}>
        {column.title}
      </span>
    );
  const change = (): void => {
    const next = on ? !descending : column.descendingFirst === true;
    // Newest first is what the list does unasked: the URL need not say it.
    onSort(sort === 'start' && next ? {} : { sort, ...(next && { descending: true }) });
  };
  return (
    <span
      role="columnheader"
      tabIndex={-1}
      className={className}
      style={style}
      aria-sort={on ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className={css.sort} data-on={on || undefined} onClick={change}>
        {column.title}
        {on && (descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
      </button>
    </span>
  );
}
