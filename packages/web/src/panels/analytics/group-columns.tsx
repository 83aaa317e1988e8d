import type { GroupFigures } from '@tacho/trace/analysis/runs-report/group-tally';
import { compact, figure, grouped, money, NONE } from '../../ui/format.ts';
import type { FigureColumn } from './figure-column.ts';
import { costText, intervalText, rateText, secondsText } from './figure-text.ts';
import { RateBar } from './rate-bar.tsx';

/** Runs of a group that ended in an error. */
export function errorsOf({ errors }: GroupFigures): number {
  return Object.values(errors).reduce((sum, runs) => sum + runs, 0);
}

/** The figures of a group of runs; its name comes before them. */
export const GROUP_COLUMNS: readonly FigureColumn<GroupFigures>[] = [
  { id: 'total', title: 'Runs', value: ({ total }) => total, text: ({ total }) => grouped(total) },
  {
    id: 'judged_success_rate',
    title: 'Success rate',
    help: 'Percent of the judged runs; the line is the 95 % interval',
    value: (group) => group.judged_success_rate,
    text: (group) => rateText(group.judged_success_rate),
    cell: (group) => (
      <>
        {rateText(group.judged_success_rate)}
        {group.judged_success_rate !== null && (
          <RateBar percent={group.judged_success_rate} interval={group.judged_success_interval} />
        )}
      </>
    ),
  },
  {
    id: 'interval_lower',
    title: '95 % interval',
    help: 'Where the success rate may lie, by the number of runs and of tasks',
    value: ({ judged_success_interval: interval }) => interval?.lower ?? null,
    text: ({ judged_success_interval: interval }) => intervalText(interval) || NONE,
  },
  {
    id: 'interval_upper',
    title: '',
    hidden: true,
    value: ({ judged_success_interval: interval }) => interval?.upper ?? null,
  },
  { id: 'successful', title: '', hidden: true, value: ({ successful }) => successful },
  {
    id: 'judged',
    title: '',
    hidden: true,
    value: ({ outcomes }) => outcomes.success + outcomes.failure,
  },
  {
    id: 'median_duration_sec',
    title: 'Median time',
    value: (group) => group.median_duration_sec,
    text: (group) => secondsText(group.median_duration_sec),
  },
  {
    id: 'p95_duration_sec',
    title: '95 % within',
    value: (group) => group.p95_duration_sec,
    text: (group) => secondsText(group.p95_duration_sec),
  },
  {
    id: 'avg_reward',
    title: 'Score',
    help: 'Mean of the final scores, on the scale that they came in',
    value: (group) => group.avg_reward,
    text: (group) => figure(group.avg_reward),
  },
  {
    id: 'total_tokens',
    title: 'Tokens',
    value: (group) => group.total_tokens,
    text: (group) => compact(group.total_tokens),
  },
  {
    id: 'total_cost_usd',
    title: 'Cost',
    help: '≥: the cost of some runs is not known in full',
    value: (group) => group.total_cost_usd,
    text: costText,
  },
  { id: 'runs_without_cost', title: '', hidden: true, value: (group) => group.runs_without_cost },
  {
    id: 'cost_per_success_usd',
    title: 'Cost of a success',
    help: 'All that was paid for judged runs over their successes, failures included',
    value: (group) => group.cost_per_success_usd,
    text: (group) => money(group.cost_per_success_usd),
  },
  {
    id: 'errors',
    title: 'Errors',
    help: 'Runs that ended in an error',
    value: errorsOf,
    text: (group) => grouped(errorsOf(group)),
  },
];
