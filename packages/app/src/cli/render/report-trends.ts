import type { DimensionTrend } from '@tacho/trace/analysis/runs-report/dimension-trend';
import type { Revisions } from '@tacho/trace/analysis/runs-report/revisions';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { LeverageFigures, SessionTrend } from '@tacho/trace/analysis/runs-report/session-trend';
import type { StepFigures } from '@tacho/trace/analysis/runs-report/step-trend';
import { NO_TIME } from '@tacho/trace/model/figures';
import type { Colours } from './colours.ts';
import { count, duration, money, short } from './figures.ts';
import { titled } from './plain.ts';
import { type Column, table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** Steps, sessions and dimensions that are shown: the newest. The document has all. */
const MOST_STEPS = 10;
const MOST_DIMENSIONS = 6;
const MOST_SESSIONS = 15;

/** What changed over time: the runs themselves, dimensions of quality, leverage by session, and which task types are sent back. */
export function trendParts(trends: RunsReport['trends'], screen: Screen): (string | undefined)[] {
  return [
    stepTable(trends.steps, trends.step, screen),
    dimensionTable(trends.dimensions, trends.step, screen),
    sessionTable(trends.sessions, screen),
    revisionTable(trends.revisions, screen),
  ];
}

/** One step alone is what the first lines of the report say. */
function stepTable(steps: readonly StepFigures[], step: string, screen: Screen): string | undefined {
  if (steps.length < 2) return undefined;
  const shown = steps.slice(-MOST_STEPS);
  const drawn = table(
    shown,
    [
      { title: step.toUpperCase(), of: ({ from }) => beginOf(from, step) },
      { title: 'RUNS', of: ({ runs }) => count(runs), right: true },
      {
        title: 'SUCCESS',
        of: ({ judged_success_rate: rate }) => (rate === null ? '' : `${Number(rate.toFixed(1))}%`),
        right: true,
      },
      { title: 'ERRORS', of: ({ errors }) => (errors === 0 ? '' : count(errors)), right: true },
      {
        title: 'MEDIAN TIME',
        of: ({ median_duration_sec: median }) => (median === null ? '' : duration(median * 1e6)),
        right: true,
      },
      { title: 'SCORE', of: ({ avg_reward }) => figure(avg_reward), right: true },
      {
        title: 'TOKENS',
        of: ({ total_tokens }) => (total_tokens === null ? '' : short(total_tokens)),
        right: true,
      },
      {
        title: 'COST',
        of: ({ total_cost_usd, runs_without_cost }) => money(total_cost_usd, runs_without_cost),
        right: true,
      },
    ],
    screen,
  );
  const left = steps.length - shown.length;
  return `${drawn}${left > 0 ? `… and ${count(left)} earlier: --json has all.\n` : ''}`;
}

function beginOf(from: string | null, step: string): string {
  return from?.slice(0, step === 'hour' ? 16 : 10).replace('T', ' ') ?? NO_TIME;
}

type Step = { from: string; of: Map<DimensionTrend, string> };

function dimensionTable(all: readonly DimensionTrend[], step: string, screen: Screen): string | undefined {
  const dimensions = all.slice(0, MOST_DIMENSIONS);
  if (dimensions.length === 0) return undefined;
  const steps = new Map<string, Step>();
  for (const dimension of dimensions)
    for (const { from, first, last } of dimension.points) {
      const known = steps.get(from ?? '') ?? { from: from ?? '-', of: new Map() };
      steps.set(from ?? '', known);
      known.of.set(dimension, first === last ? figure(first) : `${figure(first)} to ${figure(last)}`);
    }
  const shown = [...steps].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-MOST_STEPS);
  const columns: Column<Step>[] = [
    {
      title: step.toUpperCase(),
      of: ({ from }) => beginOf(from, step),
    },
    ...dimensions.map(
      (dimension): Column<Step> => ({
        title: `${titled(dimension.dimension)}${dimension.max === null ? '' : ` /${dimension.max}`}`,
        of: ({ of }) => of.get(dimension) ?? '',
        right: true,
      }),
    ),
  ];
  const head = 'Scores by dimension, first to last round:\n';
  return (
    head +
    table(
      shown.map(([, row]) => row),
      columns,
      screen,
    )
  );
}

function sessionTable(sessions: readonly SessionTrend[], screen: Screen): string | undefined {
  if (sessions.length === 0) return undefined;
  const shown = sessions.slice(-MOST_SESSIONS);
  const kinds = (['tac', 'proxy'] as const).filter((kind) =>
    shown.some(({ leverage }) => leverage[kind] !== null),
  );
  const drawn = table(
    shown,
    [
      { title: 'SESSION', of: ({ session }) => session, shrinksTo: 16 },
      { title: 'FROM', of: ({ from }) => from?.slice(0, 16).replace('T', ' ') ?? '-' },
      { title: 'RUNS', of: ({ runs }) => count(runs), right: true },
      ...kinds.map(
        (kind): Column<SessionTrend> => ({
          title: `LEVERAGE (${kind})`,
          of: ({ leverage }) => leverageCell(leverage[kind]),
          right: true,
        }),
      ),
      { title: 'SCORE', of: ({ avg_score }) => figure(avg_score), right: true },
      {
        title: 'MEAN TIME',
        of: ({ avg_duration_sec: mean }) => (mean === null ? '' : duration(mean * 1e6)),
        right: true,
      },
    ],
    screen,
  );
  const left = sessions.length - shown.length;
  return `${drawn}${left > 0 ? `… and ${count(left)} earlier sessions: --json has all.\n` : ''}`;
}

function revisionTable(revisions: readonly Revisions[], screen: Screen): string | undefined {
  if (revisions.length === 0) return undefined;
  return table(
    revisions,
    [
      { title: 'TASK TYPE', of: ({ task_type }) => task_type ?? '(no type)', shrinksTo: 12 },
      { title: 'JUDGED IN ROUNDS', of: ({ runs }) => count(runs), right: true },
      { title: 'REVISED', of: ({ needed_revision }) => count(needed_revision), right: true },
      { title: 'SHARE', of: ({ revision_rate }) => `${Number(revision_rate.toFixed(1))}%`, right: true },
      {
        title: '95% INTERVAL',
        of: ({ revision_interval: { lower, upper } }) =>
          `${Number(lower.toFixed(1))}% to ${Number(upper.toFixed(1))}%`,
        right: true,
      },
      { title: 'MEAN ROUNDS', of: ({ avg_rounds }) => figure(avg_rounds), right: true },
    ],
    screen,
  );
}

function leverageCell(figures: LeverageFigures | null): string {
  return figures === null ? '' : figure(figures.mean);
}

function figure(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 3)));
}
