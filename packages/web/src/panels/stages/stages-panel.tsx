// biome-ignore-all lint/a11y/useSemanticElements: see the rows.
import { useVirtualizer } from '@tanstack/react-virtual';
import { Milestone } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useEffect, useRef } from 'react';
import { useNow } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import type { RunPlace } from '../../state/url.ts';
import { counted } from '../../ui/format.ts';
import { TAKES_KEYS } from '../../ui/keys.ts';
import { Notice } from '../../ui/notice.tsx';
import { rowAfter } from '../../ui/row-keys.ts';
import type { Analyses } from '../run/analyses.ts';
import { barScale } from '../span-bar.tsx';
import { stageColumns, stageTracks } from './stage-columns.tsx';
import { Cells, OutsideRow, ROW_PX, StageRow } from './stage-row.tsx';
import css from './stages.module.css';

/** The first line and the last stay in sight. */
const HEAD_PX = 30;
const TOTAL_PX = 36;

/** The stages of the run: how long each took, what its programs used, what its model calls cost. */
export function StagesPanel({ place, analyses }: { place: RunPlace; analyses: Analyses }) {
  const { stageTable: table, header } = analyses;
  const { rows, outside, total } = table;
  const running = header.status === 'running';
  const ticking = useNow(running);
  const nowUs = running ? Math.max(ticking, analyses.nowUs) : header.lastUs;
  const columns = stageColumns({ table, running, nowUs, scale: barScale(header, nowUs) });
  const selected = place.span;
  const at = selected === undefined ? -1 : rows.findIndex(({ no }) => no === selected);

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length + (outside === undefined ? 0 : 1),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    scrollPaddingEnd: TOTAL_PX,
  });
  const shown = useRef<number | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection, not every change of the run.
  useEffect(() => {
    if (at < 0 || selected === shown.current) return;
    shown.current = selected;
    virtual.scrollToIndex(at, { align: 'auto' });
  }, [selected, at]);

  if (rows.length === 0)
    return (
      <Notice title="No stages in this run" icon={<Milestone size={28} />}>
        Spans of kind “stage” appear here: what <code>tacho exec</code> and <code>tacho pipeline</code> run,
        and the steps that a program names itself.
      </Notice>
    );

  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    // What is only planned stands last, and has nothing to be opened yet.
    const begun = rows.filter(({ no }) => no >= 0);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_PX) - 1);
    const to = rowAfter(event.key, at, begun.length, page);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    refineRun({ span: begun[to]!.no });
  };

  return (
    <div className={css.panel}>
      <div
        ref={scroller}
        className={css.table}
        role="treegrid"
        aria-label="Stages"
        aria-rowcount={virtual.options.count + 2}
        aria-activedescendant={at < 0 ? undefined : `stage-${selected}`}
        tabIndex={0}
        {...{ [TAKES_KEYS]: true }}
        onKeyDown={onKey}
        style={stageTracks(columns) as CSSProperties}
      >
        <div className={css.head} role="row" tabIndex={-1} aria-rowindex={1} style={{ height: HEAD_PX }}>
          <span role="columnheader" tabIndex={-1}>
            stage
          </span>
          {columns.map((column) => (
            <span
              key={column.id}
              role="columnheader"
              tabIndex={-1}
              data-from={column.from}
              data-left={column.left}
              title={column.help}
            >
              {column.title}
            </span>
          ))}
        </div>
        <div role="presentation" className={css.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const topPx = start - HEAD_PX;
            const stage = rows[index];
            if (stage === undefined)
              return outside && <OutsideRow key={key} sums={outside} {...{ index, topPx, columns }} />;
            return (
              <StageRow
                key={key}
                stage={stage}
                running={running}
                selected={stage.no >= 0 && stage.no === selected}
                onSelect={() => refineRun({ span: stage.no })}
                {...{ index, topPx, columns }}
              />
            );
          })}
        </div>
        <div
          className={css.total}
          role="row"
          tabIndex={-1}
          aria-rowindex={virtual.options.count + 2}
          style={{ height: TOTAL_PX }}
        >
          <span role="rowheader" tabIndex={-1} className={css.name}>
            whole run
            {total.unpriced > 0 && (
              <span className={css.note}>{counted(total.unpriced, 'call')} without a price</span>
            )}
          </span>
          <Cells columns={columns} of={(column) => column.total} words={(column) => column.totalWords} />
        </div>
      </div>
    </div>
  );
}
