import type { GroupFigures } from '@tacho/trace/analysis/runs-report/group-tally';
import type { ReportRow } from '@tacho/trace/analysis/runs-report/report-row';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import { NO_TIME } from '@tacho/trace/model/figures';
import type { Colours } from './colours.ts';
import { count, duration, money, plural, short } from './figures.ts';
import { plainLine } from './plain.ts';
import { trendParts } from './report-trends.ts';
import { type Column, table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** Groups and tasks that are shown; the document has all. */
const MOST_ROWS = 20;

/** A report as a screen: all runs in a few lines, then by what people group them, what varies, errors, and trends. */
export function reportScreen(report: RunsReport, screen: Screen): string {
  if (report.overall.total + report.overall.outcomes.running === 0)
    return 'No run fits. `tacho runs` lists runs, `tacho import PATH` reads some.\n';
  const { colours } = screen;
  const types = report.per_task_type_and_model.map(
    (group): NamedGroup => [`${group.task_type ?? '(no type)'}, ${group.model ?? '(no model)'}`, group],
  );
  const parts: (string | undefined)[] = [
    overallLines(report, colours),
    groupTable('AGENT', Object.entries(report.per_agent), screen),
    groupTable('BENCHMARK', Object.entries(report.per_benchmark), screen),
    groupTable('TASK TYPE, MODEL', types, screen),
    varyingTasks(report, screen),
    errorTable(report, screen),
    ...trendParts(report.trends, screen),
    report.runs && rowTable(report.runs, screen),
    report.notes.map((note) => `- ${plainLine(note)}`).join('\n'),
  ];
  return `${parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => part!.trimEnd())
    .join('\n\n')}\n`;
}

function overallLines({ overall, from, to, judged_by }: RunsReport, colours: Colours): string {
  const { total, outcomes, avg_reward, max_reward } = overall;
  const judged = outcomes.success + outcomes.failure;
  const what = judged_by === 'score' ? 'succeeded' : 'ended without an error';
  const lines: [string, string | undefined][] = [
    ['Runs', `${count(total)}${from && to ? `, ${from.slice(0, 10)} to ${to.slice(0, 10)}` : ''}`],
    [
      'Success',
      judged === 0
        ? undefined
        : `${count(outcomes.success)} of ${count(judged)} judged ${what}, ${rateCell(overall)}${intervalText(overall)}`,
    ],
    [
      'Time',
      overall.median_duration_sec === null
        ? undefined
        : `median ${seconds(overall.median_duration_sec)}, mean ${seconds(overall.avg_duration_sec)}, 95% within ${seconds(overall.p95_duration_sec)}`,
    ],
    ['Score', avg_reward === null ? undefined : `mean ${figure(avg_reward)}, best ${figure(max_reward)}`],
    ['Tokens', overall.total_tokens === null ? undefined : short(overall.total_tokens)],
    ['Cost', costText(overall)],
    [
      'Output',
      overall.avg_patch_size_bytes === null && overall.avg_files_changed === null
        ? undefined
        : `mean patch ${figure(overall.avg_patch_size_bytes)} bytes, ${figure(overall.avg_files_changed)} files changed`,
    ],
  ];
  return lines
    .filter(([, text]) => text !== undefined)
    .map(([title, text]) => `${colours.dim(title.padEnd(8))} ${text}`)
    .join('\n');
}

function costText(group: GroupFigures): string {
  const { total_cost_usd, cost_per_success_usd } = group;
  if (total_cost_usd === null) return 'unknown';
  const success = cost_per_success_usd === null ? '' : `, ${money(cost_per_success_usd)} a success`;
  return `${costCell(group)}${success}`;
}

type NamedGroup = [name: string, figures: GroupFigures];

function groupTable(title: string, groups: readonly NamedGroup[], screen: Screen): string | undefined {
  if (groups.length === 0) return undefined;
  const shown = groups.slice(0, MOST_ROWS);
  const columns: Column<NamedGroup>[] = [
    { title, of: ([name]) => name, shrinksTo: 16 },
    { title: 'RUNS', of: ([, { total }]) => count(total), right: true },
    { title: 'SUCCESS', of: ([, group]) => rateCell(group), right: true },
    { title: '95% INTERVAL', of: ([, group]) => intervalCell(group), right: true },
    { title: 'MEDIAN TIME', of: ([, group]) => seconds(group.median_duration_sec), right: true },
    { title: 'SCORE', of: ([, { avg_reward }]) => figure(avg_reward), right: true },
    {
      title: 'TOKENS',
      of: ([, { total_tokens }]) => (total_tokens === null ? '' : short(total_tokens)),
      right: true,
    },
    { title: 'COST', of: ([, group]) => costCell(group), right: true },
    {
      title: 'PER SUCCESS',
      of: ([, { cost_per_success_usd }]) =>
        cost_per_success_usd === null ? '' : money(cost_per_success_usd),
      right: true,
    },
  ];
  return table(shown, columns, screen) + moreLine(groups.length - shown.length);
}

function varyingTasks({ task_consistency }: RunsReport, screen: Screen): string | undefined {
  const all = Object.entries(task_consistency);
  if (all.length === 0) return undefined;
  const varying = all
    .filter(([, { consistent }]) => !consistent)
    .sort(([, a], [, b]) => a.success_rate - b.success_rate);
  const head = `${count(varying.length)} of ${plural(all.length, 'task')} with repeats came out differently from run to run${varying.length > 0 ? ':' : '.'}\n`;
  if (varying.length === 0) return head;
  const shown = varying.slice(0, MOST_ROWS);
  const drawn = table(
    shown,
    [
      { title: 'TASK', of: ([task]) => task, shrinksTo: 24 },
      { title: 'RUNS', of: ([, { runs }]) => count(runs), right: true },
      { title: 'SUCCESS', of: ([, { success_rate }]) => percentCell(success_rate), right: true },
    ],
    screen,
  );
  return head + drawn + moreLine(varying.length - shown.length);
}

function errorTable({ overall }: RunsReport, screen: Screen): string | undefined {
  const errors = Object.entries(overall.errors).sort(([, a], [, b]) => b - a);
  if (errors.length === 0) return undefined;
  const shown = errors.slice(0, MOST_ROWS);
  const drawn = table(
    shown,
    [
      { title: 'ERROR', of: ([type]) => type, shrinksTo: 24, paint: (_, text) => screen.colours.red(text) },
      { title: 'RUNS', of: ([, runs]) => count(runs), right: true },
    ],
    screen,
  );
  return drawn + moreLine(errors.length - shown.length);
}

function rowTable(rows: readonly ReportRow[], screen: Screen): string {
  return table(
    rows,
    [
      { title: 'RUN', of: ({ run_id }) => run_id, shrinksTo: 24 },
      { title: 'STARTED', of: ({ started }) => started?.slice(0, 16).replace('T', ' ') ?? NO_TIME },
      { title: 'TASK TYPE', of: ({ task_type }) => task_type ?? '', shrinksTo: 8 },
      { title: 'MODEL', of: ({ model }) => model ?? '', shrinksTo: 8 },
      { title: 'OUTCOME', of: ({ outcome }) => outcome },
      { title: 'SCORE', of: ({ score }) => figure(score), right: true },
      { title: 'ROUNDS', of: ({ rounds }) => (rounds === 0 ? '' : String(rounds)), right: true },
      { title: 'TIME', of: ({ duration_sec }) => seconds(duration_sec), right: true },
      { title: 'TOKENS', of: ({ tokens }) => (tokens === null ? '' : short(tokens)), right: true },
      { title: 'COST', of: ({ cost_usd, unpriced_calls }) => money(cost_usd, unpriced_calls), right: true },
      {
        title: 'LEVERAGE',
        of: ({ leverage }) => (leverage ? `${figure(leverage.value)} ${leverage.kind}` : ''),
        right: true,
      },
    ],
    screen,
  );
}

function moreLine(left: number): string {
  return left > 0 ? `… and ${count(left)} more: --json has all.\n` : '';
}

function costCell({ total_cost_usd, runs_without_cost }: GroupFigures): string {
  return money(total_cost_usd, runs_without_cost);
}

function rateCell({ judged_success_rate }: GroupFigures): string {
  return judged_success_rate === null ? '' : percentCell(judged_success_rate);
}

function intervalCell({ judged_success_interval: interval }: GroupFigures): string {
  return interval ? `${percentCell(interval.lower)} to ${percentCell(interval.upper)}` : '';
}

function intervalText(group: GroupFigures): string {
  const text = intervalCell(group);
  return text === '' ? '' : ` (95% interval ${text})`;
}

function percentCell(value: number): string {
  return `${Number(value.toFixed(1))}%`;
}

function seconds(value: number | null): string {
  return value === null ? '' : duration(value * 1e6);
}

/** Three digits; nothing where nothing is known. */
function figure(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(value >= 1000 ? 6 : 3)));
}
