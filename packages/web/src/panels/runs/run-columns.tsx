import type { RunSummary } from '@tacho/trace/model/summary';
import type { ReactNode } from 'react';
import type { RunSort } from '../../api/client.ts';
import { clock, compact, duration, figure, listTime, moneyAtLeast } from '../../ui/format.ts';
import { StatusWord } from '../status.tsx';
import css from './runs.module.css';

export type RunColumn = {
  id: string;
  title: string;
  /** Minimum width; columns with `grow` share what is left. */
  widthPx: number;
  grow?: number;
  right?: boolean;
  sort?: RunSort;
  /** What a first click on the title sorts by: most people want the largest figure, but the first name. */
  descendingFirst?: boolean;
  cell: (run: RunSummary, nowUs: number) => ReactNode;
  title2?: (run: RunSummary) => string | undefined;
};

const none = <span className={css.none}>–</span>;
const text = (value: string | undefined): ReactNode => (value ? value : none);

const LEVERAGE_WORDS = { tac: 'TAC', proxy: 'proxy' } as const;

/** The narrowest name: with it, what comes before the score fits on 700 px. */
const NAME_PX = 148;

/** The columns of the run list, left to right. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  {
    id: 'start',
    title: 'Start',
    widthPx: 96,
    sort: 'start',
    descendingFirst: true,
    cell: (run, nowUs) => <span className={css.mute}>{listTime(run.startUs || run.lastUs, nowUs)}</span>,
  },
  {
    id: 'name',
    title: 'Name',
    widthPx: NAME_PX,
    grow: 3,
    sort: 'name',
    cell: (run) => (
      <>
        <b className={css.name}>{run.name}</b>
        {run.project && <span className={css.project}>{run.project}</span>}
      </>
    ),
    title2: (run) => [run.name, run.task, run.runId].filter(Boolean).join('\n'),
  },
  { id: 'taskType', title: 'Task type', widthPx: 104, sort: 'taskType', cell: (run) => text(run.taskType) },
  {
    id: 'agent',
    title: 'Agent',
    widthPx: 84,
    grow: 1,
    sort: 'agent',
    cell: (run) => text(run.agent),
    title2: (run) => run.agent,
  },
  {
    id: 'models',
    title: 'Models',
    widthPx: 136,
    grow: 1,
    cell: (run) =>
      run.models.length === 0 ? (
        none
      ) : (
        <>
          {run.models[0]}
          {run.models.length > 1 && <span className={css.more}>+{run.models.length - 1}</span>}
        </>
      ),
    title2: (run) => run.models.join('\n') || undefined,
  },
  {
    id: 'status',
    title: 'Status',
    widthPx: 146,
    sort: 'status',
    cell: (run) => (
      <>
        <StatusWord status={run.status} />
        {run.errors > 0 && run.status !== 'error' && (
          <span className={css.errors}>{compact(run.errors)} err</span>
        )}
      </>
    ),
    title2: (run) => run.error?.message,
  },
  {
    id: 'duration',
    title: 'Duration',
    widthPx: 76,
    right: true,
    sort: 'duration',
    descendingFirst: true,
    cell: (run, nowUs) =>
      run.status === 'running' ? clock(Math.max(0, nowUs - run.startUs)) : duration(run.durationUs),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    widthPx: 70,
    right: true,
    sort: 'tokens',
    descendingFirst: true,
    cell: (run) => (run.tokens === 0 ? none : compact(run.tokens)),
  },
  {
    id: 'cost',
    title: 'Cost',
    widthPx: 80,
    right: true,
    sort: 'cost',
    descendingFirst: true,
    cell: (run) => (run.tokens === 0 && !run.costUsd ? none : moneyAtLeast(run.costUsd, run.unpricedCalls)),
    title2: (run) =>
      run.unpricedCalls ? `${run.unpricedCalls} calls have no known price: a lower bound` : undefined,
  },
  {
    id: 'score',
    title: 'Score',
    widthPx: 52,
    right: true,
    sort: 'score',
    descendingFirst: true,
    cell: (run) => (run.score === undefined ? none : figure(run.score)),
  },
  {
    id: 'leverage',
    title: 'Leverage',
    widthPx: 92,
    right: true,
    sort: 'leverage',
    descendingFirst: true,
    cell: (run) =>
      run.leverage === null || run.leverage === undefined ? (
        none
      ) : (
        <>
          {figure(run.leverage.value)} <span className={css.kind}>{LEVERAGE_WORDS[run.leverage.kind]}</span>
        </>
      ),
  },
  {
    id: 'rounds',
    title: 'Rounds',
    widthPx: 58,
    right: true,
    sort: 'rounds',
    descendingFirst: true,
    cell: (run) => (run.rounds === 0 ? none : compact(run.rounds)),
  },
];

/** What is scrolled to where not all columns fit: how a run went and what it cost is seen first. */
const LAST_WHERE_NARROW: readonly string[] = ['models', 'agent', 'taskType'];

const narrowColumns: readonly RunColumn[] = [
  ...RUN_COLUMNS.filter((column) => !LAST_WHERE_NARROW.includes(column.id)),
  ...LAST_WHERE_NARROW.flatMap((id) => RUN_COLUMNS.filter((column) => column.id === id)),
];

/** From this width of the window on, all columns are seen at once. */
export const ALL_COLUMNS_PX =
  RUN_COLUMNS.reduce((sum, column) => sum + column.widthPx, 0) + RUN_COLUMNS.length * 12 + 28;
/** Below it the name takes what the columns up to the cost leave of the window. */
const NAME_ROOM = 'max(0px, 100vw - 740px)';

export type RunLayout = {
  readonly columns: readonly RunColumn[];
  readonly gridTemplateColumns: string;
  readonly minWidth: string;
};

const wideLayout: RunLayout = {
  columns: RUN_COLUMNS,
  gridTemplateColumns: RUN_COLUMNS.map((column) =>
    column.grow ? `minmax(${column.widthPx}px, ${column.grow}fr)` : `${column.widthPx}px`,
  ).join(' '),
  minWidth: `${ALL_COLUMNS_PX}px`,
};

const narrowLayout: RunLayout = {
  columns: narrowColumns,
  gridTemplateColumns: narrowColumns
    .map((column) =>
      column.id === 'name' ? `calc(${column.widthPx}px + ${NAME_ROOM})` : `${column.widthPx}px`,
    )
    .join(' '),
  minWidth: `calc(${ALL_COLUMNS_PX}px + ${NAME_ROOM})`,
};

/** Columns in the order, and of the widths, that suit the window. */
export const runLayout = (wide: boolean): RunLayout => (wide ? wideLayout : narrowLayout);
