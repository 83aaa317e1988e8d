// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of 100 000 rows cannot be a <table>, which lays out all of them.
// biome-ignore-all lint/correctness/noComponentHookFactories: functions by the name of a key (ArrowDown) are no components.
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useAtom } from '../../state/atom.ts';
import { useNow } from '../../state/clock.ts';
import { go } from '../../state/location.ts';
import { markedRuns, toggleMark } from '../../state/marked-runs.ts';
import { holdRuns, loadMoreRuns, type RunListState } from '../../state/run-list.ts';
import { hrefOf, type Place, type RunFilters } from '../../state/url.ts';
import { isTyping } from '../../ui/keys.ts';
import { HeadCell, type SortChange } from './head-cell.tsx';
import { MarkBox } from './mark-box.tsx';
import { runLayout } from './run-layouts.ts';
import css from './runs.module.css';

/** The next page is asked for when so many rows are left below the fold. */
const AHEAD = 30;

const onResize = (changed: () => void): (() => void) => {
  addEventListener('resize', changed);
  return () => removeEventListener('resize', changed);
};

export function RunTable({
  list,
  filters,
  onSort,
}: {
  list: RunListState;
  filters: RunFilters;
  onSort: (change: SortChange) => void;
}) {
  const { runs } = list;
  const layout = useSyncExternalStore(onResize, () => runLayout(innerWidth));
  const { columns, rowPx, headPx } = layout;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | undefined>();
  const marked = useAtom(markedRuns).runs;
  const nowUs = useNow(runs.some((run) => run.status === 'running'));
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (at) => runs[at]?.runId ?? at,
    overscan: 12,
    // The head lies over the first rows that are scrolled to, and before the first of all.
    scrollPaddingStart: headPx,
    scrollMargin: headPx,
  });
  const rowsRef = useRef(rows);
  rowsRef.current = rows;
  const laidOut = useRef(rowPx);
  useLayoutEffect(() => {
    const before = laidOut.current;
    laidOut.current = rowPx;
    if (before === rowPx || !scroller.current) return;
    // Rows of another height: the run that was at the top stays there.
    const at = scroller.current.scrollTop / before;
    rowsRef.current.measure();
    rowsRef.current.scrollToOffset(at * rowPx);
  }, [rowPx]);
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last > runs.length - AHEAD) void loadMoreRuns();
  }, [last, runs.length]);
  useEffect(() => () => holdRuns(false), []);

  const activeAt = runs.findIndex((run) => run.runId === active);
  const move = (to: number): void => {
    const at = Math.min(runs.length - 1, Math.max(0, to));
    const run = runs[at];
    if (!run) return;
    setActive(run.runId);
    rows.scrollToIndex(at, { align: 'auto' });
  };
  const pageRef = useRef((): number => 1);
  pageRef.current = () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headPx) / rowPx));
  const moveRef = useRef(move);
  moveRef.current = move;
  const atRef = useRef(activeAt);
  atRef.current = activeAt;
  const openRef = useRef(() => {});
  openRef.current = () => {
    if (active !== undefined) go({ page: 'run', runId: active, tab: 'timeline' });
  };
  const markRef = useRef(() => {});
  markRef.current = () => {
    const run = runs[activeAt];
    if (run) toggleMark(run);
  };
  useEffect(() => {
    const steps: Record<string, (at: number) => number> = {
      j: (at) => at + 1,
      ArrowDown: (at) => at + 1,
      k: (at) => at - 1,
      ArrowUp: (at) => at - 1,
      PageDown: (at) => at + pageRef.current(),
      PageUp: (at) => at - pageRef.current(),
      Home: () => 0,
      End: () => Number.POSITIVE_INFINITY,
    };
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (isTyping(event)) return;
      const onControl = event.target instanceof HTMLElement && event.target.closest('button, a, [role=menu]');
      const step = steps[event.key];
      if (step && !(onControl && event.key.length > 1 && !scroller.current?.contains(onControl))) {
        event.preventDefault();
        moveRef.current(step(atRef.current));
      } else if (event.key === 'Enter' && !onControl) openRef.current();
      else if (event.key === 'x') markRef.current();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <div
      ref={scroller}
      className={css.table}
      role="grid"
      aria-label="Runs"
      aria-rowcount={list.total + 1}
      tabIndex={0}
      aria-activedescendant={activeAt < 0 ? undefined : `run-${active}`}
      data-marking={marked.length > 0 || undefined}
      data-layout={layout.name}
      style={{ '--grid': layout.grid, '--gap': `${layout.gapPx}px` } as CSSProperties}
      onPointerEnter={() => holdRuns(true)}
      onPointerLeave={() => holdRuns(false)}
    >
      <div className={css.head} role="row" tabIndex={-1} style={{ height: headPx }}>
        <span role="columnheader" tabIndex={-1} className="visually-hidden">
          Marked
        </span>
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} filters={filters} onSort={onSort} />
        ))}
      </div>
      <div className={css.rows} role="presentation" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const run = runs[item.index];
          if (!run) return null;
          const to: Place = { page: 'run', runId: run.runId, tab: 'timeline' };
          return (
            <a
              key={item.key}
              id={`run-${run.runId}`}
              className={css.row}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={run.runId === active}
              data-active={run.runId === active || undefined}
              tabIndex={-1}
              href={hrefOf(to)}
              style={{ height: rowPx, transform: `translateY(${item.start - headPx}px)` }}
              onClick={(event: MouseEvent) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
                event.preventDefault();
                go(to);
              }}
              onKeyDown={(event: KeyboardEvent) => {
                if (event.key === 'Enter') go(to);
              }}
            >
              <MarkBox run={run} marked={marked.some(({ runId }) => runId === run.runId)} />
              {columns.map((column) => (
                <span
                  key={column.id}
                  role="gridcell"
                  tabIndex={-1}
                  className={`${css.cell} ${column.right ? css.right : ''}`}
                  data-below={layout.below.has(column.id) || undefined}
                  style={{ gridArea: column.id }}
                  title={column.title2?.(run)}
                >
                  {column.cell(run, nowUs)}
                </span>
              ))}
            </a>
          );
        })}
      </div>
    </div>
  );
}
