import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { StepFigures } from '@tacho/trace/analysis/runs-report/step-trend';
import type { AnalyticsPlace } from '../../state/url.ts';
import { compact, counted, figure, grouped, NONE } from '../../ui/format.ts';
import css from './analytics.module.css';
import type { FigureColumn } from './figure-column.ts';
import { costText, rateText, secondsText } from './figure-text.ts';
import { Part } from './part.tsx';
import { stepLabel } from './time-slots.ts';
import { placedSteps, timeTrends } from './time-trends.ts';
import { TrendGrid } from './trend-grid.tsx';

/** The figures of all runs by when they started. */
export function TimePart({ place, report }: { place: AnalyticsPlace; report: RunsReport }) {
  const { step, steps } = report.trends;
  const untold = report.without.time;
  return (
    <Part
      part="time"
      place={place}
      title={`Over time, by ${step}`}
      rows={steps}
      columns={[fromColumn(step), ...COLUMNS]}
      charts={
        placedSteps(steps).length > 0 ? (
          <TrendGrid label="Over time" trends={timeTrends(report)} />
        ) : undefined
      }
      none="No run that came to an end says when it started."
      after={
        untold > 0 && (
          <p className={css.aside}>
            {counted(untold, 'run')} {untold === 1 ? 'tells' : 'tell'} no time, and{' '}
            {untold === 1 ? 'is' : 'are'} in no trend over time.
          </p>
        )
      }
    >
      By when runs started, in UTC{step === 'week' ? ', weeks from Monday' : ''}.
    </Part>
  );
}

/** When a step begins, as people read it; in full in the CSV. */
export function fromColumn(step: RunsReport['trends']['step']): FigureColumn<{ from: string | null }> {
  return {
    id: 'from',
    title: 'From',
    left: true,
    value: ({ from }) => from,
    text: ({ from }) => (from === null ? NONE : stepLabel(from, step, true)),
  };
}

const COLUMNS: readonly FigureColumn<StepFigures>[] = [
  { id: 'runs', title: 'Runs', value: ({ runs }) => runs, text: ({ runs }) => grouped(runs) },
  {
    id: 'judged',
    title: 'Judged',
    help: 'Runs that succeeded or failed',
    value: ({ judged }) => judged,
    text: ({ judged }) => grouped(judged),
  },
  {
    id: 'successful',
    title: 'Succeeded',
    value: ({ successful }) => successful,
    text: ({ successful }) => grouped(successful),
  },
  {
    id: 'judged_success_rate',
    title: 'Success rate',
    value: (step) => step.judged_success_rate,
    text: (step) => rateText(step.judged_success_rate),
  },
  {
    id: 'total_cost_usd',
    title: 'Cost',
    help: '≥: the cost of some runs is not known in full',
    value: (step) => step.total_cost_usd,
    text: costText,
  },
  { id: 'runs_without_cost', title: '', hidden: true, value: (step) => step.runs_without_cost },
  {
    id: 'total_tokens',
    title: 'Tokens',
    value: (step) => step.total_tokens,
    text: (step) => compact(step.total_tokens),
  },
  { id: 'runs_without_tokens', title: '', hidden: true, value: (step) => step.runs_without_tokens },
  {
    id: 'median_duration_sec',
    title: 'Median time',
    value: (step) => step.median_duration_sec,
    text: (step) => secondsText(step.median_duration_sec),
  },
  {
    id: 'avg_reward',
    title: 'Score',
    value: (step) => step.avg_reward,
    text: (step) => figure(step.avg_reward),
  },
  ...(['tac', 'proxy'] as const).flatMap((kind): FigureColumn<StepFigures>[] => [
    {
      id: `leverage_${kind}_mean`,
      title: kind === 'tac' ? 'Leverage (TAC)' : 'Leverage (proxy)',
      help: 'Mean; the two kinds are not comparable',
      value: ({ leverage }) => leverage[kind]?.mean ?? null,
      text: ({ leverage }) => figure(leverage[kind]?.mean),
    },
    {
      id: `leverage_${kind}_median`,
      title: '',
      hidden: true,
      value: ({ leverage }) => leverage[kind]?.median ?? null,
    },
    {
      id: `leverage_${kind}_runs`,
      title: '',
      hidden: true,
      value: ({ leverage }) => leverage[kind]?.runs ?? 0,
    },
  ]),
  {
    id: 'errors',
    title: 'Errors',
    help: 'Runs that ended in an error',
    value: ({ errors }) => errors,
    text: ({ errors }) => grouped(errors),
  },
];
