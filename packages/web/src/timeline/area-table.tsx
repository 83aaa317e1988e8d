import { X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { compact, counted, duration, grouped, money } from '../ui/format.ts';
import {
  AREA_GROUPINGS,
  type AreaColumn,
  type AreaFigures,
  type AreaGrouping,
  type AreaRow,
  areaRows,
  sortRows,
} from './area-rows.ts';
import css from './area-table.module.css';
import type { Scene } from './scene.ts';

const COLUMNS: readonly { key: AreaColumn; title: string; hint: string; show: (row: AreaRow) => string }[] = [
  { key: 'count', title: 'count', hint: 'Spans that touch the area', show: (row) => grouped(row.count) },
  { key: 'totalUs', title: 'total', hint: 'Sum of their durations', show: (row) => duration(row.totalUs) },
  { key: 'selfUs', title: 'self', hint: 'Time in which no child ran', show: (row) => duration(row.selfUs) },
  { key: 'p50Us', title: 'p50', hint: 'Median duration', show: (row) => duration(row.p50Us) },
  { key: 'p95Us', title: 'p95', hint: '95 of 100 are shorter', show: (row) => duration(row.p95Us) },
  {
    key: 'tokens',
    title: 'tokens',
    hint: 'Each call counted once',
    show: (row) => (row.tokens === 0 ? '–' : compact(row.tokens)),
  },
  { key: 'costUsd', title: 'cost', hint: 'Where the price is known', show: (row) => money(row.costUsd) },
  {
    key: 'errors',
    title: 'errors',
    hint: 'Spans that failed',
    show: (row) => (row.errors === 0 ? '–' : grouped(row.errors)),
  },
];

/** What is in a selected area: its spans in groups, with their sums. A click on a group lights its bars up. */
export function AreaTable({
  scene,
  figures,
  spans,
  lengthUs,
  nowUs,
  lit,
  onLight,
  onClose,
}: {
  scene: Scene;
  figures: AreaFigures;
  spans: readonly number[];
  lengthUs: number;
  nowUs: number;
  /** Key of the group whose bars are lit. */
  lit: string | null;
  onLight: (row: AreaRow | null) => void;
  onClose: () => void;
}) {
  const [grouping, setGrouping] = useState<AreaGrouping>('kind');
  const [order, setOrder] = useState<{ column: AreaColumn; descending: boolean }>({
    column: 'totalUs',
    descending: true,
  });
  const rows = useMemo(
    () => areaRows(scene.columns, figures, spans, grouping, nowUs),
    [scene, figures, spans, grouping, nowUs],
  );
  const sorted = useMemo(() => sortRows(rows, order.column, order.descending), [rows, order]);
  const sortBy = (column: AreaColumn): void =>
    setOrder((now) => ({ column, descending: now.column === column ? !now.descending : column !== 'key' }));
  const arrow = (column: AreaColumn): string =>
    order.column !== column ? '' : order.descending ? ' ↓' : ' ↑';
  const ariaSort = (column: AreaColumn): 'ascending' | 'descending' | 'none' =>
    order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending';

  return (
    <section className={css.panel} aria-label="Selected area">
      <header className={css.head}>
        <strong>{counted(spans.length, 'span')}</strong>
        <span className={css.mute}>in {duration(lengthUs)}</span>
        <fieldset className={css.groupings} aria-label="Group by">
          {AREA_GROUPINGS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === grouping}
              onClick={() => {
                setGrouping(name);
                onLight(null);
              }}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <span className={css.spacer} />
        <IconButton label="Close the area (Esc)" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col" aria-sort={ariaSort('key')}>
                <button type="button" onClick={() => sortBy('key')}>
                  {grouping}
                  {arrow('key')}
                </button>
              </th>
              {COLUMNS.map(({ key, title, hint }) => (
                <th key={key} scope="col" aria-sort={ariaSort(key)} className={css.number}>
                  <button type="button" title={hint} onClick={() => sortBy(key)}>
                    {title}
                    {arrow(key)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.key} className={row.key === lit ? css.lit : undefined}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={row.key === lit}
                    onClick={() => onLight(row.key === lit ? null : row)}
                  >
                    {grouping === 'kind' && (
                      <i className={css.swatch} style={{ background: `var(--kind-${row.key})` }} />
                    )}
                    <span className={css.name} title={row.key}>
                      {row.key}
                    </span>
                  </button>
                </th>
                {COLUMNS.map(({ key, show }) => (
                  <td key={key} className={key === 'errors' && row.errors > 0 ? css.bad : undefined}>
                    {show(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
