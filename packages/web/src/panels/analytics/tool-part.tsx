import type { ToolFigures } from '@tacho/trace/wire/tools';
import { fetchTools } from '../../api/client.ts';
import type { AnalyticsPlace } from '../../state/url.ts';
import { counted, duration, grouped, percent } from '../../ui/format.ts';
import css from './analytics.module.css';
import type { FigureColumn } from './figure-column.ts';
import { Part } from './part.tsx';
import { RateBar } from './rate-bar.tsx';
import { type TimeScale, timeScale } from './time-scale.ts';
import { useRunsAnswer } from './use-runs-answer.ts';

/** How often each tool was called, failed, and how long it took, over all runs. */
export function ToolPart({ place }: { place: AnalyticsPlace }) {
  const { value, failure, stale } = useRunsAnswer(fetchTools, place.filters);
  const tools = value?.tools ?? [];
  const left = (value?.total ?? 0) - tools.length;
  return (
    <div data-stale={stale || undefined} className={css.answer}>
      <Part
        part="tools"
        place={place}
        title="Tools"
        rows={tools}
        columns={toolColumns(timeScale(tools))}
        none={
          failure ? failure.message : value ? 'No tool was called in these runs.' : 'Counting the calls …'
        }
        after={left > 0 && <p className={css.aside}>{counted(left, 'rarer tool')} left out.</p>}
      >
        Calls over all runs, those at work among them. The line is from the median to the 95th percentile.
      </Part>
    </div>
  );
}

function toolColumns(scale: TimeScale | undefined): FigureColumn<ToolFigures>[] {
  return [
    { id: 'tool', title: 'Tool', left: true, value: ({ tool }) => tool },
    { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
    { id: 'calls', title: 'Calls', value: ({ calls }) => calls, text: ({ calls }) => grouped(calls) },
    {
      id: 'open',
      title: 'Open',
      help: 'Calls without an end: at work, or torn off',
      value: ({ open }) => open,
      text: ({ open }) => grouped(open),
    },
    { id: 'errors', title: 'Errors', value: ({ errors }) => errors, text: ({ errors }) => grouped(errors) },
    {
      id: 'errorRate',
      title: 'Error rate',
      help: 'Of all calls',
      value: ({ errorRate }) => errorRate,
      text: ({ errorRate }) => percent(errorRate),
      cell: ({ errorRate }) => (
        <>
          {percent(errorRate)}
          <RateBar percent={errorRate * 100} tone="bad" />
        </>
      ),
    },
    { id: 'cancelled', title: '', hidden: true, value: ({ cancelled }) => cancelled },
    {
      id: 'medianUs',
      title: 'Median time',
      value: ({ medianUs }) => medianUs,
      text: ({ medianUs }) => duration(medianUs),
    },
    { id: 'p95Us', title: '95 % within', value: ({ p95Us }) => p95Us, text: ({ p95Us }) => duration(p95Us) },
    { id: 'maxUs', title: 'Longest', value: ({ maxUs }) => maxUs, text: ({ maxUs }) => duration(maxUs) },
    {
      id: 'spread',
      title: scale === undefined ? '' : `${duration(scale.fromUs)} to ${duration(scale.toUs)}`,
      help: 'From the median to the 95th percentile; each mark is ten times the one before',
      left: true,
      drawn: true,
      value: () => null,
      text: () => '',
      cell: ({ medianUs, p95Us }) =>
        scale && medianUs !== null && p95Us !== null ? (
          <TimeRange scale={scale} fromUs={medianUs} toUs={p95Us} />
        ) : null,
    },
  ];
}

function TimeRange({ scale, fromUs, toUs }: { scale: TimeScale; fromUs: number; toUs: number }) {
  const [from, to] = [scale.shareOf(fromUs), scale.shareOf(toUs)];
  return (
    <span className={css.range} aria-hidden="true">
      {scale.marks.map((mark) => (
        <i key={mark} className={css.mark} style={{ left: `${mark * 100}%` }} />
      ))}
      <i className={css.rangeLine} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
      <i className={css.rangeDot} style={{ left: `${from * 100}%` }} />
    </span>
  );
}
