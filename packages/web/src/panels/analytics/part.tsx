import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { type AnalyticsPart, toggled } from '../../state/analytics-url.ts';
import { go } from '../../state/location.ts';
import type { AnalyticsPlace } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Choices } from '../../ui/choices.tsx';
import css from './analytics.module.css';
import { type FigureColumn, figuresCsv, sortedRows } from './figure-column.ts';
import { FigureTable } from './figure-table.tsx';
import { saveText } from './save-text.ts';

/** One question of the page: a heading, the figures as a table or as charts, and the same figures as CSV. */
export function Part<Row>({
  part,
  place,
  title,
  children,
  rows,
  columns,
  charts,
  none,
  after,
}: {
  part: AnalyticsPart;
  place: AnalyticsPlace;
  title: string;
  /** What it is and how it is meant, in a sentence. */
  children?: ReactNode;
  rows: readonly Row[];
  columns: readonly FigureColumn<Row>[];
  /** The same figures drawn; without them there is only the table. */
  charts?: ReactNode;
  /** What is said where there is no row. */
  none?: ReactNode;
  after?: ReactNode;
}) {
  const drawn = charts !== undefined && !place.tables?.includes(part);
  const order = place.orders?.[part];
  const sorted = sortedRows(rows, columns, order);
  const refine = (change: Partial<AnalyticsPlace>): void => go({ ...place, ...change }, 'replace');
  return (
    <section className={css.part} aria-labelledby={`part-${part}`}>
      <header className={css.partHead}>
        <h2 id={`part-${part}`}>{title}</h2>
        {children && <p>{children}</p>}
        {rows.length > 0 && (
          <div className={css.partTools}>
            {charts !== undefined && (
              <Choices label={`${title}: how it is shown`} look="segments" small>
                {(['Charts', 'Table'] as const).map((look) => (
                  <Choice
                    key={look}
                    chosen={(look === 'Charts') === drawn}
                    onClick={() => {
                      if ((look === 'Charts') !== drawn) refine({ tables: toggled(place.tables, part) });
                    }}
                  >
                    {look}
                  </Choice>
                ))}
              </Choices>
            )}
            <Button
              look="quiet"
              aria-label={`${title}: save as CSV`}
              onClick={() => saveText(`tacho-${part}.csv`, 'text/csv', figuresCsv(sorted, columns))}
            >
              <Download size={13} aria-hidden="true" /> CSV
            </Button>
          </div>
        )}
      </header>
      {rows.length === 0 ? (
        <p className={css.none}>{none}</p>
      ) : drawn ? (
        charts
      ) : (
        <FigureTable
          caption={title}
          rows={sorted}
          columns={columns}
          order={order}
          onOrder={(next) => refine({ orders: { ...place.orders, [part]: next } })}
          whole={place.whole?.includes(part) === true}
          onWhole={() => refine({ whole: toggled(place.whole, part) })}
        />
      )}
      {after}
    </section>
  );
}
