import type { RunSummary } from '@tacho/trace/model/summary';
import type { ReactNode } from 'react';
import type { RunSort } from '../../api/client.ts';
import { clock, compact, counted, duration, figure, moneyAtLeast } from '../../ui/format.ts';
import { StartTime } from '../start-time.tsx';
import { StatusWord } from '../status.tsx';
import css from './runs.module.css';

export type RunColumn = {
  id: string;
  title: string;
  /** Width where all stand in one line; columns with `grow` share what is left. */
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

/** Said where a figure stands under another, and not under a title of its own. */
const unit = (word: string): ReactNode => <span className={css.unit}> {word}</span>;

/** What the narrowest windows have no column for. */
function alsoOf(run: RunSummary): string[] {
  return [
    run.taskType !== undefined && `task type: ${run.taskType}`,
    run.rounds > 0 && counted(run.rounds, 'round'),
    run.leverage && `leverage: ${figure(run.leverage.value)} ${LEVERAGE_WORDS[run.leverage.kind]}`,
  ].filter((said) => typeof said === 'string');
}

/** The columns of the run list, left to right where all stand in one line. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  {
    id: 'start',
    title: 'Start',
    widthPx: 92,
    sort: 'start',
    descendingFirst: true,
    cell: (run, nowUs) => (
      <span className={css.mute}>
        <StartTime run={run} nowUs={nowUs} />
      </span>
    ),
  },
  {
    id: 'name',
    title: 'Name',
    widthPx: 200,
    grow: 2,
    sort: 'name',
    cell: (run) => (
      <>
        <b className={css.name}>{run.name}</b>
        {run.project && <span className={css.project}>{run.project}</span>}
      </>
    ),
    title2: (run) => [run.name, run.task, run.runId, ...alsoOf(run)].filter(Boolean).join('\n'),
  },
  {
    id: 'taskType',
    title: 'Task type',
    widthPx: 96,
    sort: 'taskType',
    cell: (run) => text(run.taskType),
    title2: (run) => run.taskType,
  },
  {
    id: 'agent',
    title: 'Agent',
    widthPx: 80,
    grow: 0.8,
    sort: 'agent',
    cell: (run) => text(run.agent),
    title2: (run) => run.agent,
  },
  {
    id: 'models',
    title: 'Models',
    widthPx: 128,
    grow: 1.2,
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
    widthPx: 132,
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
    widthPx: 68,
    right: true,
    sort: 'duration',
    descendingFirst: true,
    cell: (run, nowUs) =>
      run.status === 'running' && !run.timeUntold
        ? clock(Math.max(0, nowUs - run.startUs))
        : duration(run.durationUs),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    widthPx: 60,
    right: true,
    sort: 'tokens',
    descendingFirst: true,
    cell: (run) =>
      run.tokens === 0 ? (
        none
      ) : (
        <>
          {compact(run.tokens)}
          {unit('tok')}
        </>
      ),
  },
  {
    id: 'cost',
    title: 'Cost',
    widthPx: 72,
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
    widthPx: 48,
    right: true,
    sort: 'score',
    descendingFirst: true,
    cell: (run) => (run.score === undefined ? none : figure(run.score)),
  },
  {
    id: 'leverage',
    title: 'Leverage',
    widthPx: 88,
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
    widthPx: 50,
    right: true,
    sort: 'rounds',
    descendingFirst: true,
    cell: (run) =>
      run.rounds === 0 ? (
        none
      ) : (
        <>
          {compact(run.rounds)}
          {unit(run.rounds === 1 ? 'round' : 'rounds')}
        </>
      ),
  },
];
