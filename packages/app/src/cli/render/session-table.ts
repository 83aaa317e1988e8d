import type { SessionInfo } from '@tacho/trace/wire/search';
import type { Colours } from './colours.ts';
import { count, duration, money, short, time } from './figures.ts';
import { type Column, table } from './table.ts';

/** Sessions, one a line. */
export function sessionTable(
  sessions: readonly SessionInfo[],
  screen: { columns: number; colours: Colours },
): string {
  const { red } = screen.colours;
  const columns: Column<SessionInfo>[] = [
    { title: 'SESSION', of: ({ sessionId }) => sessionId, shrinksTo: 24 },
    { title: 'LAST', of: ({ toUs }) => time(toUs) },
    { title: 'RUNS', of: ({ runs }) => count(runs), right: true },
    { title: 'OK', of: ({ ok }) => count(ok), right: true },
    {
      title: 'FAILED',
      of: ({ failed }) => (failed === 0 ? '' : count(failed)),
      right: true,
      paint: (_, text) => red(text),
    },
    // With the three beside it, it adds up to the runs.
    {
      title: 'CUT OFF',
      leave: 3,
      of: ({ interrupted }) => (interrupted === 0 ? '' : count(interrupted)),
      right: true,
    },
    { title: 'RUNNING', of: ({ running }) => (running === 0 ? '' : count(running)), right: true, leave: 1 },
    { title: 'WORK', of: ({ workUs }) => duration(workUs), right: true, leave: 2 },
    { title: 'TOKENS', of: ({ tokens }) => short(tokens), right: true },
    { title: 'COST', of: ({ costUsd, unpriced }) => money(costUsd, unpriced), right: true },
    {
      title: 'SCORE',
      of: ({ meanScore }) => (meanScore === null ? '' : String(Number(meanScore.toFixed(2)))),
      right: true,
    },
    {
      title: 'ERRORS',
      leave: 4,
      of: ({ errors }) => (errors === 0 ? '' : count(errors)),
      right: true,
      paint: (_, text) => red(text),
    },
  ];
  const shown = columns.filter(({ of }) => sessions.some((session) => of(session) !== ''));
  return table(sessions, shown, screen);
}
