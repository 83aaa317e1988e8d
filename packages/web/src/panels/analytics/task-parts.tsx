import type { Revisions } from '@tacho/trace/analysis/runs-report/revisions';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { AnalyticsPlace } from '../../state/url.ts';
import { counted, figure, grouped, NONE } from '../../ui/format.ts';
import css from './analytics.module.css';
import type { FigureColumn } from './figure-column.ts';
import { intervalText, rateText } from './figure-text.ts';
import { Narrowing } from './narrowing.tsx';
import { Part } from './part.tsx';
import { RateBar } from './rate-bar.tsx';
import { type ErrorRow, errorRows, type FlakyTask, flakyFirst } from './task-rows.ts';

/** Which task types are sent back for a second round. */
export function RevisionPart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const { revisions } = report.trends;
  if (revisions.length === 0) return null;
  const type: FigureColumn<Revisions> = {
    id: 'task_type',
    title: 'Task type',
    left: true,
    value: ({ task_type }) => task_type,
    cell: ({ task_type }) =>
      task_type === null ? (
        <span className={css.unsaid}>no type</span>
      ) : (
        <Narrowing place={place} filter="taskType" value={task_type} />
      ),
  };
  return (
    <Part
      part="revisions"
      place={place}
      title="Which task types need revision"
      rows={revisions}
      columns={[type, ...REVISION_COLUMNS]}
    >
      Of the runs that were judged in rounds.
    </Part>
  );
}

const REVISION_COLUMNS: readonly FigureColumn<Revisions>[] = [
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  {
    id: 'needed_revision',
    title: 'Revised',
    value: (row) => row.needed_revision,
    text: (row) => grouped(row.needed_revision),
  },
  {
    id: 'revision_rate',
    title: 'Share',
    value: (row) => row.revision_rate,
    text: (row) => rateText(row.revision_rate),
    cell: (row) => (
      <>
        {rateText(row.revision_rate)}
        <RateBar percent={row.revision_rate} interval={row.revision_interval} />
      </>
    ),
  },
  {
    id: 'interval_lower',
    title: '95 % interval',
    value: (row) => row.revision_interval.lower,
    text: (row) => intervalText(row.revision_interval),
  },
  { id: 'interval_upper', title: '', hidden: true, value: (row) => row.revision_interval.upper },
  {
    id: 'avg_rounds',
    title: 'Mean rounds',
    value: (row) => row.avg_rounds,
    text: (row) => figure(row.avg_rounds),
  },
];

/** Tasks that were tried several times, and whether always the same came out. */
export function ConsistencyPart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const tasks = flakyFirst(report.task_consistency);
  if (tasks.length === 0) return null;
  const flaky = tasks.filter(({ consistent }) => !consistent).length;
  return (
    <Part part="tasks" place={place} title="Consistency of tasks" rows={tasks} columns={TASK_COLUMNS}>
      {flaky === 0
        ? `Each of the ${counted(tasks.length, 'task')} with repeats always came out the same.`
        : `${grouped(flaky)} of ${counted(tasks.length, 'task')} with repeats came out differently from run to run.`}
    </Part>
  );
}

const TASK_COLUMNS: readonly FigureColumn<FlakyTask>[] = [
  { id: 'task', title: 'Task', left: true, value: ({ task }) => task },
  {
    id: 'consistent',
    title: 'Result',
    left: true,
    value: ({ consistent }) => (consistent ? 'consistent' : 'varies'),
    cell: ({ consistent }) =>
      consistent ? (
        <span className={css.unsaid}>consistent</span>
      ) : (
        <span className={css.varies}>varies</span>
      ),
  },
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  {
    id: 'success_rate',
    title: 'Success rate',
    value: (row) => row.success_rate,
    text: (row) => rateText(row.success_rate),
    cell: (row) => (
      <>
        {rateText(row.success_rate)}
        <RateBar percent={row.success_rate} />
      </>
    ),
  },
];

/** Types of errors that runs ended in. */
export function ErrorPart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const rows = errorRows(report.overall);
  if (rows.length === 0) return null;
  return (
    <Part part="errors" place={place} title="Errors by type" rows={rows} columns={ERROR_COLUMNS}>
      What runs ended in.
    </Part>
  );
}

const ERROR_COLUMNS: readonly FigureColumn<ErrorRow>[] = [
  { id: 'error_type', title: 'Type', left: true, value: ({ type }) => type },
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  {
    id: 'percent_of_runs',
    title: 'Of all runs',
    value: ({ percent }) => percent,
    text: ({ percent }) => (percent === null ? NONE : rateText(percent)),
    cell: ({ percent }) => (
      <>
        {rateText(percent)}
        {percent !== null && <RateBar percent={percent} tone="bad" />}
      </>
    ),
  },
];
