import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { StepFigures } from '@tacho/trace/analysis/runs-report/step-trend';
import { compact, counted, duration, figure, grouped, money, NONE } from '../../ui/format.ts';
import { costText, rateText, secondsText } from './figure-text.ts';
import { timeSlots } from './time-slots.ts';
import type { Trend } from './trend-chart.tsx';

export const LEVERAGE_NAMES = { tac: 'TAC', proxy: 'proxy' } as const;

/** Steps that have a place on a calendar. */
export function placedSteps<Step extends { from: string | null }>(
  steps: readonly Step[],
): (Step & { from: string })[] {
  return steps.filter((step): step is Step & { from: string } => step.from !== null);
}

/** The figures that are known of the runs, each over time. */
export function timeTrends({ overall, trends }: RunsReport): Trend[] {
  const steps = placedSteps(trends.steps);
  const slots = timeSlots(
    steps.map(({ from }) => from),
    trends.step,
  );
  const of = <T>(pick: (step: StepFigures) => T): T[] => steps.map(pick);
  const errors = Object.values(overall.errors).reduce((sum, runs) => sum + runs, 0);
  const found: (Trend | false)[] = [
    {
      title: 'Runs',
      slots,
      axis: 'zero',
      unit: compact,
      series: [
        { name: 'succeeded', tone: 'good', look: 'bar', values: of(({ successful }) => successful) },
        {
          name: 'failed',
          tone: 'bad',
          look: 'bar',
          values: of(({ judged, successful }) => judged - successful),
        },
        { name: 'not judged', tone: 'quiet', look: 'bar', values: of(({ runs, judged }) => runs - judged) },
      ],
      of: (point) => runsText(steps[point]!),
      all: runsText({
        runs: overall.total,
        successful: overall.outcomes.success,
        judged: overall.outcomes.success + overall.outcomes.failure,
      }),
    },
    overall.judged_success_rate !== null && {
      title: 'Success rate',
      slots,
      axis: { from: 0, to: 100 },
      unit: rateText,
      series: [{ name: 'rate', tone: 'main', look: 'line', values: of((step) => step.judged_success_rate) }],
      of: (point) => rateText(steps[point]!.judged_success_rate),
      all: rateText(overall.judged_success_rate),
    },
    overall.total_cost_usd !== null && {
      title: 'Cost',
      slots,
      axis: 'zero',
      unit: money,
      series: [{ name: 'cost', tone: 'main', look: 'bar', values: of((step) => step.total_cost_usd) }],
      of: (point) => costText(steps[point]!),
      all: costText(overall),
    },
    overall.total_tokens !== null && {
      title: 'Tokens',
      slots,
      axis: 'zero',
      unit: compact,
      series: [{ name: 'tokens', tone: 'main', look: 'bar', values: of((step) => step.total_tokens) }],
      of: (point) => compact(steps[point]!.total_tokens),
      all: compact(overall.total_tokens),
    },
    overall.median_duration_sec !== null && {
      title: 'Median time',
      slots,
      axis: 'zero',
      unit: (seconds) => duration(seconds * 1e6),
      series: [
        { name: 'median', tone: 'main', look: 'line', values: of((step) => step.median_duration_sec) },
      ],
      of: (point) => secondsText(steps[point]!.median_duration_sec),
      all: secondsText(overall.median_duration_sec),
    },
    overall.avg_reward !== null && {
      title: 'Mean score',
      slots,
      axis: 'near',
      unit: figure,
      series: [{ name: 'score', tone: 'main', look: 'line', values: of((step) => step.avg_reward) }],
      of: (point) => figure(steps[point]!.avg_reward),
      all: figure(overall.avg_reward),
    },
    ...(['tac', 'proxy'] as const).map((kind): Trend | false => {
      const means = of(({ leverage }) => leverage[kind]?.mean ?? null);
      return (
        means.some((mean) => mean !== null) && {
          title: `Mean leverage (${LEVERAGE_NAMES[kind]})`,
          slots,
          axis: 'near',
          unit: figure,
          series: [{ name: 'leverage', tone: 'main', look: 'line', values: means }],
          of: (point) => leverageText(steps[point]!, kind),
          all: '',
        }
      );
    }),
    errors > 0 && {
      title: 'Errors',
      slots,
      axis: 'zero',
      unit: compact,
      series: [{ name: 'errors', tone: 'bad', look: 'bar', values: of((step) => step.errors) }],
      of: (point) => counted(steps[point]!.errors, 'run'),
      all: counted(errors, 'run'),
    },
  ];
  return found.filter((trend) => trend !== false);
}

function runsText({ runs, successful, judged }: Pick<StepFigures, 'runs' | 'successful' | 'judged'>): string {
  const failed = judged - successful;
  return judged === 0
    ? grouped(runs)
    : `${grouped(runs)} · ${grouped(successful)} ok${failed > 0 ? `, ${grouped(failed)} failed` : ''}`;
}

function leverageText({ leverage }: StepFigures, kind: 'tac' | 'proxy'): string {
  const known = leverage[kind];
  return known === null ? NONE : `${figure(known.mean)} of ${counted(known.runs, 'run')}`;
}
