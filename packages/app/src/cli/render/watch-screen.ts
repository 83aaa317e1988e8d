import type { Liveness, OpenWork, PastSilence } from '@tacho/trace/model/open-work';
import type { WatchAnswer } from '@tacho/trace/wire/watch';
import type { Colours } from './colours.ts';
import { duration, money, plural, short } from './figures.ts';
import { clipped, plainLine } from './plain.ts';
import { statusPaint } from './run-table.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

/** Lines of each list: the screen must not scroll while it is drawn over itself. */
const MOST_OPEN = 12;
const MOST_REPEATS = 3;
const MOST_PAST = 3;

/** What a run is doing now. */
export function watchScreen({ run, nowUs, open, past, repeats }: WatchAnswer, screen: Screen): string {
  const { colours, columns } = screen;
  const untilUs = run.status === 'running' ? nowUs : (run.endUs ?? run.lastUs);
  const agents =
    run.agents.total > 0 ? [`${run.agents.running} of ${plural(run.agents.total, 'agent')} at work`] : [];
  const figures = [
    duration(Math.max(0, untilUs - run.startUs)),
    ...agents,
    `${short(run.tokens)} tokens`,
    money(run.costUsd, run.unpricedCalls),
    ...(run.errors > 0 ? [colours.red(plural(run.errors, 'error'))] : []),
    ...(run.stage !== undefined ? [`in ${clipped(run.stage, 30)}`] : []),
  ];
  const status = statusPaint(colours)(run.status, run.status);
  const lines = [
    `${colours.bold(clipped(run.name, Math.max(20, columns - 14)))}  ${status}`,
    figures.join(' · '),
  ];
  for (const { name, tool, times } of repeats.slice(0, MOST_REPEATS))
    lines.push(
      colours.yellow(
        clipped(`${times} times the same call: ${tool} ${name === tool ? '' : name}`, columns - 1),
      ),
    );
  for (const silence of past.slice(0, MOST_PAST))
    lines.push(colours.dim(clipped(silenceLine(silence, run.startUs), columns - 1)));
  return `${lines.join('\n')}\n${openTable(open, screen)}`;
}

function silenceLine({ name, agent, silentUs, usualUs, fromUs, times }: PastSilence, runUs: number): string {
  const by = agent === '' || agent === name ? '' : ` of ${agent}`;
  const usual = usualUs === undefined ? '' : ` (usual: ${duration(usualUs)})`;
  const more = times > 1 ? `, the longest of ${times}` : '';
  return `was silent for ${duration(silentUs)}${usual} from ${duration(Math.max(0, fromUs - runUs))} on${more}: ${name}${by}`;
}

function openTable(open: readonly OpenWork[], screen: Screen): string {
  if (open.length === 0) return '';
  const { colours } = screen;
  const paints: Record<Liveness, (text: string) => string> = {
    working: (text) => text,
    slow: colours.yellow,
    stalled: colours.red,
    dead: colours.red,
  };
  const lines = table(
    open.slice(0, MOST_OPEN),
    [
      { title: 'STATE', of: ({ state }) => state, paint: ({ state }, text) => paints[state](text) },
      { title: 'AGENT', of: ({ agent }) => agent, shrinksTo: 10 },
      { title: 'DOING', of: ({ name }) => name, shrinksTo: 16 },
      { title: 'KIND', of: ({ kind }) => kind },
      { title: 'SILENT', of: ({ silentUs }) => duration(silentUs), right: true },
      { title: 'USUAL', of: ({ usualUs }) => (usualUs === undefined ? '' : duration(usualUs)), right: true },
    ],
    screen,
  );
  const rest = open.length - MOST_OPEN;
  return rest > 0 ? `${lines}${colours.dim(`… and ${rest} more at work`)}\n` : lines;
}

/** What has changed since: for where lines are written one after the other. */
export function watchChange(
  before: WatchAnswer | undefined,
  { run, nowUs, open, repeats }: WatchAnswer,
): string {
  const elapsed = duration(Math.max(0, nowUs - run.startUs));
  const lines: string[] = [];
  const known = new Map(before?.open.map(({ spanId, state }) => [spanId, state]));
  for (const { spanId, name, agent, state, silentUs } of open) {
    if (state === 'working' || known.get(spanId) === state) continue;
    const by = agent === '' ? '' : ` of ${plainLine(agent)}`;
    lines.push(`${plainLine(name)}${by} is ${state}: silent for ${duration(silentUs)}`);
  }
  const repeated = new Set(before?.repeats.map(({ firstSpanId }) => firstSpanId));
  for (const { firstSpanId, name, times } of repeats)
    if (!repeated.has(firstSpanId)) lines.push(`${plainLine(name)}: ${times} times the same call`);
  if (before !== undefined && run.errors > before.run.errors) lines.push(plural(run.errors, 'error'));
  if (run.stage !== undefined && run.stage !== before?.run.stage) lines.push(`in ${plainLine(run.stage)}`);
  if (run.status !== before?.run.status) lines.push(`${plainLine(run.name)} is ${run.status}`);
  return lines.map((line) => `${elapsed}  ${line}\n`).join('');
}
