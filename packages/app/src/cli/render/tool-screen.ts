import type { CallFigures } from '@tacho/trace/analysis/call-tally';
import type { FailureAnalysis } from '@tacho/trace/analysis/tool-failures';
import type { ToolReport, ToolUsage } from '@tacho/trace/analysis/tool-profile';
import type { Colours } from './colours.ts';
import { bytes, count, duration, plural, share, short } from './figures.ts';
import { clipped, titled } from './plain.ts';
import { type Column, table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** Tools and failures that are shown; the document has all. */
const MOST_TOOLS = 30;
const MOST_FAILURES = 10;
const LONGEST_NAME = 32;

/** The tools of one run: by what they were for, one by one, and what failed. */
export function toolScreen(report: { runId: string } & ToolReport, screen: Screen): string {
  const { calls, searches, fileOperations, tools, categories, failures } = report;
  const head = screen.colours.bold(clipped(report.runId, screen.columns));
  if (calls === 0) return `${head}\nNo tool was called in this run.\n`;
  const told = [
    `${plural(calls, 'call')} of ${plural(tools.length, 'tool')}`,
    plural(searches, 'search', 'searches'),
    plural(fileOperations, 'file operation'),
    failures.total === 0 ? 'no failures' : screen.colours.red(plural(failures.total, 'failure')),
  ];
  const byUse = [...tools].sort((a, b) => b.calls - a.calls);
  const parts = [
    `${head}\n${told.join(' · ')}`,
    table(
      categories,
      [
        { title: 'CATEGORY', of: ({ category }) => titled(category) },
        ...figureColumns(categories, screen.colours),
      ],
      screen,
    ),
    table(
      byUse.slice(0, MOST_TOOLS),
      [
        { title: 'TOOL', of: ({ name }) => name, shrinksTo: 14 },
        { title: 'CATEGORY', of: categoryOf, leave: 2 },
        ...figureColumns(byUse, screen.colours),
      ],
      screen,
    ) + more(byUse.length - MOST_TOOLS, 'tool', screen),
    ...failureTables(failures, screen),
  ];
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

function categoryOf({ category, categories }: ToolUsage): string {
  return Object.keys(categories).length > 1 ? 'Several' : titled(category);
}

/** What no row has is left out. */
function figureColumns(rows: readonly CallFigures[], { red }: Colours): Column<CallFigures>[] {
  const right = true;
  const columns: Column<CallFigures>[] = [
    { title: 'CALLS', of: ({ calls }) => count(calls), right },
    { title: 'SHARE', of: ({ share: part }) => share(part), right },
    {
      title: 'SUCCESS',
      of: ({ successRate }) => (successRate === null ? '–' : share(successRate)),
      right,
    },
    {
      title: 'FAILED',
      of: ({ failed }) => nonZero(failed),
      right,
      paint: (_, text) => red(text),
    },
    { title: 'STOPPED', of: ({ cancelled }) => nonZero(cancelled), right, leave: 6 },
    { title: 'OPEN', of: ({ open }) => nonZero(open), right, leave: 7 },
    { title: 'TIME', of: ({ totalUs }) => time(totalUs), right, leave: 3 },
    { title: 'P50', of: ({ p50Us }) => time(p50Us), right },
    { title: 'P95', of: ({ p95Us }) => time(p95Us), right },
    { title: 'P99', of: ({ p99Us }) => time(p99Us), right, leave: 4 },
    { title: 'TOKENS IN / OUT', of: tokensOf, right, leave: 5 },
    { title: 'TAKEN IN', of: ({ inputBytes }) => size(inputBytes), right, leave: 9 },
    { title: 'GIVEN OUT', of: ({ outputBytes }) => size(outputBytes), right, leave: 8 },
  ];
  return columns.filter(({ of }) => rows.some((row) => of(row) !== ''));
}

function failureTables({ total, byType, byTool }: FailureAnalysis, screen: Screen): string[] {
  if (total === 0) return [];
  const right = true;
  return [
    table(
      byType.slice(0, MOST_FAILURES),
      [
        { title: 'FAILED BY', of: ({ type }) => name(type), shrinksTo: 16 },
        { title: 'TIMES', of: ({ failures }) => count(failures), right },
        { title: 'SHARE', of: ({ share: part }) => share(part), right },
        {
          title: 'FOR EXAMPLE',
          of: ({ example }) => `${name(example.tool)}: ${example.message}`,
          shrinksTo: 20,
        },
      ],
      screen,
    ) + more(byType.length - MOST_FAILURES, 'type', screen),
    table(
      byTool.slice(0, MOST_FAILURES),
      [
        { title: 'FAILED TOOL', of: ({ tool }) => name(tool), shrinksTo: 16 },
        { title: 'TIMES', of: ({ failures }) => count(failures), right },
        { title: 'OF CALLS', of: ({ rate }) => share(rate), right },
        {
          title: 'FOR EXAMPLE',
          of: ({ example }) => `${name(example.type)}: ${example.message}`,
          shrinksTo: 20,
        },
      ],
      screen,
    ) + more(byTool.length - MOST_FAILURES, 'tool', screen),
  ];
}

function more(left: number, what: string, { colours }: Screen): string {
  return left > 0 ? colours.dim(`… and ${plural(left, `more ${what}`)}: --json has all`) : '';
}

/** Names come from logs: one of 10 000 characters would take the room of what it is an example of. */
function name(text: string): string {
  return clipped(text, LONGEST_NAME);
}

function nonZero(value: number): string {
  return value === 0 ? '' : count(value);
}

function time(us: number | null): string {
  return us === null ? '' : duration(us);
}

function size(value: number | null): string {
  return value === null ? '' : bytes(value);
}

function tokensOf({ inputTokens, outputTokens }: CallFigures): string {
  if (inputTokens === null && outputTokens === null) return '';
  return `${short(inputTokens ?? 0)} / ${short(outputTokens ?? 0)}`;
}
