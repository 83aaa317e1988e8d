import type { RunSummary } from '@tacho/trace/wire/runs';
import type { Colours } from './colours.ts';
import { duration, money, short, startOf } from './figures.ts';
import { type Column, table } from './table.ts';

/** Runs, one a line. */
export function runTable(runs: readonly RunSummary[], screen: { columns: number; colours: Colours }): string {
  const paint = statusPaint(screen.colours);
  const columns: Column<RunSummary>[] = [
    { title: 'RUN', of: (run) => run.runId, shrinksTo: 24 },
    { title: 'NAME', of: (run) => (run.name === run.runId ? '' : run.name), shrinksTo: 12 },
    { title: 'STARTED', of: startOf, leave: 3 },
    { title: 'STATUS', of: (run) => run.status, paint: (run, text) => paint(run.status, text) },
    { title: 'TIME', of: (run) => duration(run.durationUs), right: true },
    { title: 'TOKENS', of: (run) => short(run.tokens), right: true },
    { title: 'COST', of: (run) => money(run.costUsd, run.unpricedCalls), right: true },
    {
      title: 'SCORE',
      of: (run) => (run.score === undefined ? '' : String(Number(run.score.toFixed(2)))),
      right: true,
    },
    { title: 'ROUNDS', of: (run) => (run.rounds === 0 ? '' : String(run.rounds)), right: true, leave: 4 },
    {
      title: 'ERRORS',
      of: (run) => (run.errors === 0 ? '' : String(run.errors)),
      right: true,
      leave: 2,
      paint: (_, text) => screen.colours.red(text),
    },
  ];
  const shown = columns.filter(
    (column) =>
      ['RUN', 'STARTED', 'STATUS', 'TIME'].includes(column.title) ||
      runs.some((run) => column.of(run) !== ''),
  );
  return table(runs, shown, screen);
}

/** Colours of a run's status. */
export function statusPaint(colours: Colours): (status: string, text: string) => string {
  const paints: Record<string, (text: string) => string> = {
    running: colours.cyan,
    ok: colours.green,
    error: colours.red,
    interrupted: colours.yellow,
  };
  return (status, text) => paints[status]?.(text) ?? text;
}
