// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of 20 000 steps cannot be a <table>, which lays out all of them.
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { go } from '../../state/location.ts';
import type { DiffSide } from '../../state/url.ts';
import { isTyping } from '../../ui/keys.ts';
import { rowAfter } from '../../ui/row-keys.ts';
import { type Fold, hop, type Lines, type Row, rowOf } from './aligned-rows.ts';
import css from './diff.module.css';
import { FoldRow } from './fold-row.tsx';
import { StepRow } from './step-row.tsx';

/** What stays in sight on top: the bar and the titles of the columns. Their heights stand in the style sheet too. */
const BAR_PX = 44;
const TITLES_PX = 28;
const ROW_PX = 30;
/** Where there is no room for a column of what differs, it stands below the name. */
const TALL_ROW_PX = 48;

const narrow = matchMedia('(max-width: 760px)');
const onWidth = (changed: () => void): (() => void) => {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
};

const TITLES: readonly { id: string; title: string; help?: string }[] = [
  { id: 'step', title: 'step' },
  { id: 'differs', title: 'what differs' },
  { id: 'sides', title: 'time, left → right' },
  { id: 'time', title: 'Δ time', help: 'Right minus left, of the step from its start to its end' },
  { id: 'tokens', title: 'Δ tokens', help: 'Right minus left, with all that is in the step' },
  { id: 'cost', title: 'Δ cost', help: 'Right minus left, with all that is in the step' },
  { id: 'open', title: 'open in' },
];

/** The steps of both runs, row by row. The page scrolls, not the table: the head makes room for it. */
export function StepTable({
  lines,
  rows,
  found,
  selected,
  runs,
  longestUs,
  scroller,
  onSelect,
  onTurn,
}: {
  lines: Lines;
  rows: readonly Row[];
  found: readonly number[];
  /** Position of the chosen line; -1: none. */
  selected: number;
  runs: { readonly [Side in DiffSide]: string };
  longestUs: number;
  scroller: RefObject<HTMLDivElement | null>;
  onSelect: (line: number) => void;
  onTurn: (fold: Fold) => void;
}) {
  const tall = useSyncExternalStore(onWidth, () => narrow.matches);
  const rowPx = tall ? TALL_ROW_PX : ROW_PX;
  const body = useRef<HTMLDivElement>(null);
  const above = useHeightAbove(body, scroller);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => {
      const row = rows[index]!;
      return row.kind === 'line' ? row.at : `fold ${row.from}`;
    },
    overscan: 16,
    scrollMargin: above,
    scrollPaddingStart: BAR_PX + TITLES_PX,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: all rows change their height at once.
  useEffect(() => virtual.measure(), [rowPx]);

  const at = useMemo(() => rowOf(rows, selected), [rows, selected]);
  // What is chosen is brought into sight when it is chosen; later the page stays where the person has put it.
  const shown = useRef(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection, not every change of the rows.
  useEffect(() => {
    if (at < 0 || above === 0 || selected === shown.current) return;
    const near = shown.current >= 0 && Math.abs(rowOf(rows, shown.current) - at) <= 1;
    shown.current = selected;
    virtual.scrollToIndex(at, { align: near ? 'auto' : 'center' });
  }, [selected, at, above]);

  const onKey = (event: KeyboardEvent): void => {
    // Nothing is typed into a box that is only checked: its keys are those of the table, but for the space bar.
    const box = event.target instanceof HTMLInputElement && event.target.type === 'checkbox';
    if (isTyping(event) && !(box && !event.ctrlKey && !event.metaKey && !event.altKey)) return;
    const control =
      event.target instanceof HTMLElement ? event.target.closest('button, a, [role=menu]') : null;
    // Enter is the control's own; so is what scrolls, unless the control is one of a row.
    if (control && (event.key === 'Enter' || (event.key.length > 1 && !body.current?.contains(control))))
      return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowPx) - 4);
    const row = rows[at];
    const fold = foldAround(rows, at, selected);
    const name = event.key === 'j' ? 'ArrowDown' : event.key === 'k' ? 'ArrowUp' : event.key;
    // The head of an open fold is no place to stand on: its first line is.
    const standing = rowAfter(name, at, rows.length, page);
    const actions: Record<string, (() => void) | undefined> = {
      n: () => onSelect(hop(lines.changes, selected, 1) ?? -1),
      p: () => onSelect(hop(lines.changes, selected, -1) ?? -1),
      ArrowRight: row?.kind === 'fold' && !row.open ? () => onTurn(row) : undefined,
      ArrowLeft: fold?.open ? () => onTurn(fold) : undefined,
      Enter:
        row?.kind === 'fold'
          ? () => onTurn(row)
          : row && (() => openStep(lines, row.at, runs, event.shiftKey)),
    };
    const action =
      standing === undefined ? actions[event.key] : () => stand(standing, standing >= at ? 1 : -1);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  const stand = (to: number, by: 1 | -1): void => {
    const row = rows[to];
    if (row?.kind !== 'fold' || !row.open) {
      if (row) onSelect(row.kind === 'line' ? row.at : row.from);
      return;
    }
    const next = rows[to + by];
    if (next) onSelect(next.kind === 'line' ? next.at : next.from);
  };
  const keys = useRef(onKey);
  keys.current = onKey;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => keys.current(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);

  const matching = useMemo(() => new Set(found), [found]);
  const idOf = (row: Row | undefined): string | undefined =>
    row === undefined ? undefined : row.kind === 'line' ? `step-${row.at}` : `fold-${row.from}`;
  return (
    <div
      className={css.table}
      role="treegrid"
      aria-label="Steps of both runs"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={idOf(rows[at])}
      tabIndex={0}
    >
      <div className={css.titles} role="row" tabIndex={-1} aria-rowindex={1}>
        <span role="columnheader" tabIndex={-1} data-column="mark">
          <span className="visually-hidden">how it stands</span>
        </span>
        {TITLES.map(({ id, title, help }) => (
          <span key={id} role="columnheader" tabIndex={-1} data-column={id} title={help}>
            {title}
          </span>
        ))}
      </div>
      <div ref={body} role="presentation" className={css.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const row = rows[index]!;
          const placed = { index, topPx: start - above, heightPx: rowPx, selected: index === at };
          return row.kind === 'fold' ? (
            <FoldRow key={key} {...placed} fold={row} lines={lines} onTurn={() => onTurn(row)} />
          ) : (
            <StepRow
              key={key}
              {...placed}
              lines={lines}
              at={row.at}
              match={matching.has(row.at)}
              runs={runs}
              longestUs={longestUs}
              onSelect={() => onSelect(row.at)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The fold that a row is, or that its line is in. */
function foldAround(rows: readonly Row[], at: number, line: number): Fold | undefined {
  for (let above = at; above >= 0; above--) {
    const row = rows[above]!;
    if (row.kind === 'fold') return line >= row.from && line < row.to ? row : undefined;
  }
  return undefined;
}

/** Goes to the step in the right run, or in the left where it is only there, or where that is wanted. */
function openStep(lines: Lines, at: number, runs: { [Side in DiffSide]: string }, left: boolean): void {
  const step = lines.steps[at]!;
  const side: DiffSide = step.right === null || (left && step.left !== null) ? 'left' : 'right';
  go({ page: 'run', runId: runs[side], tab: 'timeline', span: step[side]!.no });
}

/** How far below the top of the page the rows begin: it changes with the width, with sentences that come and go. */
function useHeightAbove(
  body: RefObject<HTMLDivElement | null>,
  scroller: RefObject<HTMLDivElement | null>,
): number {
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => setAbove(body.current?.offsetTop ?? 0);
    measure();
    const observer = new ResizeObserver(measure);
    for (const part of scroller.current?.children ?? []) observer.observe(part);
    return () => observer.disconnect();
  }, [body, scroller]);
  return above;
}
