import type { ToolsAnswer } from '@tacho/trace/wire/tools';
import type { Colours } from './colours.ts';
import { count, duration, plural, share } from './figures.ts';
import { titled } from './plain.ts';
import { type Column, table } from './table.ts';

type Row = ToolsAnswer['tools'][number];

/** What many runs made of each tool, the most used first. */
export function toolTable(
  { total, tools }: ToolsAnswer,
  screen: { columns: number; colours: Colours },
): string {
  if (tools.length === 0) return 'No tool was called in the runs that fit. `tacho runs` lists runs.\n';
  const { red, dim } = screen.colours;
  const right = true;
  const columns: Column<Row>[] = [
    { title: 'TOOL', of: ({ tool }) => tool, shrinksTo: 16 },
    { title: 'CATEGORY', of: ({ category }) => titled(category), leave: 3 },
    { title: 'RUNS', of: ({ runs }) => count(runs), right, leave: 2 },
    { title: 'CALLS', of: ({ calls }) => count(calls), right },
    {
      title: 'ERRORS',
      of: ({ errors }) => (errors === 0 ? '' : count(errors)),
      right,
      paint: (_, text) => red(text),
    },
    { title: 'RATE', of: ({ errors, errorRate }) => (errors === 0 ? '' : share(errorRate)), right },
    {
      title: 'STOPPED',
      of: ({ cancelled }) => (cancelled === 0 ? '' : count(cancelled)),
      right,
      leave: 4,
    },
    { title: 'OPEN', of: ({ open }) => (open === 0 ? '' : count(open)), right, leave: 5 },
    { title: 'P50', of: ({ medianUs }) => time(medianUs), right },
    { title: 'P95', of: ({ p95Us }) => time(p95Us), right },
    { title: 'LONGEST', of: ({ maxUs }) => time(maxUs), right, leave: 1 },
  ];
  const shown = columns.filter(({ of }) => tools.some((row) => of(row) !== ''));
  const left = total - tools.length;
  return (
    table(tools, shown, screen) +
    (left > 0 ? dim(`… and ${plural(left, 'more tool')}: --limit shows more of them.\n`) : '')
  );
}

/** Logs without times make calls that take none. */
function time(us: number | null): string {
  return us === null || us === 0 ? '' : duration(us);
}
