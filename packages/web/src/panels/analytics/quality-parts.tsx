import type { DimensionTrend, TrendPoint } from '@tacho/trace/analysis/runs-report/dimension-trend';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { SessionTrend } from '@tacho/trace/analysis/runs-report/session-trend';
import { plainLine } from '@tacho/trace/model/plain-text';
import type { AnalyticsPlace } from '../../state/url.ts';
import { counted, duration, figure, grouped } from '../../ui/format.ts';
import css from './analytics.module.css';
import type { FigureColumn } from './figure-column.ts';
import { secondsText } from './figure-text.ts';
import { Narrowing } from './narrowing.tsx';
import { Part } from './part.tsx';
import { fromColumn } from './time-part.tsx';
import { rowSlots, timeSlots } from './time-slots.ts';
import { LEVERAGE_NAMES, placedSteps } from './time-trends.ts';
import type { Trend } from './trend-chart.tsx';
import { TrendGrid } from './trend-grid.tsx';

/** Charts of dimensions that are drawn: the most frequent. The table has all. */
const MOST_CHARTS = 24;

type DimensionRow = TrendPoint & { dimension: string; max: number | null };

/** How the runs were judged in each dimension of quality, in the first round and in the last. */
export function DimensionPart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const { dimensions, step } = report.trends;
  if (dimensions.length === 0) return null;
  const rows = dimensions.flatMap(({ dimension, max, points }) =>
    points.map((point): DimensionRow => ({ ...point, dimension, max })),
  );
  return (
    <Part
      part="dimensions"
      place={place}
      title="Scores by dimension"
      rows={rows}
      columns={[...NAME_COLUMNS, fromColumn(step), ...POINT_COLUMNS]}
      charts={<DimensionCharts dimensions={dimensions} step={step} />}
    >
      <i className={css.key} data-tone="quiet" /> mean of the first round{' '}
      <i className={css.key} data-tone="main" /> of the last
    </Part>
  );
}

function DimensionCharts({ dimensions, step }: Pick<RunsReport['trends'], 'dimensions' | 'step'>) {
  const drawn = dimensions.slice(0, MOST_CHARTS);
  const axis = drawn.flatMap(({ points }) => placedSteps(points).map(({ from }) => from));
  const starts = [...new Set(axis)].sort();
  const slots = timeSlots(starts, step);
  const trends = drawn.map((dimension): Trend => {
    const points = new Map(dimension.points.map((point) => [point.from, point]));
    const at = (point: number): TrendPoint | undefined => points.get(starts[point]!);
    return {
      title: dimensionName(dimension),
      slots,
      axis: 'near',
      unit: figure,
      series: [
        { name: 'first', tone: 'quiet', look: 'line', values: starts.map((_, no) => at(no)?.first ?? null) },
        { name: 'last', tone: 'main', look: 'line', values: starts.map((_, no) => at(no)?.last ?? null) },
      ],
      of: (point) => `${figure(at(point)?.first)} → ${figure(at(point)?.last)}`,
      all: counted(dimension.runs, 'run'),
    };
  });
  return (
    <>
      <TrendGrid label="Scores by dimension" trends={trends} />
      {dimensions.length > drawn.length && (
        <p className={css.aside}>
          The table has {counted(dimensions.length - drawn.length, 'rarer dimension')} more.
        </p>
      )}
    </>
  );
}

function dimensionName({ dimension, max }: Pick<DimensionTrend, 'dimension' | 'max'>): string {
  return `${plainLine(dimension)}${max === null ? '' : `, of ${figure(max)}`}`;
}

const NAME_COLUMNS: readonly FigureColumn<DimensionRow>[] = [
  { id: 'dimension', title: 'Dimension', left: true, value: ({ dimension }) => dimension },
  {
    id: 'max',
    title: 'Of',
    help: 'The scale, where it is stated',
    value: ({ max }) => max,
    text: ({ max }) => figure(max),
  },
];
const POINT_COLUMNS: readonly FigureColumn<DimensionRow>[] = [
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  { id: 'first', title: 'First round', value: ({ first }) => first, text: ({ first }) => figure(first) },
  { id: 'last', title: 'Last round', value: ({ last }) => last, text: ({ last }) => figure(last) },
  {
    id: 'gain',
    title: 'Gain',
    value: ({ first, last }) => (first === null || last === null ? null : Number((last - first).toFixed(4))),
    text: ({ first, last }) => (first === null || last === null ? '–' : signed(last - first)),
  },
];

function signed(value: number): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${figure(Math.abs(value))}`;
}

/** What the runs of each session were worth. */
export function SessionPart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const { sessions } = report.trends;
  if (sessions.length === 0) return null;
  return (
    <Part
      part="sessions"
      place={place}
      title="Leverage by session"
      rows={sessions}
      columns={[
        {
          id: 'session',
          title: 'Session',
          left: true,
          value: ({ session }) => session,
          cell: ({ session }) => <Narrowing place={place} filter="session" value={session} />,
        },
        fromColumn('day'),
        ...SESSION_COLUMNS,
      ]}
      charts={<TrendGrid label="Leverage by session" trends={sessionTrends(sessions)} />}
    >
      Oldest first. Leverage that falls while scores rise is time.
    </Part>
  );
}

function sessionTrends(sessions: readonly SessionTrend[]): Trend[] {
  const slots = rowSlots(sessions.map(({ session }) => plainLine(session)));
  const trend = (
    title: string,
    pick: (session: SessionTrend) => number | null,
    axis: Trend['axis'],
    unit: Trend['unit'],
  ): Trend | false => {
    const values = sessions.map(pick);
    return (
      values.some((value) => value !== null) && {
        title,
        slots,
        axis,
        unit,
        series: [{ name: title, tone: 'main', look: 'line', values }],
        of: (point) => (values[point] == null ? '–' : unit(values[point])),
        all: counted(sessions.length, 'session'),
      }
    );
  };
  return [
    ...(['tac', 'proxy'] as const).map((kind) =>
      trend(
        `Mean leverage (${LEVERAGE_NAMES[kind]})`,
        ({ leverage }) => leverage[kind]?.mean ?? null,
        'near',
        figure,
      ),
    ),
    trend('Mean score', ({ avg_score }) => avg_score, 'near', figure),
    trend(
      'Mean time',
      ({ avg_duration_sec }) => avg_duration_sec,
      'zero',
      (value) => duration(value * 1e6),
    ),
  ].filter((found) => found !== false);
}

const SESSION_COLUMNS: readonly FigureColumn<SessionTrend>[] = [
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  ...(['tac', 'proxy'] as const).flatMap((kind) =>
    (['mean', 'median', 'runs'] as const).map(
      (what): FigureColumn<SessionTrend> => ({
        id: `leverage_${kind}_${what}`,
        title: `${what === 'mean' ? 'Mean' : 'Median'} (${LEVERAGE_NAMES[kind]})`,
        value: ({ leverage }) => leverage[kind]?.[what] ?? null,
        text: ({ leverage }) => figure(leverage[kind]?.[what]),
        ...(what === 'runs' && { hidden: true }),
      }),
    ),
  ),
  {
    id: 'avg_score',
    title: 'Mean score',
    value: (row) => row.avg_score,
    text: (row) => figure(row.avg_score),
  },
  {
    id: 'avg_duration_sec',
    title: 'Mean time',
    value: (row) => row.avg_duration_sec,
    text: (row) => secondsText(row.avg_duration_sec),
  },
];
