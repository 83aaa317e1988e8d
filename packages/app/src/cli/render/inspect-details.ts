import type { RunReport } from '@tacho/trace/analysis/report';
import { span } from './bars.ts';
import type { Colours } from './colours.ts';
import { count, duration, money, plural, short } from './figures.ts';
import { clipped, plainLine, titled } from './plain.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

const BAR_WIDTH = 32;
/** Agents named one by one where they went wrong; tools shown. */
const MOST_SHOWN = 8;

/** What the first seed's screen does not show: time, money, stages, what went wrong, tools, doubts about the data. */
export function inspectDetails(report: RunReport, screen: Screen): string[] {
  const { run, leverage, parallelism } = report;
  const lines = [
    `Time: ${duration(run.durationUs)}${parallelism > 1.05 ? ` (${parallelism.toFixed(1)} × parallel)` : ''}`,
  ];
  lines.push(`Cost: ${costText(report)}`);
  if (leverage !== null) lines.push(`Leverage: ${leverage.value.toLocaleString('en-US')} (${leverage.kind})`);
  if (run.agents.total > 0) lines.push(`Agents: ${agentText(report)}`);
  lines.push(...stageLines(report, screen), ...problemLines(report, screen), ...toolLines(report, screen));
  for (const { count: times, meaning } of report.quality)
    lines.push(screen.colours.dim(`Note: ${plainLine(meaning)} (${plural(times, 'time')})`));
  return lines;
}

function costText({ costUsd, run, unpriced }: RunReport): string {
  const text = money(costUsd, run.unpricedCalls);
  if (unpriced.length === 0) return text;
  const models = unpriced.map(({ model }) => plainLine(model)).join(', ');
  return `${text} (${plural(run.unpricedCalls ?? 0, 'call')} unpriced: ${models})`;
}

function agentText({ agents, run }: RunReport): string {
  const counts = new Map<string, number>();
  for (const { status, torn } of agents) {
    const word = torn ? 'torn off' : status === 'error' ? 'failed' : status;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, amount]) => `${count(amount)} ${word}`);
  return `${count(run.agents.total)} (${parts.join(', ')})`;
}

function stageLines({ run, stages }: RunReport, screen: Screen): string[] {
  if (stages.length === 0) return [];
  const wholeUs = Math.max(1, run.durationUs);
  const drawn = table(
    stages,
    [
      { title: 'STAGE', of: (stage) => titled(stage.name), shrinksTo: 12 },
      {
        title: 'TIME',
        of: (stage) =>
          stage.startUs === undefined
            ? 'planned'
            : duration((stage.endUs ?? run.startUs + wholeUs) - stage.startUs),
        right: true,
      },
      {
        title: 'AGENTS',
        of: ({ agents }) =>
          agents.total === 0
            ? ''
            : agents.expected === undefined
              ? String(agents.total)
              : `${agents.total}/${agents.expected}`,
        right: true,
      },
      { title: 'TOKENS', of: (stage) => (stage.tokens === 0 ? '' : short(stage.tokens)), right: true },
      {
        title: 'COST',
        of: (stage) => (stage.tokens === 0 ? '' : money(stage.costUsd, stage.unpriced)),
        right: true,
      },
    ],
    { ...screen, columns: screen.columns - BAR_WIDTH - 2 },
  ).split('\n');
  // The bars stand beside the table: cells lose the spaces they begin with.
  const width = Math.max(...drawn.map((line) => visible(line)));
  return [
    '',
    ...drawn.slice(0, -1).map((line, at) => {
      const stage = stages[at - 1];
      if (stage?.startUs === undefined) return line;
      const from = (stage.startUs - run.startUs) / wholeUs;
      const to = ((stage.endUs ?? run.startUs + wholeUs) - run.startUs) / wholeUs;
      const paint =
        stage.status === 'error' || stage.agents.failed > 0 ? screen.colours.red : screen.colours.cyan;
      return `${line}${' '.repeat(width - visible(line))}  ${paint(span(from, to, BAR_WIDTH))}`;
    }),
  ];
}

function visible(line: string): number {
  return plainLine(line).length === 0 ? 0 : stripped(line).length;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
const OWN_COLOURS = /\u001b\[\d+m/g;

function stripped(line: string): string {
  return line.replace(OWN_COLOURS, '');
}

function problemLines({ agents, run }: RunReport, { colours, columns }: Screen): string[] {
  const wrong = agents.filter(({ status }) => status === 'error' || status === 'stalled');
  const lines = wrong.slice(0, MOST_SHOWN).map(({ name, stage, status, error }) => {
    const reason = error === undefined ? '' : `: ${error}`;
    const where = stage === '' ? '' : ` in ${titled(stage)}`;
    return colours.red(
      clipped(`  ${status === 'error' ? 'failed' : status}: ${name}${where}${reason}`, columns),
    );
  });
  if (wrong.length > MOST_SHOWN) lines.push(colours.red(`  … and ${wrong.length - MOST_SHOWN} more`));
  if (run.error) lines.unshift(colours.red(clipped(`Error: ${run.error.message}`, columns)));
  return lines.length === 0 ? [] : ['', ...lines];
}

function toolLines({ tools }: RunReport, screen: Screen): string[] {
  if (tools.length === 0) return [];
  const drawn = table(
    tools.slice(0, MOST_SHOWN),
    [
      { title: 'TOOL', of: (tool) => tool.name, shrinksTo: 16 },
      { title: 'CALLS', of: (tool) => count(tool.calls), right: true },
      { title: 'ERRORS', of: (tool) => (tool.errors === 0 ? '' : count(tool.errors)), right: true },
      { title: 'TOTAL', of: (tool) => duration(tool.totalUs), right: true },
      { title: 'P50', of: (tool) => duration(tool.p50Us), right: true },
      { title: 'P95', of: (tool) => duration(tool.p95Us), right: true },
    ],
    screen,
  );
  const more =
    tools.length > MOST_SHOWN ? [screen.colours.dim(`… and ${tools.length - MOST_SHOWN} more tools`)] : [];
  return ['', ...drawn.trimEnd().split('\n'), ...more];
}
